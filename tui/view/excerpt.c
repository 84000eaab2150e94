#include "tui/view/excerpt.h"

#include <string.h>

void excerpt_init(struct excerpt *excerpt)
{
	*excerpt = (struct excerpt){ .length = 0 };
}

void excerpt_release(struct excerpt *excerpt)
{
	printed_release(&excerpt->printed);
}

void excerpt_clear(struct excerpt *excerpt)
{
	excerpt->length = excerpt->count = 0;
	excerpt->end = excerpt->counted = excerpt->newlines = 0;
}

/* Bytes that leave a gap are not counted, and later ones are not, either. */
static void excerpt_count(struct excerpt *excerpt, int64_t offset, const char *bytes, size_t length)
{
	const char *at = bytes, *end = bytes + length;

	if (offset > excerpt->counted || offset + (int64_t)length <= excerpt->counted)
		return;
	at += excerpt->counted - offset;
	while ((at = memchr(at, '\n', (size_t)(end - at)))) {
		excerpt->newlines++;
		at++;
	}
	excerpt->counted = offset + (int64_t)length;
}

void excerpt_put(struct excerpt *excerpt, int64_t offset, const char *bytes, size_t length)
{
	size_t keep, fresh;

	excerpt_count(excerpt, offset, bytes, length);
	if (offset > excerpt->end || offset + (int64_t)length < excerpt->end)
		excerpt->length = 0; /* it does not join on */
	fresh = excerpt->length ? (size_t)(offset + (int64_t)length - excerpt->end) : length;
	if (fresh > length)
		fresh = length;
	bytes += length - fresh;
	if (fresh > EXCERPT_BYTES) {
		bytes += fresh - EXCERPT_BYTES;
		fresh = EXCERPT_BYTES;
	}
	keep = excerpt->length < EXCERPT_BYTES - fresh ? excerpt->length : EXCERPT_BYTES - fresh;
	memmove(excerpt->bytes, excerpt->bytes + (excerpt->length - keep), keep);
	memcpy(excerpt->bytes + keep, bytes, fresh);
	excerpt->length = keep + fresh;
	excerpt->end = offset + (int64_t)length;
}

int64_t excerpt_lines(const struct excerpt *excerpt)
{
	bool open = excerpt->length > 0 && excerpt->bytes[excerpt->length - 1] != '\n';

	return excerpt->counted == excerpt->end ? excerpt->newlines + open : -1;
}

/* The colours where a line begins: what the bytes before it have set. */
static struct sgr excerpt_colours(const struct excerpt *excerpt, size_t line)
{
	struct sgr sgr = SGR_INIT;
	const char *at = excerpt->bytes, *end = excerpt->bytes + line;

	while ((at = memchr(at, '\033', (size_t)(end - at)))) {
		size_t used = sgr_parse(&sgr, at, (size_t)(end - at));

		at += used ? used : 1;
	}
	return sgr;
}

static void excerpt_lay(struct excerpt *excerpt, size_t line, size_t length)
{
	struct sgr sgr = excerpt_colours(excerpt, line);

	printed_line(&excerpt->printed, &sgr, excerpt->bytes + line, length);
}

/* Adds the last rows of a line, above those that there are; the array is filled from its end. */
static void excerpt_add_line(struct excerpt *excerpt, size_t line, size_t length, size_t width, size_t height)
{
	size_t starts[EXCERPT_ROWS_MAX], count = 0, column = 0;

	excerpt_lay(excerpt, line, length);
	do {
		starts[count++ % EXCERPT_ROWS_MAX] = column;
		column = printed_break(&excerpt->printed, column, width);
	} while (column < excerpt->printed.count);
	for (size_t i = 0; i < count && i < EXCERPT_ROWS_MAX && excerpt->count < height; i++) {
		excerpt->count++;
		excerpt->rows[EXCERPT_ROWS_MAX - excerpt->count] =
			(struct excerpt_row){ line, length, starts[(count - 1 - i) % EXCERPT_ROWS_MAX] };
	}
}

void excerpt_layout(struct excerpt *excerpt, size_t width, size_t height)
{
	size_t end = excerpt->length;

	if (height > EXCERPT_ROWS_MAX)
		height = EXCERPT_ROWS_MAX;
	if (end && excerpt->bytes[end - 1] == '\n')
		end--;
	excerpt->count = 0;
	while (excerpt->length && width && excerpt->count < height) {
		const char *newline = memrchr(excerpt->bytes, '\n', end);
		size_t line = newline ? (size_t)(newline - excerpt->bytes) + 1 : 0;

		excerpt_add_line(excerpt, line, end - line, width, height);
		if (!newline)
			break;
		end = line - 1;
	}
	memmove(excerpt->rows, excerpt->rows + EXCERPT_ROWS_MAX - excerpt->count,
	        excerpt->count * sizeof(*excerpt->rows));
}

static bool excerpt_is_blank(const char *line, size_t length)
{
	while (length > 0 && strchr(" \t\r", line[length - 1]))
		length--;
	return length == 0;
}

void excerpt_layout_last(struct excerpt *excerpt)
{
	size_t end = excerpt->length, line = 0;

	excerpt->count = 0;
	while (end > 0 && !excerpt->count) {
		const char *newline = memrchr(excerpt->bytes, '\n', end);

		line = newline ? (size_t)(newline - excerpt->bytes) + 1 : 0;
		if (!excerpt_is_blank(excerpt->bytes + line, end - line))
			excerpt->rows[excerpt->count++] = (struct excerpt_row){ line, end - line, 0 };
		end = newline ? line - 1 : 0;
	}
}

size_t excerpt_print(struct excerpt *excerpt, const struct excerpt_row *row, size_t width)
{
	excerpt_lay(excerpt, row->line, row->length);
	return printed_break(&excerpt->printed, row->column, width);
}
