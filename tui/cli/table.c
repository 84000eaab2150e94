#include "tui/cli/table.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "tui/text/alloc.h"
#include "tui/text/cells.h"

enum { GAP = 2, TERMINAL_DEFAULT = 80, COLUMNS_MAX = 100000, PRINT_AT = 1 << 16 };

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

#define REPEATED(byte) (UINT64_C(0x0101010101010101) * (byte))

/* True for plain text, in which no byte is replaced and each takes one column.  Nearly all text is plain. */
static bool slice_is_plain(const struct slice *slice)
{
	size_t i = 0;

	/* Eight bytes at once: one below 0x20 borrows from the bit above it, one from 0x7f on carries into it. */
	for (uint64_t word; slice->length - i >= sizeof(word); i += sizeof(word)) {
		memcpy(&word, slice->text + i, sizeof(word));
		if ((word | (word - REPEATED(0x20)) | (word + REPEATED(0x01))) & REPEATED(0x80))
			break;
	}
	while (i < slice->length && slice->text[i] >= 0x20 && slice->text[i] < 0x7f)
		i++;
	return i == slice->length;
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

static void add_cell(struct table *table, size_t column, struct slice slice)
{
	const struct field *field = table->fields.items[column];
	/* A field that is aligned to the right is a number.  It is not cut, since that would change it. */
	size_t most = table->terminal && field->max && !field->right ? (size_t)field->max : SIZE_MAX;
	struct table_cell *cell;
	size_t columns = slice.length, from = table->text.length;

	table->cells = alloc_room(table->cells, &table->size, table->count + 1, sizeof(*table->cells));
	cell = &table->cells[table->count++];
	if (slice.length <= most && slice_is_plain(&slice))
		text_add(&table->text, slice.text, slice.length);
	else
		columns = add_shown(&table->text, &slice, most);
	cell->length = (unsigned)(table->text.length - from);
	cell->columns = (unsigned)columns;
	if (table->widths[column] < columns)
		table->widths[column] = columns;
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
	for (size_t i = 0; headings && i < fields->count; i++)
		add_cell(table, i, heading_slice(fields->items[i]));
}

void table_add(struct table *table, const struct value *row)
{
	static const struct field_look plain;

	for (size_t i = 0; i < table->fields.count; i++) {
		add_cell(table, i, field_text(table->fields.items[i], row, &plain, &table->scratch));
		row += table->values[i];
	}
}

static void add_blanks(struct text *out, size_t count)
{
	static const char few[] = "                ";
	const size_t most = sizeof(few) - 1;

	out->data = alloc_room(out->data, &out->size, out->length + count + most, 1);
	if (count <= most)
		memcpy(out->data + out->length, few, most); /* a constant number, without a call */
	else
		memset(out->data + out->length, ' ', count);
	out->length += count;
}

/* Adds a row, without blanks after its last column.  text is that of all of its cells. */
static void add_row(struct text *out, const struct table *table, const struct table_cell *cells,
                    const char *text)
{
	size_t left = table->terminal ? table->terminal : SIZE_MAX;

	for (size_t i = 0; i < table->fields.count; i++) {
		const struct table_cell *cell = &cells[i];
		size_t blanks = table->widths[i] - cell->columns;
		bool last = i + 1 == table->fields.count, right = table->fields.items[i]->right;

		if (right && blanks < left) {
			add_blanks(out, blanks);
			left -= blanks;
		}
		if (cell->columns > left) {
			/* It does not fit. */
			add_shown(out, &(struct slice){ .text = text, .length = cell->length }, left);
			break;
		}
		text_add(out, text, cell->length);
		text += cell->length;
		left -= cell->columns;
		blanks = (right ? 0 : blanks) + GAP;
		if (last || blanks >= left)
			break;
		add_blanks(out, blanks);
		left -= blanks;
	}
	text_add(out, "\n", 1);
}

int table_print(const struct table *table, FILE *out)
{
	struct text lines = { 0 };
	const char *text = table->text.data;

	for (size_t i = 0; i < table->count; i += table->fields.count) {
		add_row(&lines, table, &table->cells[i], text);
		for (size_t k = 0; k < table->fields.count; k++)
			text += table->cells[i + k].length;
		if (lines.length < PRINT_AT && i + table->fields.count < table->count)
			continue;
		fwrite(lines.data, 1, lines.length, out);
		lines.length = 0;
	}
	text_release(&lines);
	return ferror(out) ? -EIO : 0;
}

void table_release(struct table *table)
{
	text_release(&table->text);
	text_release(&table->scratch);
	free(table->cells);
}
