#include "tui/view/book.h"

#include <stdlib.h>
#include <string.h>

#include "tui/text/alloc.h"

struct book_page {
	int64_t number;  /* -1: the page is free */
	size_t from, to; /* the bytes that are here */
	uint64_t used;
	char *bytes;
};

void book_init(struct book *book)
{
	*book = (struct book){
		.pages = alloc_zero(BOOK_PAGES, sizeof(*book->pages)),
		.joined = alloc_zero(BOOK_LINE_MAX, 1),
	};
	book_clear(book);
}

void book_clear(struct book *book)
{
	for (size_t i = 0; i < BOOK_PAGES; i++) {
		free(book->pages[i].bytes);
		book->pages[i] = (struct book_page){ .number = -1 };
	}
	memset(book->runs, 0, sizeof(book->runs));
	book->size = book->hole_from = book->hole_to = 0;
	book->counted = book->newlines = 0;
	book->ends_open = false;
	book->missing = book->asked = -1;
}

void book_release(struct book *book)
{
	if (!book->pages)
		return;
	book_clear(book);
	free(book->pages);
	free(book->joined);
	*book = (struct book){ 0 };
}

static struct book_page *book_search(struct book *book, int64_t number)
{
	for (size_t i = 0; i < BOOK_PAGES; i++) {
		if (book->pages[i].number == number) {
			book->pages[i].used = ++book->clock;
			return &book->pages[i];
		}
	}
	return NULL;
}

/* The page, or else the one that was not used for the longest time, emptied. */
static struct book_page *book_make(struct book *book, int64_t number)
{
	struct book_page *page = book_search(book, number);

	if (page)
		return page;
	page = book->pages;
	for (size_t i = 1; i < BOOK_PAGES; i++) {
		if (book->pages[i].used < page->used)
			page = &book->pages[i];
	}
	if (!page->bytes)
		page->bytes = alloc_zero(BOOK_PAGE, 1);
	page->number = number;
	page->from = page->to = 0;
	page->used = ++book->clock;
	return page;
}

/* bytes NULL: zeros. */
static void book_write(struct book_page *page, size_t from, const char *bytes, size_t length)
{
	size_t to = from + length;

	if (bytes)
		memcpy(page->bytes + from, bytes, length);
	else
		memset(page->bytes + from, 0, length);
	if (page->from == page->to || to < page->from || from > page->to) {
		page->from = from;
		page->to = to;
		return;
	}
	if (from < page->from)
		page->from = from;
	if (to > page->to)
		page->to = to;
}

static void book_spread(struct book *book, int64_t offset, const char *bytes, size_t length)
{
	while (length > 0) {
		size_t from = (size_t)(offset % BOOK_PAGE), part = BOOK_PAGE - from;

		if (part > length)
			part = length;
		book_write(book_make(book, offset / BOOK_PAGE), from, bytes, part);
		bytes += part;
		offset += (int64_t)part;
		length -= part;
	}
}

/* The pages at the edges of a hole have other bytes, too. */
static void book_put_hole(struct book *book, int64_t from, int64_t to)
{
	int64_t first = from / BOOK_PAGE, last = to / BOOK_PAGE;
	int64_t first_end = (first + 1) * BOOK_PAGE < to ? (first + 1) * BOOK_PAGE : to;

	memset(book->runs, 0, sizeof(book->runs));
	book_write(book_make(book, first), (size_t)(from % BOOK_PAGE), NULL, (size_t)(first_end - from));
	if (last > first)
		book_write(book_make(book, last), 0, NULL, (size_t)(to % BOOK_PAGE));
	if (book->hole_from == book->hole_to || from < book->hole_from)
		book->hole_from = from;
	if (to > book->hole_to)
		book->hole_to = to;
}

void book_put(struct book *book, int64_t offset, const char *bytes, size_t length, int64_t skipped)
{
	if (skipped > 0 && skipped <= offset)
		book_put_hole(book, offset - skipped, offset);
	book_spread(book, offset, bytes, length);
	if (offset + (int64_t)length > book->size)
		book->size = offset + (int64_t)length;
}

/* A part of a page, between its ends, the end of the output and the hole. */
struct book_part {
	const char *bytes;
	int64_t from, to; /* offsets */
	bool after_hole;  /* it begins where a hole ends */
};

/* The part that has this byte, which is in no hole.  False: it is missing. */
static bool book_find(struct book *book, int64_t at, struct book_part *part)
{
	int64_t begin = at - at % BOOK_PAGE, from = begin, to = begin + BOOK_PAGE;
	bool holed = book->hole_from < book->hole_to;
	struct book_page *page = book_search(book, at / BOOK_PAGE);

	if (to > book->size)
		to = book->size;
	if (holed && book->hole_to <= at && book->hole_to >= from)
		from = book->hole_to;
	if (holed && book->hole_from > at && book->hole_from < to)
		to = book->hole_from;
	if (!page) {
		book->missing = begin;
		return false;
	}
	if ((int64_t)page->from > from - begin || (int64_t)page->to < to - begin) {
		book->missing = page->from == 0 ? begin + (int64_t)page->to : begin;
		return false;
	}
	*part = (struct book_part){ page->bytes + (from - begin), from, to, holed && from == book->hole_to };
	return true;
}

static bool book_in_hole(const struct book *book, int64_t at)
{
	return at >= book->hole_from && at < book->hole_to;
}

/* The line goes on behind the part. */
static bool book_goes_on(const struct book *book, const struct book_part *part)
{
	return part->to < book->size && !book_in_hole(book, part->to);
}

/*
 * Where a part without newlines breaks its line: after its last CR, or else at its end.  -1: nowhere.  A CR at the end
 * may belong to a newline.
 */
static int64_t book_break(const struct book *book, const struct book_part *part)
{
	const char *cr;

	if (!book_goes_on(book, part) || part->from % BOOK_PAGE)
		return -1;
	cr = memrchr(part->bytes, '\r', (size_t)(part->to - part->from - 1));
	return cr ? part->from + (cr - part->bytes) + 1 : part->to;
}

/* Where the line begins that has a byte of a part, which may be on the page before.  False: that is missing. */
static bool book_begin_before(struct book *book, struct book_part *part, int64_t *begin)
{
	const char *newline;
	int64_t broken;

	*begin = part->from;
	if (part->after_hole || part->from == 0)
		return true;
	if (!book_find(book, part->from - 1, part))
		return false;
	newline = memrchr(part->bytes, '\n', (size_t)(part->to - part->from));
	broken = newline ? part->from + (newline - part->bytes) + 1 : book_break(book, part);
	if (broken >= 0)
		*begin = broken;
	else if (part->after_hole && part->from % BOOK_PAGE)
		*begin = part->from;
	return true;
}

/* Where the line begins that has this byte.  False: that is missing. */
static bool book_begin(struct book *book, int64_t at, int64_t *begin)
{
	struct book_part part;
	const char *newline;

	if (!book_find(book, at, &part))
		return false;
	newline = memrchr(part.bytes, '\n', (size_t)(at - part.from));
	*begin = newline ? part.from + (newline - part.bytes) + 1 : part.from;
	if (newline)
		return true;
	if (!memchr(part.bytes, '\n', (size_t)(part.to - part.from))) {
		*begin = book_break(book, &part);
		if (*begin >= 0 && *begin <= at)
			return true;
	}
	return book_begin_before(book, &part, begin);
}

/* The line, up to a newline or a break. */
static void book_set(struct book_line *line, const struct book_part *part, const char *newline,
                     int64_t broken)
{
	int64_t end = newline ? part->from + (newline - part->bytes) : broken >= 0 ? broken : part->to;

	line->bytes = part->bytes + (line->begin - part->from);
	line->length = (size_t)(end - line->begin);
	line->end = end + (newline != NULL);
}

/* Joins a line that began on the page before with its rest. */
static void book_join(struct book *book, struct book_line *line, const struct book_part *rest)
{
	const char *newline = memchr(rest->bytes, '\n', (size_t)(rest->to - rest->from));
	int64_t broken = newline ? -1 : book_break(book, rest);
	int64_t end = newline ? rest->from + (newline - rest->bytes) : broken >= 0 ? broken : rest->to;
	size_t more = (size_t)(end - rest->from);

	memcpy(book->joined + line->length, rest->bytes, more);
	line->bytes = book->joined;
	line->length += more;
	line->end = end + (newline != NULL);
	line->overwritten = broken >= 0 && broken < rest->to;
}

static enum book_answer book_complete(struct book *book, struct book_line *line)
{
	struct book_part part;
	const char *newline;
	int64_t broken = -1;

	if (!book_find(book, line->begin, &part))
		return BOOK_MISSING;
	newline = memchr(part.bytes + (line->begin - part.from), '\n', (size_t)(part.to - line->begin));
	/* A line that begins with its page has a part for itself. */
	if (!newline && line->begin == part.from)
		broken = book_break(book, &part);
	book_set(line, &part, newline, broken);
	line->overwritten = broken >= 0 && broken < part.to;
	if (newline || broken >= 0 || !book_goes_on(book, &part))
		return BOOK_HAVE;
	memcpy(book->joined, line->bytes, line->length);
	if (!book_find(book, line->end, &part))
		return BOOK_MISSING;
	book_join(book, line, &part);
	return BOOK_HAVE;
}

/* The line, or the piece of one, that has this byte, which is in no hole. */
static enum book_answer book_piece(struct book *book, int64_t at, struct book_line *line)
{
	*line = (struct book_line){ .bytes = "" };
	return book_begin(book, at, &line->begin) ? book_complete(book, line) : BOOK_MISSING;
}

/* What was overwritten around this byte, as far as is known. */
static struct book_run *book_run(struct book *book, int64_t at)
{
	for (size_t i = 0; i < BOOK_RUNS; i++) {
		struct book_run *run = &book->runs[i];

		if (at >= run->from && at < run->to) {
			run->used = ++book->clock;
			return run;
		}
	}
	return NULL;
}

/* Remembers that a piece was overwritten. */
static void book_overwrite(struct book *book, int64_t from, int64_t to)
{
	struct book_run *before = from > 0 ? book_run(book, from - 1) : NULL, *after = book_run(book, to);
	struct book_run *run = before ? before : after ? after : book->runs;

	for (size_t i = 0; !before && !after && i < BOOK_RUNS; i++) {
		if (book->runs[i].used < run->used)
			run = &book->runs[i];
	}
	*run = (struct book_run){ before ? before->from : from, after ? after->to : to, ++book->clock };
	if (before && after && before != after)
		*after = (struct book_run){ 0 };
}

static void book_be_hole(const struct book *book, struct book_line *line)
{
	*line = (struct book_line){
		.begin = book->hole_from, .end = book->hole_to, .bytes = "", .hole = true
	};
}

enum book_answer book_line(struct book *book, int64_t at, struct book_line *line)
{
	while (at < book->size) {
		const struct book_run *run = book_run(book, at);
		enum book_answer answer;

		if (run) {
			at = run->to;
			continue;
		}
		if (book_in_hole(book, at)) {
			book_be_hole(book, line);
			return BOOK_HAVE;
		}
		answer = book_piece(book, at, line);
		if (answer != BOOK_HAVE || !line->overwritten)
			return answer;
		book_overwrite(book, line->begin, line->end);
	}
	return BOOK_END;
}

enum book_answer book_before(struct book *book, int64_t begin, struct book_line *line)
{
	while (begin > 0) {
		const struct book_run *run = book_run(book, begin - 1);
		enum book_answer answer;

		if (run) {
			begin = run->from;
			continue;
		}
		if (book_in_hole(book, begin - 1)) {
			book_be_hole(book, line);
			return BOOK_HAVE;
		}
		answer = book_piece(book, begin - 1, line);
		if (answer != BOOK_HAVE || !line->overwritten)
			return answer;
		book_overwrite(book, line->begin, line->end);
	}
	return BOOK_END;
}

const char *book_ahead(struct book *book, int64_t begin, size_t *length)
{
	struct book_part part;

	*length = 0;
	if (begin <= 0 || book_in_hole(book, begin - 1) || !book_find(book, begin - 1, &part)) {
		book->missing = -1;
		return NULL;
	}
	*length = (size_t)(begin - part.from);
	return part.bytes;
}

int64_t book_wanted(struct book *book, bool backward)
{
	int64_t missing = book->missing, from = missing;

	/* If the read before did not reach this place, it is read from here. */
	if (backward && missing != book->asked)
		from = missing > BOOK_PART ? missing - BOOK_PART : 0;
	book->asked = missing;
	book->missing = -1;
	return from;
}

static int64_t book_newlines(const struct book_part *part, int64_t from, int64_t to)
{
	const char *at = part->bytes + (from - part->from), *end = part->bytes + (to - part->from);
	int64_t count = 0;

	while ((at = memchr(at, '\n', (size_t)(end - at)))) {
		count++;
		at++;
	}
	return count;
}

enum book_answer book_count(struct book *book)
{
	struct book_part part;

	while (book->counted < book->size && book->size <= BOOK_COUNT_MAX) {
		if (book_in_hole(book, book->counted)) {
			book->counted = book->hole_to;
			book->newlines++;
			book->ends_open = false;
			continue;
		}
		if (!book_find(book, book->counted, &part))
			return BOOK_MISSING;
		if (book->counted == part.from)
			book->before[part.from / BOOK_PAGE] = book->newlines;
		book->newlines += book_newlines(&part, book->counted, part.to);
		book->counted = part.to;
		book->ends_open = part.bytes[part.to - part.from - 1] != '\n';
	}
	return BOOK_END;
}

int64_t book_lines(const struct book *book)
{
	return book->counted == book->size ? book->newlines + book->ends_open : -1;
}

int64_t book_number(struct book *book, int64_t begin)
{
	struct book_part part;

	if (begin >= book->counted)
		return begin == 0 ? 1 : -1;
	if (book_in_hole(book, begin) || !book_find(book, begin, &part)) {
		book->missing = -1;
		return -1;
	}
	return book->before[begin / BOOK_PAGE] + book_newlines(&part, part.from, begin) + 1;
}
