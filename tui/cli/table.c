#include "tui/cli/table.h"

#include <assert.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "engine/task/bytes.h"
#include "tui/text/alloc.h"
#include "tui/text/cells.h"

enum { GAP = 2, TERMINAL_DEFAULT = 80, COLUMNS_MAX = 100000, PRINT_AT = 1 << 16 };
/* So many bytes are copied at once: behind the cells, and behind a line, there is room for as many. */
enum { SLACK = 16 };

/*
 * Before the text of a cell there is a byte with its length, which is also that of its columns; or CELL_WIDE and a struct
 * cell_size.  A long list takes little more memory than its text, since new memory costs more than what is done with it.
 */
enum { CELL_WIDE = 255 };
struct cell_size {
	unsigned length, columns;
};

static size_t table_screen; /* 0: no screen shows what is printed */

void table_set_screen(size_t columns)
{
	table_screen = columns;
}

size_t table_terminal(int fd)
{
	const char *text = getenv("COLUMNS");
	char *end;
	long columns = text ? strtol(text, &end, 10) : 0;
	struct winsize size;

	if (table_screen)
		return table_screen;
	if (columns > 0 && columns <= COLUMNS_MAX && *end == '\0')
		return (size_t)columns; /* set by programs such as watch(1), which print through a pipe */
	if (!isatty(fd))
		return 0;
	return ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : TERMINAL_DEFAULT;
}

char *table_line(const char *text)
{
	size_t width = table_terminal(STDOUT_FILENO), size = strlen(text) * 3 + 8;
	char *shown = alloc_zero(size, 1);

	cells_fit(text, width ? width : SIZE_MAX, shown, size);
	return shown;
}

/* Below 0x20, and from 0x7f on. */
static uint64_t odd_bytes(uint64_t word)
{
	return bytes_high(word | (word + BYTES_ALL(0x01))) | bytes_below(word, 0x20);
}

/* True for plain text, in which no byte is replaced and each takes one column.  Nearly all text is plain. */
static bool slice_is_plain(const struct slice *slice)
{
	return bytes_none(slice->text, slice->length, ' ', odd_bytes);
}

/* Appends the text as it is shown.  Returns its columns. */
static size_t add_shown(struct text *all, const struct slice *slice, size_t most)
{
	size_t size = 3 * slice->length + 4, columns;
	char *whole = alloc_zero(slice->length + 1 + size, 1);
	char *shown = whole + slice->length + 1;

	memcpy(whole, slice->text, slice->length);
	whole[slice->length] = '\0';
	columns = cells_fit(whole, most, shown, size);
	text_add(all, shown, strlen(shown));
	free(whole);
	return columns;
}

static void add_wide(struct text *cells, const struct slice *slice, size_t most, struct cell_size *size)
{
	const char wide = (char)CELL_WIDE;
	size_t from;

	text_add(cells, &wide, 1);
	text_add(cells, (const char *)size, sizeof(*size));
	from = cells->length;
	size->columns = (unsigned)add_shown(cells, slice, most);
	size->length = (unsigned)(cells->length - from);
	memcpy(cells->data + from - sizeof(*size), size, sizeof(*size));
}

static void add_cell(struct table *table, size_t column, const struct slice *slice)
{
	const struct field *field = table->fields.items[column];
	/* A field that is aligned to the right is a number.  It is not cut, since that would change it. */
	size_t most = table->terminal && field->max && !field->right ? (size_t)field->max : SIZE_MAX;
	struct cell_size size = { (unsigned)slice->length, (unsigned)slice->length };
	char *to;

	if (slice->length < CELL_WIDE && slice->length <= most && slice_is_plain(slice)) {
		to = text_room(&table->cells, slice->length + 1 + SLACK);
		*to = (char)slice->length;
		memcpy(to + 1, slice->text, slice->length);
		table->cells.length += slice->length + 1;
	} else {
		add_wide(&table->cells, slice, most, &size);
	}
	if (table->widths[column] < size.columns)
		table->widths[column] = size.columns;
}

/* *at moves behind the cell.  Returns its text. */
static const char *next_cell(const char **at, struct cell_size *size)
{
	const char *text = *at + 1;

	size->length = size->columns = (unsigned char)**at;
	if (size->length == CELL_WIDE) {
		memcpy(size, text, sizeof(*size));
		text += sizeof(*size);
	}
	*at = text + size->length;
	return text;
}

static struct slice heading_slice(const struct field *field)
{
	return (struct slice){ .text = field->heading, .length = strlen(field->heading) };
}

void table_init(struct table *table, const struct field_list *fields, size_t terminal, bool headings)
{
	*table = (struct table){ .fields = *fields, .terminal = terminal };
	for (size_t i = 0; i < fields->count; i++)
		table->values[i] = (unsigned)field_width(fields->items[i]);
	for (size_t i = 0; headings && i < fields->count; i++) {
		const struct slice heading = heading_slice(fields->items[i]);

		add_cell(table, i, &heading);
	}
}

void table_add(struct table *table, const struct value *row)
{
	const struct field_look plain = { .server = table->server };

	for (size_t i = 0; i < table->fields.count; i++) {
		const struct slice slice = field_text(table->fields.items[i], row, &plain, &table->scratch);

		add_cell(table, i, &slice);
		row += table->values[i];
	}
}

static void add_blanks(struct text *out, size_t count)
{
	memset(text_room(out, count), ' ', count);
	out->length += count;
}

/* Adds a cell to a line in which so many columns are left.  False: nothing more fits. */
static bool add_in_line(struct text *out, const char *text, const struct cell_size *size, size_t *left)
{
	if (size->columns > *left) {
		add_shown(out, &(struct slice){ .text = text, .length = size->length }, *left);
		return false;
	}
	text_add(out, text, size->length);
	*left -= size->columns;
	return true;
}

/* The same for the blanks behind it. */
static bool add_gap(struct text *out, size_t blanks, size_t *left)
{
	if (blanks >= *left)
		return false;
	add_blanks(out, blanks);
	*left -= blanks;
	return true;
}

/* Adds a row, without blanks after its last column.  Returns what follows its cells. */
static const char *add_row(struct text *out, const struct table *table, const char *at)
{
	size_t left = table->terminal ? table->terminal : SIZE_MAX;
	bool fits = true;

	for (size_t i = 0; i < table->fields.count; i++) {
		struct cell_size size;
		const char *text = next_cell(&at, &size);
		size_t blanks = table->widths[i] - size.columns;
		bool right = table->fields.items[i]->right;

		if (!fits)
			continue;
		if (right)
			(void)add_gap(out, blanks, &left);
		fits = add_in_line(out, text, &size, &left) && i + 1 < table->fields.count &&
		       add_gap(out, (right ? 0 : blanks) + GAP, &left);
	}
	text_add(out, "\n", 1);
	return at;
}

/* The bytes of the longest line of plain cells, and of the gap behind it; 0: not all columns fit. */
static size_t plain_width(const struct table *table)
{
	size_t width = 0;

	for (size_t i = 0; i < table->fields.count; i++)
		width += table->widths[i] + GAP;
	return !table->terminal || width <= table->terminal + GAP ? width : 0;
}

/* Copies at least so many bytes, in steps of SLACK.  To call memcpy(3) for a few bytes takes longer. */
static char *copy_cell(char *to, const char *text, size_t length)
{
	for (size_t i = 0; i < length; i += SLACK)
		memcpy(to + i, text + i, SLACK);
	return to + length;
}

static char *put_blanks(char *to, size_t count)
{
	for (size_t i = 0; i < count; i += SLACK)
		memset(to + i, ' ', SLACK);
	return to + count;
}

/* Adds a row of plain cells only, as most are, where all columns fit.  NULL: it is another one. */
static const char *add_plain_row(struct text *out, const struct table *table, size_t width, const char *at)
{
	char *to = text_room(out, width + SLACK);
	size_t blanks = 0;

	assert(to);
	for (size_t i = 0; i < table->fields.count; i++) {
		size_t length = (unsigned char)*at, rest = table->widths[i] - length;

		if (length == CELL_WIDE)
			return NULL;
		if (table->fields.items[i]->right) {
			to = put_blanks(to, blanks + rest);
			rest = 0;
		} else {
			to = put_blanks(to, blanks);
		}
		to = copy_cell(to, at + 1, length);
		blanks = rest + GAP;
		at += length + 1;
	}
	*to++ = '\n';
	out->length = (size_t)(to - out->data);
	return at;
}

bool table_is_empty(const struct table *table)
{
	return table->cells.length == 0;
}

int table_print(const struct table *table, FILE *out)
{
	struct text lines = { 0 };
	const char *at = table->cells.data;
	size_t left = table->cells.length, width = plain_width(table);

	while (left > 0) {
		const char *next = width ? add_plain_row(&lines, table, width, at) : NULL;

		if (!next)
			next = add_row(&lines, table, at);
		left -= (size_t)(next - at);
		at = next;
		if (lines.length < PRINT_AT && left > 0)
			continue;
		fwrite(lines.data, 1, lines.length, out);
		lines.length = 0;
	}
	text_release(&lines);
	return ferror(out) ? -EIO : 0;
}

void table_release(struct table *table)
{
	text_release(&table->cells);
	text_release(&table->scratch);
}
