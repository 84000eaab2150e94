/*
 * The output of a task, of any size: its lines by their offset, from a limited number of pages that are kept in
 * memory.  Pure.
 *
 *     book_line()            the line that has a byte; BOOK_MISSING: that is not here
 *     book_wanted()          where to read then
 *     book_put()             what was read, from anywhere
 *
 * A line ends with a newline.  One that is longer than a page is broken at each page without a newline: after its last
 * CR, or else at its end; so every piece is found from any byte of it by reading two pages.  A piece that ends with such
 * a CR was overwritten by what follows, and is passed over: a line of progress is what it was last.
 *
 * Bytes that were not kept (--max-log) are a hole, which is a line of its own.
 */
#ifndef KRTASK_TUI_VIEW_BOOK_H
#define KRTASK_TUI_VIEW_BOOK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	BOOK_PAGE = 8192,
	BOOK_PAGES = 256,                 /* that are kept */
	BOOK_LINE_MAX = 2 * BOOK_PAGE,    /* bytes of a line */
	BOOK_PART = 22 * BOOK_PAGE,       /* a read that is to end at some place begins so much before it */
	BOOK_RUNS = 256,                  /* stretches that were overwritten, of which it is known */
	BOOK_COUNT_MAX = 32 * 1024 * 1024 /* the lines of longer output are not counted */
};

enum book_answer { BOOK_HAVE, BOOK_MISSING, BOOK_END };

struct book_page;

/* Pieces that were overwritten, one after another. */
struct book_run {
	int64_t from, to;
	uint64_t used;
};

struct book {
	struct book_page *pages;
	int64_t size; /* of the output, as far as is known */
	int64_t hole_from, hole_to;
	uint64_t clock;
	int64_t missing; /* an offset; -1: none */
	int64_t asked;   /* the one of the last book_wanted() */
	char *joined;    /* a line that is on two pages */
	struct book_run runs[BOOK_RUNS];
	int64_t counted, newlines;                      /* up to the offset counted */
	bool ends_open;                                 /* the last byte counted was no newline */
	int64_t before[BOOK_COUNT_MAX / BOOK_PAGE + 1]; /* newlines before each page that was counted */
};

struct book_line {
	int64_t begin, end; /* of the line; the next one begins at end */
	const char *bytes;  /* valid until the next call */
	size_t length;      /* without the newline */
	bool hole;
	bool overwritten; /* inside the book only */
};

void book_init(struct book *book);
void book_release(struct book *book);
/* Forgets everything: it is other output. */
void book_clear(struct book *book);

/* The bytes at an offset, and the number of bytes before them that were not kept. */
void book_put(struct book *book, int64_t offset, const char *bytes, size_t length, int64_t skipped);

/* The line that has this byte.  BOOK_END: it is behind the last one. */
enum book_answer book_line(struct book *book, int64_t at, struct book_line *line);
/* The line before the one that begins here.  BOOK_END: there is none. */
enum book_answer book_before(struct book *book, int64_t begin, struct book_line *line);
/* What is on the page of the line before it, which may set its colours.  NULL, 0: nothing. */
const char *book_ahead(struct book *book, int64_t begin, size_t *length);

/* Where to read what was missing; -1: nothing was.  Then nothing is missing any more. */
int64_t book_wanted(struct book *book, bool backward);

/* Counts lines, as far as there are pages. */
enum book_answer book_count(struct book *book);
/* The number of lines; -1: it is not known. */
int64_t book_lines(const struct book *book);
/* The number of the line that begins here, from 1; -1: it is not known. */
int64_t book_number(struct book *book, int64_t begin);

#endif
