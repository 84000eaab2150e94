/*
 * Where the lines of a batch come from: a file, read whole, or a descriptor, line by line as they come.
 */
#ifndef KRTASK_TUI_BATCH_SOURCE_H
#define KRTASK_TUI_BATCH_SOURCE_H

#include <stdbool.h>
#include <stddef.h>

struct source {
	int fd;
	bool owned;   /* fd is closed by source_close() */
	bool ended;   /* nothing more comes from fd */
	char *buffer; /* owned */
	size_t start, end, size;
	unsigned line; /* number of the line last given */
};

/* path NULL or "-": standard input.  0 or -errno. */
int source_open(struct source *source, const char *path);
void source_close(struct source *source);

/* Reads what there is, waiting for it: 0 or -errno. At the end of the file ended is set. */
int source_fill(struct source *source);
/* Reads everything. */
int source_fill_whole(struct source *source);
/* Back to the first line; only where all was read and nothing was filled since. */
void source_rewind(struct source *source);

/* The next line, without its newline.  False: source_fill() first, or it is over (ended). */
bool source_next(struct source *source, const char **line, size_t *length);

#endif
