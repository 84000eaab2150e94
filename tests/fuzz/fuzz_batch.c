/*
 * Any bytes as a batch that is only checked.  A valid batch prints nothing, and any other prints a line for
 * each error.
 */
#include "tui/batch/batch.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define NAME "/dev/fd/"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int script = -1;
static char path[32];

/* The script is a file without a name.  The program's output is thrown away, and its errors are checked. */
static void begin(void)
{
	unsetenv("KRTASK_SERVER");
	unsetenv("KRTASK_ID");
	script = memfd_create("script", MFD_CLOEXEC);
	stdout = fopen("/dev/null", "w");
	if (script < 0 || !stdout)
		abort();
	snprintf(path, sizeof(path), NAME "%d", script);
}

static void write_script(const uint8_t *data, size_t size)
{
	if (ftruncate(script, 0) || pwrite(script, data, size, 0) != (ssize_t)size)
		abort();
}

/* Each line is "krtask: FILE:LINE…", without a control byte for the terminal. */
static void check_report(const char *text)
{
	static const char start[] = "krtask: " NAME;
	const char *line = text, *end;

	for (; *line; line = end + 1) {
		end = strchr(line, '\n');
		if (!end || strncmp(line, start, sizeof(start) - 1) != 0)
			abort();
		for (const char *at = line; at < end; at++)
			if ((unsigned char)*at < 0x20 || *at == 0x7f)
				abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	FILE *terminal = stderr;
	char *report = NULL;
	size_t length = 0;
	struct word item = { .text = path };
	const struct words file = { &item, 1, 1 };
	struct context context;
	int status;

	if (script < 0)
		begin();
	write_script(data, size);
	context_init(&context);
	context.defaults.check = true;
	stderr = open_memstream(&report, &length);
	if (!stderr)
		abort();
	status = batch_run(&context, &file);
	status = context_finish(&context, status);
	fclose(stderr);
	stderr = terminal;
	check_report(report);
	/* A line with -ErrorAction Ignore can be wrong and print nothing. */
	if (status != EXIT_DONE && status != EXIT_USAGE)
		abort();
	if (status == EXIT_DONE && length > 0)
		abort();
	free(report);
	return 0;
}
