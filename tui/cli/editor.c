#include "tui/cli/editor.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tui/text/alloc.h"
#include "tui/text/messages.h"

/* NULL: the user has named none. */
static const char *editor_of_user(void)
{
	const char *visual = getenv("VISUAL"), *editor = getenv("EDITOR");

	if (visual && *visual)
		return visual;
	return editor && *editor ? editor : NULL;
}

static const char *editor_name(void)
{
	const char *named = editor_of_user();

	return named ? named : "vi";
}

const char *editor_trouble(bool screen, bool apart)
{
	if (screen)
		return MSG_EDITOR_SCREEN;
	if (editor_of_user() || (isatty(STDOUT_FILENO) && (apart || isatty(STDIN_FILENO))))
		return NULL;
	return MSG_EDITOR_NO_TERMINAL;
}

static int editor_write(const struct text *text, char **path, char **error)
{
	const char *directory = getenv("TMPDIR");
	size_t done = 0;
	ssize_t got = 0;
	int fd, code;

	*path = alloc_format("%s/krtask-edit-XXXXXX", directory && *directory ? directory : "/tmp");
	fd = mkostemp(*path, O_CLOEXEC);
	code = fd < 0 ? errno : 0;
	while (!code && done < text->length) {
		got = write(fd, text->data + done, text->length - done);
		code = got < 0 ? errno : 0;
		done += got > 0 ? (size_t)got : 0;
	}
	if (fd >= 0)
		close(fd);
	if (code)
		*error = alloc_format(MSG_FILE_UNWRITABLE, *path, strerror(code));
	return -code;
}

static int editor_read(struct text *text, const char *path, char **error)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), code = fd < 0 ? errno : 0;
	char part[4096];
	ssize_t got = 1;

	text_clear(text);
	while (!code && got > 0) {
		got = read(fd, part, sizeof(part));
		code = got < 0 ? errno : 0;
		if (got > 0)
			text_add(text, part, (size_t)got);
	}
	if (fd >= 0)
		close(fd);
	if (code)
		*error = alloc_format(MSG_FILE_UNREADABLE, path, strerror(code));
	return -code;
}

/* Its standard input is the terminal, or nothing. */
static void editor_take_terminal(void)
{
	int fd = open("/dev/tty", O_RDWR);

	if (fd < 0)
		fd = open("/dev/null", O_RDONLY);
	if (fd > STDIN_FILENO) {
		dup2(fd, STDIN_FILENO);
		close(fd);
	}
}

/* Signals of the keyboard are the editor's while it runs. */
static int editor_wait(pid_t child)
{
	struct sigaction ignore = { .sa_handler = SIG_IGN }, interrupt, quit;
	int status = 0;

	sigaction(SIGINT, &ignore, &interrupt);
	sigaction(SIGQUIT, &ignore, &quit);
	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	sigaction(SIGINT, &interrupt, NULL);
	sigaction(SIGQUIT, &quit, NULL);
	return status;
}

static int editor_edit(const char *path, bool apart, char **error)
{
	char *line = alloc_format("%s \"$1\"", editor_name());
	pid_t child = fork();
	int status = -1;

	if (child == 0) {
		if (apart)
			editor_take_terminal();
		execl("/bin/sh", "sh", "-c", line, "sh", path, (char *)NULL);
		_exit(127);
	}
	if (child > 0)
		status = editor_wait(child);
	free(line);
	if (status == 0)
		return 0;
	*error = alloc_format(MSG_EDITOR_FAILED, editor_name());
	return -ECANCELED;
}

int editor_run(struct text *text, bool apart, char **path, char **error)
{
	int code = editor_write(text, path, error);

	if (!code)
		code = editor_edit(*path, apart, error);
	if (!code)
		code = editor_read(text, *path, error);
	if (!code)
		return 0;
	unlink(*path);
	free(*path);
	*path = NULL;
	return code;
}
