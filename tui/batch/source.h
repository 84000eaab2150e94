/*
 * The lines of a batch: a file that is read as a whole, or a descriptor that is read line by line.
 */
#ifndef KRTASK_TUI_BATCH_SOURCE_H
#define KRTASK_TUI_BATCH_SOURCE_H

#include <stdbool.h>
#include <stddef.h>

struct source {
	int fd;
	bool owned;   /* fd is closed by source_close() */
	bool ended;   /* the end of fd was reached */
	char *buffer; /* owned */
	size_t start, end, size;
	unsigned passed; /* lines of the file that were given */
	unsigned line;   /* number of the last line that was returned */
};

/* path NULL or "-": standard input.  0 or -errno. */
int source_open(struct source *source, const char *path);
void source_close(struct source *source);

/* Waits for input and reads it.  Sets ended at the end of the file.  0 or -errno. */
int source_fill(struct source *source);
/* Reads everything. */
int source_fill_whole(struct source *source);
/* Goes back to the first line.  Only after source_fill_whole(). */
void source_rewind(struct source *source);

/* The next line, without its newline.  False: the end if `ended`, else source_fill() is needed. */
bool source_next(struct source *source, const char **line, size_t *length);

#endif
