/*
 * Reading the output of a task, as less does: what part of it is on the screen, and searching it.  Pure except for the
 * locale.
 *
 *     reader_turn()     moves and searches as far as it can, and fills rows
 *     wanted            after that: where to read; -1: nothing is needed.  What was read goes to book_put()
 *     hunt              not NULL: read where a line may have a word of this pattern, from wanted on.  What was read goes to
 *                       book_put(), and how far that came to reader_reached()
 *     busy              after that: the search goes on without reading: call it again
 *
 * All functions that move only note it; so keys never wait.
 */
#ifndef KRTASK_TUI_VIEW_READER_H
#define KRTASK_TUI_VIEW_READER_H

#include "tui/text/printed.h"
#include "tui/view/book.h"
#include "tui/view/pattern.h"

enum {
	READER_ROWS_MAX =
		240, /* fewer than the pages of the book, so that each may be on a page of its own */
	READER_MATCHES_MAX = 100000, /* lines that a filter finds */
};

struct reader_place {
	int64_t line;  /* the offset where it begins */
	size_t column; /* the first one that is shown; with wrapping */
};

struct reader_row {
	struct reader_place place;
	int64_t end; /* where the next line begins */
};

enum reader_search { READER_NO_SEARCH, READER_FORWARD, READER_BACKWARD };

struct reader {
	struct book book;
	struct printed printed;
	struct reader_place top;
	int64_t pending; /* rows that are still to be moved */
	int width, height;
	size_t left;
	bool wrap, follow;
	struct reader_row rows[READER_ROWS_MAX];
	int count;     /* of them */
	bool complete; /* nothing was missing */
	int64_t wanted;
	const struct pattern *hunt;
	bool hunt_back;
	unsigned hunts;  /* changes when what is hunted for does */
	int64_t reached; /* what hunts have come to last, and is here to be looked at; -1: nothing */

	struct pattern pattern;
	enum reader_search search, direction; /* what is going on; that of the last `/' or `?' */
	int64_t seek;                         /* the offset of the search */
	int64_t found;                        /* the line found last; -1: none */
	bool failed;                          /* nothing was found; whoever tells it clears this */

	struct pattern filter;
	int64_t *matches; /* the lines that pass the filter, as far as it has come */
	size_t match_count, match_size;
	int64_t filtered; /* the filter has come to this offset */
	bool busy;
};

void reader_init(struct reader *reader);
void reader_release(struct reader *reader);
/* Other output is shown, from its end. */
void reader_clear(struct reader *reader);

void reader_turn(struct reader *reader, int width, int height);

/*
 * The hunt of that number has come from one offset to another.  look: the line is there, and was read; or else nothing was
 * found so far.
 */
void reader_reached(struct reader *reader, unsigned hunt, int64_t from, int64_t to, bool look);

/* Rows; INT64_MIN and INT64_MAX: to the ends. */
void reader_scroll(struct reader *reader, int64_t rows);
void reader_side(struct reader *reader, int columns);
void reader_wrap(struct reader *reader);
void reader_follow(struct reader *reader, bool follow);

/* text "": the same pattern again. */
void reader_search(struct reader *reader, const char *text, enum reader_search direction);
/* False: nothing was searched for yet. */
bool reader_search_again(struct reader *reader, bool opposite);
void reader_search_end(struct reader *reader);
/* text "": all lines. */
void reader_filter(struct reader *reader, const char *text);
/* It has found as many lines as it may, and has not looked at all. */
bool reader_filter_full(const struct reader *reader);

/* The cells of a row, in reader->printed.  Matches of the pattern are reversed.  Returns how many are shown. */
enum book_answer reader_print(struct reader *reader, const struct reader_row *row, struct book_line *line);
/* The share of the output that is above the end of the screen, in percent. */
int reader_percent(const struct reader *reader);
/* That before the place where the search is. */
int reader_searched(const struct reader *reader);

#endif
