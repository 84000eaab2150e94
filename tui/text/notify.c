#include "tui/text/notify.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tui/text/alloc.h"
#include "tui/text/cells.h"

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

char *notify_sequence(const char *title, const char *text, enum passage passage)
{
	char *head = notify_field(title), *body = notify_field(text);
	char *sequence = alloc_format("\033]9;%s: %s\a\033]777;notify;%s;%s\a", head, body, head, body);
	char *wrapped = passage_wrap(sequence, passage), *all = alloc_format("\a%s", wrapped);

	free(wrapped);
	free(sequence);
	free(head);
	free(body);
	return all;
}

bool notify_terminal(const char *title, const char *text)
{
	int fd = isatty(STDERR_FILENO) ? dup(STDERR_FILENO)
	                               : open("/dev/tty", O_WRONLY | O_CLOEXEC | O_NOCTTY);
	char *sequence;
	bool good;

	if (fd < 0)
		return false;
	sequence = notify_sequence(title, text, passage_here());
	good = write(fd, sequence, strlen(sequence)) == (ssize_t)strlen(sequence);
	free(sequence);
	close(fd);
	return good;
}
