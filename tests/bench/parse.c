/*
 * How fast the lines of a batch are parsed and checked, in lines per second, and how fast their words can be
 * counted.
 *
 *     parse COUNT
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "tui/batch/batch.h"

enum { COUNT_MAX = 100000000 };

/* Lines of every kind: both syntaxes, quotes, variables, a comment. */
static const char *const lines[] = {
	"new --name build-%ld -- make -j4 all\n",
	"Start-KrTask -Id task-%ld -Confirm:$false\n",
	"stop %ld --kill-after 10   # gently\n",
	"Stop-KrTask -Server default -Id task-%ld -ErrorAction Continue\n",
	"$x = new -c 'echo %ld | wc' --name \"a $true b\"\n",
};

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* A file without a name that holds count lines. */
static int write_script(long count, char path[32])
{
	int fd = memfd_create("script", 0);
	FILE *out = fd < 0 ? NULL : fdopen(dup(fd), "w");

	if (!out)
		return -1;
	for (long i = 0; i < count; i++)
		fprintf(out, lines[i % (long)(sizeof(lines) / sizeof(*lines))], i);
	snprintf(path, 32, "/dev/fd/%d", fd);
	return fclose(out) ? -1 : fd;
}

static size_t count_words(const char *text, size_t length)
{
	size_t count = 0;

	for (size_t i = 1; i < length; i++)
		count += (text[i] == ' ' || text[i] == '\n') && text[i - 1] != ' ';
	return count;
}

/* Returns the seconds that it takes to read the file and look at each byte once. */
static double bare(int fd)
{
	off_t length = lseek(fd, 0, SEEK_END);
	char *text = malloc((size_t)length + 1);
	double start = now();

	if (!text || pread(fd, text, (size_t)length, 0) != length || count_words(text, (size_t)length) == 0)
		exit(2);
	free(text);
	return now() - start;
}

int main(int argc, char **argv)
{
	long count = argc > 1 ? strtol(argv[1], NULL, 10) : 0;
	struct word item = { .text = NULL };
	const struct words file = { &item, 1, 1 };
	struct context context;
	char path[32];
	double start, took;
	int fd;

	if (count < 1 || count > COUNT_MAX) {
		fputs("usage: parse COUNT\n", stderr);
		return 2;
	}
	fd = write_script(count, path);
	if (fd < 0) {
		perror("parse");
		return 2;
	}
	item.text = path;
	start = now();
	context_init(&context);
	context.defaults.check = true;
	if (context_finish(&context, batch_run(&context, &file)))
		return 2;
	took = now() - start;
	printf("%.0f %.0f\n", (double)count / took, (double)count / bare(fd));
	close(fd);
	return 0;
}
