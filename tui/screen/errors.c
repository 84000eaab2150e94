#include "tui/screen/errors.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/task/utf8.h"
#include "tui/text/alloc.h"

static struct {
	int real;   /* standard error as it was; -1: nothing is caught */
	int caught; /* the end to read from */
} errors = { -1, -1 };

void errors_catch(void)
{
	int ends[2];

	if (!isatty(STDERR_FILENO) || pipe2(ends, O_CLOEXEC | O_NONBLOCK) < 0)
		return;
	errors.real = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	if (errors.real < 0) {
		close(ends[0]);
		close(ends[1]);
		return;
	}
	errors.caught = ends[0];
	dup2(ends[1], STDERR_FILENO);
	close(ends[1]);
}

void errors_restore(void)
{
	if (errors.real >= 0)
		dup2(errors.real, STDERR_FILENO);
}

void errors_release(void)
{
	char bytes[1024];
	ssize_t count;

	if (errors.real < 0)
		return;
	errors_restore();
	while ((count = read(errors.caught, bytes, sizeof(bytes))) > 0)
		(void)!write(STDERR_FILENO, bytes, (size_t)count);
	close(errors.real);
	close(errors.caught);
	errors.real = errors.caught = -1;
}

int errors_fd(void)
{
	return errors.caught;
}

/* The last line of the text that is not blank. */
static char *errors_last_line(char *text)
{
	char *last = NULL, *rest = NULL;

	for (char *line = strtok_r(text, "\r\n", &rest); line; line = strtok_r(NULL, "\r\n", &rest)) {
		if (line[strspn(line, " \t")])
			last = line;
	}
	return last ? alloc_checked(utf8_readable(last, strlen(last))) : NULL;
}

char *errors_read(void)
{
	char bytes[4096];
	ssize_t count = read(errors.caught, bytes, sizeof(bytes) - 1);

	if (count <= 0)
		return NULL;
	bytes[count] = '\0';
	return errors_last_line(bytes);
}
