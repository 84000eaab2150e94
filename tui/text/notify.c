#include "tui/text/notify.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tui/text/alloc.h"
#include "tui/text/cells.h"
#include "tui/text/text.h"

enum { NOTIFY_COLUMNS = 200 };

/* A field of OSC 777 ends at ';', and any sequence at a control character. */
static char *notify_field(const char *text)
{
	char *shown = alloc_zero(1, 4 * NOTIFY_COLUMNS + 1);

	cells_fit(text, NOTIFY_COLUMNS, shown, 4 * NOTIFY_COLUMNS + 1);
	for (char *at = shown; (at = strchr(at, ';'));)
		*at = ',';
	return shown;
}

/* tmux passes on what stands between its own sequence, with every ESC doubled. */
static char *notify_wrap(const char *sequence)
{
	struct text wrapped = TEXT_INIT;

	text_add_string(&wrapped, "\033Ptmux;");
	for (; *sequence; sequence++) {
		if (*sequence == '\033')
			text_add_string(&wrapped, "\033");
		text_add(&wrapped, sequence, 1);
	}
	text_add_string(&wrapped, "\033\\");
	return wrapped.data;
}

char *notify_sequence(const char *title, const char *text, bool in_tmux)
{
	char *head = notify_field(title), *body = notify_field(text);
	char *sequence = alloc_format("\033]9;%s: %s\a\033]777;notify;%s;%s\a", head, body, head, body), *all;

	if (in_tmux) {
		char *wrapped = notify_wrap(sequence);

		free(sequence);
		sequence = wrapped;
	}
	all = alloc_format("\a%s", sequence);
	free(sequence);
	free(head);
	free(body);
	return all;
}

bool notify_terminal(const char *title, const char *text)
{
	const char *tmux = getenv("TMUX");
	int fd = isatty(STDERR_FILENO) ? dup(STDERR_FILENO)
	                               : open("/dev/tty", O_WRONLY | O_CLOEXEC | O_NOCTTY);
	char *sequence;
	bool good;

	if (fd < 0)
		return false;
	sequence = notify_sequence(title, text, tmux && *tmux);
	good = write(fd, sequence, strlen(sequence)) == (ssize_t)strlen(sequence);
	free(sequence);
	close(fd);
	return good;
}
