#include "tui/cli/table.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "tui/cli/format.h"

enum { GAP = 2, TERMINAL_DEFAULT = 80 };

size_t table_terminal(int fd)
{
	const char *text = getenv("COLUMNS");
	long columns = text ? strtol(text, NULL, 10) : 0;
	struct winsize size;

	if (!isatty(fd))
		return 0;
	if (ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
		return size.ws_col;
	return columns > 0 ? (size_t)columns : TERMINAL_DEFAULT;
}

/* Plain text that needs no replacing and takes a column a byte: nearly all there is. */
static bool is_plain(const char *text, size_t *length)
{
	const char *end = text;

	while (*end >= 0x20 && *end < 0x7f)
		end++;
	*length = (size_t)(end - text);
	return *end == '\0';
}

static void add_cell(struct table *table, size_t column, const char *text)
{
	const struct field *field = table->fields.items[column];
	size_t most = table->terminal && field->most ? field->most : SIZE_MAX;
	struct text *all = &table->text;
	struct table_cell *cell;
	size_t length, columns, size;

	if (table->count == table->size) {
		table->size = table->size ? 2 * table->size : 1024;
		table->cells = words_allocate(table->cells, table->size * sizeof(*table->cells));
	}
	cell = &table->cells[table->count++];
	cell->offset = all->length;
	if (is_plain(text, &length) && length <= most) {
		text_add(all, text, length);
		columns = length;
	} else {
		size = 3 * strlen(text) + 4;
		if (all->length + size > all->size) {
			all->size = 2 * all->size + size;
			all->data = words_allocate(all->data, all->size);
		}
		columns = format_cell(text, most, all->data + all->length, size);
		length = strlen(all->data + all->length);
		all->length += length;
	}
	cell->length = (unsigned)length;
	cell->columns = (unsigned)columns;
	if (table->widths[column] < columns)
		table->widths[column] = columns;
}

void table_init(struct table *table, const struct field_list *fields, size_t terminal, bool headings)
{
	*table = (struct table){ .fields = *fields, .terminal = terminal };
	for (size_t i = 0; headings && i < fields->count; i++)
		add_cell(table, i, fields->items[i]->heading);
}

void table_add(struct table *table, const json_t *row)
{
	json_t *values[FIELD_SOURCES];
	size_t at = 0;

	for (size_t i = 0; i < table->fields.count; i++) {
		const struct field *field = table->fields.items[i];

		at += field_values(field, row, at, values);
		add_cell(table, i, field->text(values, &table->scratch));
	}
}

/* Blanks, never behind the last column. */
static void put_blanks(size_t count, FILE *out)
{
	static const char blanks[] = "                                ";

	while (count > 0) {
		size_t some = count < sizeof(blanks) - 1 ? count : sizeof(blanks) - 1;

		fwrite_unlocked(blanks, 1, some, out);
		count -= some;
	}
}

/* One that does not fit any more, in what is left of the line. */
static void put_cut(const struct table *table, const struct table_cell *cell, size_t columns, FILE *out)
{
	char *whole = words_allocate(NULL, 2 * cell->length + 5);
	char *cut = whole + cell->length + 1;

	memcpy(whole, table->text.data + cell->offset, cell->length);
	whole[cell->length] = '\0';
	format_cell(whole, columns, cut, cell->length + 4);
	fputs(cut, out);
	free(whole);
}

static void print_row(const struct table *table, const struct table_cell *cells, FILE *out)
{
	size_t left = table->terminal ? table->terminal : SIZE_MAX;

	for (size_t i = 0; i < table->fields.count; i++) {
		const struct table_cell *cell = &cells[i];
		size_t blanks = table->widths[i] - cell->columns;
		bool last = i + 1 == table->fields.count, right = table->fields.items[i]->right;

		if (right && blanks < left) {
			put_blanks(blanks, out);
			left -= blanks;
		}
		if (cell->columns > left) {
			put_cut(table, cell, left, out);
			break;
		}
		fwrite_unlocked(table->text.data + cell->offset, 1, cell->length, out);
		left -= cell->columns;
		blanks = (right ? 0 : blanks) + GAP;
		if (last || blanks >= left)
			break;
		put_blanks(blanks, out);
		left -= blanks;
	}
	putc_unlocked('\n', out);
}

int table_print(const struct table *table, FILE *out)
{
	for (size_t i = 0; i < table->count; i += table->fields.count)
		print_row(table, &table->cells[i], out);
	return ferror(out) ? -EIO : 0;
}

void table_release(struct table *table)
{
	text_release(&table->text);
	text_release(&table->scratch);
	free(table->cells);
}
