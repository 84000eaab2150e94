#include "tui/view/reader.h"

#include <stdlib.h>
#include <string.h>

#include "tui/text/alloc.h"
#include "tui/view/reader_lines.h"

/* Lines that a search or a filter looks at before the keyboard is looked at again. */
enum { LINES_AT_ONCE = 5000 };

void reader_init(struct reader *reader)
{
	*reader = (struct reader){
		.width = 1, .height = 1, .found = -1, .wanted = -1, .reached = -1, .follow = true
	};
	book_init(&reader->book);
}

/* Something else is looked for, or nothing is, or from elsewhere. */
static void reader_hunt_anew(struct reader *reader)
{
	reader->hunts++;
	reader->reached = -1;
}

void reader_clear(struct reader *reader)
{
	reader_hunt_anew(reader);
	book_clear(&reader->book);
	reader->top = (struct reader_place){ 0 };
	reader->pending = 0;
	reader->count = 0;
	reader->found = -1;
	reader->search = READER_NO_SEARCH;
	reader->match_count = 0;
	reader->filtered = 0;
	reader->follow = true;
}

void reader_release(struct reader *reader)
{
	book_release(&reader->book);
	printed_release(&reader->printed);
	pattern_release(&reader->pattern);
	pattern_release(&reader->filter);
	free(reader->matches);
	*reader = (struct reader){ 0 };
}

/* The column where the next row of the line begins; 0: there is none. */
static size_t reader_next_column(struct reader *reader, const struct book_line *line, size_t column)
{
	size_t end;

	if (!reader->wrap || line->hole)
		return 0;
	reader_lay(reader, line);
	end = printed_break(&reader->printed, column, (size_t)reader->width);
	return end < reader->printed.count ? end : 0;
}

static size_t reader_last_column(struct reader *reader, const struct book_line *line, size_t before)
{
	size_t column = 0, next;

	if (!reader->wrap || line->hole)
		return 0;
	reader_lay(reader, line);
	if (before > reader->printed.count)
		before = reader->printed.count;
	while ((next = printed_break(&reader->printed, column, (size_t)reader->width)) < before)
		column = next;
	return column;
}

static enum book_answer reader_down(struct reader *reader, struct reader_place *place)
{
	struct book_line line;
	enum book_answer answer = reader_line(reader, place->line, &line);
	size_t column;

	if (answer != BOOK_HAVE)
		return answer;
	column = reader_next_column(reader, &line, place->column);
	*place = (struct reader_place){ column ? line.begin : line.end, column };
	if (!column && pattern_given(&reader->filter) &&
	    reader_matches_before(reader, line.end) == reader->match_count)
		place->line = reader->book.size;
	return BOOK_HAVE;
}

static enum book_answer reader_up(struct reader *reader, struct reader_place *place)
{
	struct book_line line;
	enum book_answer answer;

	if (place->column > 0) {
		answer = reader_line(reader, place->line, &line);
		if (answer == BOOK_HAVE)
			place->column = reader_last_column(reader, &line, place->column);
		return answer;
	}
	answer = reader_line_before(reader, place->line, &line);
	if (answer != BOOK_HAVE)
		return answer;
	*place = (struct reader_place){ line.begin, reader_last_column(reader, &line, SIZE_MAX) };
	return BOOK_HAVE;
}

/* The top of the last screenful.  False: something is missing. */
static bool reader_last_top(struct reader *reader, struct reader_place *place)
{
	enum book_answer answer = BOOK_HAVE;

	*place = (struct reader_place){ reader->book.size, 0 };
	for (int i = 0; i < reader->height && answer == BOOK_HAVE; i++)
		answer = reader_up(reader, place);
	return answer != BOOK_MISSING;
}

static void reader_move(struct reader *reader)
{
	enum book_answer answer = BOOK_HAVE;

	if (reader->follow) {
		struct reader_place last;

		/* What is above may be far away, before all states of a line of progress. */
		if (reader_last_top(reader, &last) || last.line < reader->book.size)
			reader->top = last;
		reader->pending = 0;
		return;
	}
	while (reader->pending && answer == BOOK_HAVE) {
		bool down = reader->pending > 0;

		answer = down ? reader_down(reader, &reader->top) : reader_up(reader, &reader->top);
		if (answer == BOOK_HAVE)
			reader->pending += down ? -1 : 1;
		else if (answer == BOOK_END)
			reader->pending = 0;
	}
}

static void reader_fill(struct reader *reader)
{
	struct reader_place place = reader->top;
	struct book_line line;

	reader->count = 0;
	reader->complete = true;
	while (reader->count < reader->height) {
		struct reader_row *row = &reader->rows[reader->count];
		enum book_answer answer = reader_line(reader, place.line, &line);

		if (answer == BOOK_HAVE) {
			*row = (struct reader_row){ { line.begin, place.column }, line.end };
			answer = reader_down(reader, &place);
		}
		if (answer != BOOK_HAVE) {
			reader->complete = answer == BOOK_END;
			return;
		}
		reader->count++;
	}
}

/* Not beyond the last screenful. */
static void reader_clamp(struct reader *reader)
{
	struct reader_place last;

	if (!reader->complete || reader->count == reader->height || !reader_last_top(reader, &last))
		return;
	reader->top = last;
	reader_fill(reader);
}

static void reader_find(struct reader *reader, int64_t begin)
{
	reader->found = begin;
	reader->search = READER_NO_SEARCH;
	reader->follow = false;
	reader->top = (struct reader_place){ begin, 0 };
	reader->pending = 0;
}

/* Continues the search. */
static void reader_seek(struct reader *reader)
{
	struct book_line line;

	for (int i = 0; i < LINES_AT_ONCE; i++) {
		bool backward = reader->search == READER_BACKWARD;
		enum book_answer answer = backward ? reader_line_before(reader, reader->seek, &line)
		                                   : reader_line(reader, reader->seek, &line);

		if (answer == BOOK_END) {
			reader->search = READER_NO_SEARCH;
			reader->failed = true;
		}
		if (answer != BOOK_HAVE)
			return;
		if (reader_matches(reader, &reader->pattern, &line)) {
			reader_find(reader, line.begin);
			return;
		}
		reader->seek = backward ? line.begin : line.end;
	}
	reader->busy = true;
}

static void reader_sift(struct reader *reader)
{
	struct book_line line;

	for (int i = 0; i < LINES_AT_ONCE; i++) {
		if (reader->match_count == READER_MATCHES_MAX ||
		    book_line(&reader->book, reader->filtered, &line) != BOOK_HAVE)
			return;
		if (reader_matches(reader, &reader->filter, &line)) {
			reader->matches = alloc_room(reader->matches, &reader->match_size,
			                             reader->match_count + 1, sizeof(*reader->matches));
			reader->matches[reader->match_count++] = line.begin;
		}
		reader->filtered = line.end;
	}
	reader->busy = true;
}

/* What is missing is wanted, if nothing more urgent is. */
static void reader_want(struct reader *reader, bool backward)
{
	if (reader->wanted < 0 && reader->book.missing >= 0)
		reader->wanted = book_wanted(&reader->book, backward);
	reader->book.missing = -1;
}

/* What is missing from now on is noted for its own. */
static int64_t reader_missing(struct reader *reader)
{
	int64_t missing = reader->book.missing;

	reader->book.missing = -1;
	return missing;
}

/*
 * What a search or a filter misses is wanted: lines that may match, if it is known how such a line looks, and what was
 * found before was looked at.  Where the locale has no UTF-8, bytes from 0x80 on are shown in ways of their own.
 */
static void reader_want_more(struct reader *reader, const struct pattern *pattern, int64_t missing,
                             int64_t at, bool backward)
{
	if (reader->wanted >= 0 || missing < 0)
		return;
	if (pattern->words.count > 0 && at != reader->reached && MB_CUR_MAX > 1) {
		reader->wanted = at;
		reader->hunt = pattern;
		reader->hunt_back = backward;
		return;
	}
	reader->book.missing = missing;
	reader_want(reader, backward);
}

void reader_reached(struct reader *reader, unsigned hunt, int64_t from, int64_t to, bool look)
{
	bool sifts = pattern_given(&reader->filter);
	int64_t *at = sifts ? &reader->filtered : &reader->seek;

	if (hunt != reader->hunts || *at != from)
		return;
	*at = to;
	reader->reached = look ? to : -1;
}

void reader_turn(struct reader *reader, int width, int height)
{
	bool sifts = pattern_given(&reader->filter), backward = reader->search == READER_BACKWARD;
	int64_t sifted = -1, searched = -1;

	reader->width = width < 1 ? 1 : width;
	reader->height = height < 1 ? 1 : height > READER_ROWS_MAX ? READER_ROWS_MAX : height;
	reader->wanted = reader->book.missing = -1;
	reader->hunt = NULL;
	reader->busy = false;
	if (sifts) {
		reader_sift(reader);
		sifted = reader_missing(reader);
	}
	if (reader->search) {
		reader_seek(reader);
		searched = reader_missing(reader);
	}
	reader_move(reader);
	reader_want(reader, true);
	reader_fill(reader);
	reader_clamp(reader);
	reader_want(reader, false);
	/* With a filter, only its lines are searched. */
	if (!sifts)
		reader_want_more(reader, &reader->pattern, searched, reader->seek, backward);
	else if (searched >= 0) {
		reader->book.missing = searched;
		reader_want(reader, backward);
	}
	reader_want_more(reader, &reader->filter, sifted, reader->filtered, false);
	if (reader->wanted >= 0)
		return;
	book_count(&reader->book);
	reader_want(reader, false);
}

void reader_scroll(struct reader *reader, int64_t rows)
{
	reader->search = READER_NO_SEARCH;
	if (rows == INT64_MAX) {
		reader->follow = true;
		return;
	}
	reader->follow = false;
	if (rows == INT64_MIN) {
		reader->top = (struct reader_place){ 0 };
		reader->pending = 0;
	} else {
		reader->pending += rows;
	}
}

void reader_side(struct reader *reader, int columns)
{
	if (columns < 0)
		reader->left -= reader->left < (size_t)-columns ? reader->left : (size_t)-columns;
	else if (reader->left < PRINTED_COLUMNS_MAX)
		reader->left += (size_t)columns;
}

void reader_wrap(struct reader *reader)
{
	reader->wrap = !reader->wrap;
	reader->left = 0;
	reader->top.column = 0;
}

void reader_follow(struct reader *reader, bool follow)
{
	reader->follow = follow;
	reader->search = READER_NO_SEARCH;
}

/* Whether the line found last is on the screen, so that the search goes on there. */
static bool reader_sees_found(const struct reader *reader)
{
	for (int i = 0; i < reader->count; i++) {
		if (reader->rows[i].place.line == reader->found)
			return true;
	}
	return false;
}

static bool reader_begin_search(struct reader *reader, enum reader_search way)
{
	bool here = reader->found >= 0 && reader_sees_found(reader);
	struct book_line line;

	if (!pattern_given(&reader->pattern))
		return false;
	if (!pattern_given(&reader->filter))
		reader_hunt_anew(reader);
	reader->search = way;
	reader->failed = false;
	reader->seek = here ? reader->found : reader->top.line;
	if (way == READER_FORWARD && here && book_line(&reader->book, reader->found, &line) == BOOK_HAVE)
		reader->seek = line.end;
	return true;
}

void reader_search(struct reader *reader, const char *text, enum reader_search direction)
{
	if (*text) {
		pattern_set(&reader->pattern, text);
		reader->found = -1;
	}
	reader->direction = direction;
	reader_begin_search(reader, direction);
}

bool reader_search_again(struct reader *reader, bool opposite)
{
	bool forward = (reader->direction == READER_FORWARD) != opposite;

	return reader_begin_search(reader, forward ? READER_FORWARD : READER_BACKWARD);
}

void reader_search_end(struct reader *reader)
{
	reader->search = READER_NO_SEARCH;
}

void reader_filter(struct reader *reader, const char *text)
{
	pattern_set(&reader->filter, text);
	reader_hunt_anew(reader);
	reader->match_count = 0;
	reader->filtered = 0;
	reader->search = READER_NO_SEARCH;
	reader->top.column = 0;
}

bool reader_filter_full(const struct reader *reader)
{
	return pattern_given(&reader->filter) && reader->match_count == READER_MATCHES_MAX &&
	       reader->filtered < reader->book.size;
}

/* Reverses the cells of the bytes from `from' to `to' of their text. */
static void reader_mark(struct printed *printed, size_t from, size_t to)
{
	size_t at = 0;

	for (size_t i = 0; i < printed->count && at < to; i++) {
		if (at >= from && printed->cells[i].columns)
			printed->cells[i].sgr.attributes ^= SGR_REVERSE;
		at += strlen(printed->cells[i].text);
	}
}

static void reader_mark_matches(struct reader *reader)
{
	size_t length, from = 0, to = 0;
	const char *text;

	if (!pattern_given(&reader->pattern))
		return;
	text = printed_text(&reader->printed, &length);
	while (pattern_next(&reader->pattern, text, length, &from, &to)) {
		reader_mark(&reader->printed, from, to);
		from = to > from ? to : to + 1;
	}
}

enum book_answer reader_print(struct reader *reader, const struct reader_row *row, struct book_line *line)
{
	enum book_answer answer = book_line(&reader->book, row->place.line, line);

	reader->printed.count = 0;
	if (answer == BOOK_HAVE && !line->hole) {
		reader_lay(reader, line);
		reader_mark_matches(reader);
	}
	reader->book.missing = -1;
	return answer;
}

static int reader_share(const struct reader *reader, int64_t offset)
{
	return reader->book.size ? (int)((double)offset * 100 / (double)reader->book.size) : 100;
}

int reader_percent(const struct reader *reader)
{
	return reader_share(reader, reader->count ? reader->rows[reader->count - 1].end : reader->top.line);
}

int reader_searched(const struct reader *reader)
{
	return reader_share(reader, reader->seek);
}
