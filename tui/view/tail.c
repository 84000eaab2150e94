#include "tui/view/tail.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/task/utf8.h"
#include "tui/text/alloc.h"
#include "tui/text/cells.h"

enum { TAB_STOP = 8 };

void tail_init(struct tail *tail)
{
	*tail = (struct tail){
		.ring = alloc_zero(TAIL_LINES_MAX, sizeof(*tail->ring)),
		.sgr = SGR_INIT,
		.height = 1,
		.follow = true,
	};
}

static struct tail_line *tail_slot(const struct tail *tail, int64_t number)
{
	return &tail->ring[number % TAIL_LINES_MAX];
}

static void tail_drop_first(struct tail *tail)
{
	struct tail_line *line = tail_slot(tail, tail->first++);

	tail->kept -= line->length;
	free(line->bytes);
	*line = (struct tail_line){ 0 };
}

void tail_clear(struct tail *tail)
{
	while (tail->first < tail->end)
		tail_drop_first(tail);
	tail->length = 0;
	tail->returned = false;
	tail->sgr = (struct sgr)SGR_INIT;
	tail_scroll(tail, 0);
}

void tail_release(struct tail *tail)
{
	if (!tail->ring)
		return;
	tail_clear(tail);
	free(tail->ring);
	tail->ring = NULL;
}

int64_t tail_end(const struct tail *tail)
{
	return tail->end + (tail->length > 0);
}

/* Forgets the current line, but keeps the colours that it has set. */
static void tail_begin_anew(struct tail *tail)
{
	const char *end = tail->line + tail->length, *escape = tail->line;

	while ((escape = memchr(escape, '\033', (size_t)(end - escape)))) {
		size_t used = sgr_parse(&tail->sgr, escape, (size_t)(end - escape));

		escape += used ? used : 1;
	}
	tail->length = 0;
	tail->returned = false;
}

static void tail_commit(struct tail *tail)
{
	struct tail_line *line;

	while (tail->end - tail->first >= TAIL_LINES_MAX ||
	       (tail->first < tail->end && tail->kept + tail->length > TAIL_BYTES_MAX))
		tail_drop_first(tail);
	line = tail_slot(tail, tail->end++);
	line->bytes = alloc_zero(tail->length, 1);
	line->length = tail->length;
	line->sgr = tail->sgr;
	memcpy(line->bytes, tail->line, tail->length);
	tail->kept += tail->length;
	tail_begin_anew(tail);
}

/* Adds bytes without newlines and carriage returns. */
static void tail_append(struct tail *tail, const char *bytes, size_t length)
{
	while (length > 0) {
		size_t part = TAIL_LINE_MAX - tail->length;

		if (part == 0) {
			tail_commit(tail);
			continue;
		}
		if (part > length)
			part = length;
		memcpy(tail->line + tail->length, bytes, part);
		tail->length += part;
		bytes += part;
		length -= part;
	}
}

static size_t tail_plain_length(const char *bytes, size_t length)
{
	size_t plain = 0;

	while (plain < length && bytes[plain] != '\n' && bytes[plain] != '\r')
		plain++;
	return plain;
}

void tail_feed(struct tail *tail, const char *bytes, size_t length)
{
	for (size_t i = 0; i < length;) {
		size_t plain = tail_plain_length(bytes + i, length - i);

		if (plain && tail->returned)
			tail_begin_anew(tail);
		tail_append(tail, bytes + i, plain);
		i += plain;
		if (i < length && bytes[i] == '\n')
			tail_commit(tail);
		else if (i < length)
			tail->returned = true;
		i++;
	}
	tail_scroll(tail, 0);
}

/* The place where a line is drawn. */
struct pen {
	tail_put *put;
	void *ctx;
	int first, width, column;
	struct sgr sgr;
};

static void tail_put_text(struct pen *pen, const char *text, int columns)
{
	int x = pen->column - pen->first;

	if (x >= 0 && x + columns <= pen->width && (columns > 0 || x > 0))
		pen->put(pen->ctx, &pen->sgr, text, columns);
	else if (x < 0 && x + columns > 0 && pen->width > 0) /* half of it is at the left edge */
		pen->put(pen->ctx, &pen->sgr, " ", x + columns);
	pen->column += columns;
}

/* Draws a character.  Returns its bytes. */
static size_t tail_put_character(struct pen *pen, const char *bytes, size_t length)
{
	size_t taken = utf8_character(bytes, length);
	char one[8] = "", shown[16];
	unsigned char c = (unsigned char)*bytes;
	int columns;

	if (c == '\t') {
		do
			tail_put_text(pen, " ", 1);
		while (pen->column % TAB_STOP);
		return 1;
	}
	if (c < ' ' || c == 0x7f) {
		tail_put_text(pen, "^", 1);
		one[0] = (char)(c ^ 0x40);
		tail_put_text(pen, one, 1);
		return 1;
	}
	memcpy(one, bytes, taken ? taken : 1);
	columns = (int)cells_fit(one, SIZE_MAX, shown, sizeof(shown));
	tail_put_text(pen, shown, columns);
	return taken ? taken : 1;
}

int tail_draw(const struct tail *tail, int64_t number, int first, int width, tail_put *fn, void *ctx)
{
	struct pen pen = { .put = fn, .ctx = ctx, .first = first, .width = width };
	const char *bytes = tail->line;
	size_t length = tail->length;

	pen.sgr = tail->sgr;
	if (number < tail->first || number >= tail_end(tail))
		return 0;
	if (number < tail->end) {
		const struct tail_line *line = tail_slot(tail, number);

		bytes = line->bytes;
		length = line->length;
		pen.sgr = line->sgr;
	}
	for (size_t i = 0; i < length;) {
		size_t used = sgr_parse(&pen.sgr, bytes + i, length - i);

		i += used ? used : tail_put_character(&pen, bytes + i, length - i);
	}
	return pen.column;
}

void tail_resize(struct tail *tail, int height)
{
	tail->height = height < 1 ? 1 : height;
	tail_scroll(tail, 0);
}

void tail_scroll(struct tail *tail, int64_t lines)
{
	int64_t last = tail_end(tail) - tail->height;

	if (last < tail->first)
		last = tail->first;
	if (lines > 0)
		tail->top = lines > last - tail->top ? last : tail->top + lines;
	else if (lines < 0)
		tail->top = lines < tail->first - tail->top ? tail->first : tail->top + lines;
	if (lines)
		tail->follow = tail->top >= last;
	if (tail->follow || tail->top > last)
		tail->top = last;
	if (tail->top < tail->first)
		tail->top = tail->first;
}

void tail_follow(struct tail *tail, bool follow)
{
	tail->follow = follow;
	tail_scroll(tail, 0);
}
