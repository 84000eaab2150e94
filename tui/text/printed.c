#include "tui/text/printed.h"

#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "engine/task/utf8.h"
#include "tui/text/alloc.h"
#include "tui/text/cells.h"

enum { TAB_STOP = 8, SEQUENCE_MAX = 64, LINK_MAX = 4096, NUMBER_MAX = 100000 };

static const struct printed_cell blank = { .text = " ", .columns = 1, .sgr = SGR_INIT };

/* Makes the line at least so long. */
static void printed_reach(struct printed *printed, size_t count)
{
	if (count > PRINTED_COLUMNS_MAX)
		count = PRINTED_COLUMNS_MAX;
	printed->cells = alloc_room(printed->cells, &printed->size, count, sizeof(*printed->cells));
	while (printed->count < count)
		printed->cells[printed->count++] = blank;
}

/* Clears columns.  A wide character that is hit becomes blank as a whole. */
static void printed_blank(struct printed *printed, size_t from, size_t to)
{
	if (to > printed->count)
		to = printed->count;
	if (from >= to)
		return;
	if (printed->cells[from].columns == 0)
		from--;
	if (to < printed->count && printed->cells[to].columns == 0)
		to++;
	for (size_t i = from; i < to; i++)
		printed->cells[i] = blank;
}

static void printed_cut(struct printed *printed, size_t count)
{
	if (count >= printed->count)
		return;
	printed_blank(printed, count, printed->count);
	printed->count = count;
}

/* A mark combines with the character before the cursor. */
static void printed_combine(struct printed *printed, const char *text)
{
	size_t at = printed->cursor;
	struct printed_cell *cell;
	size_t used, length = strlen(text);

	if (at == 0 || at > printed->count)
		return;
	cell = &printed->cells[at - 1];
	if (cell->columns == 0)
		cell--;
	used = strlen(cell->text);
	if (used + length < sizeof(cell->text))
		memcpy(cell->text + used, text, length + 1);
}

static void printed_put(struct printed *printed, const char *text, size_t columns)
{
	size_t at = printed->cursor;

	if (printed->elsewhere || at + columns > PRINTED_COLUMNS_MAX)
		return;
	if (columns == 0) {
		printed_combine(printed, text);
		return;
	}
	printed_reach(printed, at + columns);
	printed_blank(printed, at, at + columns);
	for (size_t i = 0; i < columns; i++)
		printed->cells[at + i] = (struct printed_cell){ .columns = i ? 0 : (unsigned char)columns,
			                                        .sgr = printed->sgr };
	memcpy(printed->cells[at].text, text, strlen(text) + 1);
	printed->cursor += columns;
}

static void printed_move(struct printed *printed, size_t column)
{
	printed->cursor = column < PRINTED_COLUMNS_MAX ? column : PRINTED_COLUMNS_MAX - 1;
}

static void printed_save(struct printed *printed)
{
	printed->is_saved = true;
	printed->saved = printed->cursor;
	printed->saved_sgr = printed->sgr;
}

static void printed_restore(struct printed *printed)
{
	if (printed->is_saved) {
		printed->cursor = printed->saved;
		printed->sgr = printed->saved_sgr;
	}
	printed->is_saved = printed->elsewhere = false;
}

static void printed_erase(struct printed *printed, size_t what)
{
	if (printed->elsewhere)
		return;
	if (what == 0)
		printed_cut(printed, printed->cursor);
	else if (what == 1)
		printed_blank(printed, 0, printed->cursor + 1);
	else
		printed->count = 0;
}

static void printed_delete(struct printed *printed, size_t columns)
{
	size_t from = printed->cursor, to = from + columns;

	if (from >= printed->count)
		return;
	if (to > printed->count)
		to = printed->count;
	printed_blank(printed, from, to);
	memmove(printed->cells + from, printed->cells + to, (printed->count - to) * sizeof(*printed->cells));
	printed->count -= to - from;
}

/* A control sequence (ECMA-48, 5.4). */
struct sequence {
	char private; /* '?' or such; 0: none */
	size_t first; /* the first parameter, 0 if there is none */
	char last;    /* its final byte */
};

/* Returns its length; 0: it is none, or not whole. */
static size_t printed_sequence(const char *bytes, size_t length, struct sequence *sequence)
{
	size_t at = 2;
	bool first = true;

	*sequence = (struct sequence){ 0 };
	if (length < 3 || bytes[1] != '[')
		return 0;
	if (strchr("<=>?", bytes[at]))
		sequence->private = bytes[at++];
	for (; at < length && at < SEQUENCE_MAX; at++) {
		char c = bytes[at];

		if (c >= '@' && c <= '~') {
			sequence->last = c;
			return at + 1;
		}
		if (c < ' ' || c > '?')
			return 0;
		first = first && isdigit((unsigned char)c);
		if (first && sequence->first < NUMBER_MAX)
			sequence->first = sequence->first * 10 + (size_t)(c - '0');
	}
	return 0;
}

/* Movements to other rows.  Only while the cursor is saved is it known that it comes back. */
static bool printed_leaves(struct printed *printed, const struct sequence *sequence)
{
	if (!printed->is_saved || !strchr("ABEFdfHJr", sequence->last))
		return false;
	printed->elsewhere |= !strchr("Jr", sequence->last);
	return true;
}

/*
 * A movement some rows up or down, to write a line of progress anew, say.  What follows is not taken there: it is the newest
 * state of that line, and is shown where it was written.
 */
static bool printed_steps(struct printed *printed, const struct sequence *sequence)
{
	if (!strchr("ABEF", sequence->last))
		return false;
	if (strchr("EF", sequence->last))
		printed->cursor = 0;
	return true;
}

static bool printed_control(struct printed *printed, const struct sequence *sequence)
{
	size_t first = sequence->first, steps = first ? first : 1;

	if (sequence->private)
		return sequence->private == '?' && strchr("hl", sequence->last) &&
		       (first == 25 || first == 2026);
	switch (sequence->last) {
	case 'C':
		printed_move(printed, printed->cursor + steps);
		return true;
	case 'D':
		printed_move(printed, printed->cursor > steps ? printed->cursor - steps : 0);
		return true;
	case 'G':
	case '`':
		printed_move(printed, steps - 1);
		return true;
	case 'J': /* below is nothing */
		if (first == 0)
			printed_erase(printed, 0);
		return first == 0;
	case 'K':
		if (first <= 2)
			printed_erase(printed, first);
		return first <= 2;
	case 'P':
		printed_delete(printed, steps);
		return true;
	case 'X':
		printed_blank(printed, printed->cursor, printed->cursor + steps);
		return true;
	case 's':
		printed_save(printed);
		return true;
	case 'u':
		printed_restore(printed);
		return true;
	default:
		return printed_leaves(printed, sequence) || printed_steps(printed, sequence);
	}
}

/* The length of a command for the terminal that shows nothing: OSC 8 and OSC 9;4.  0: it is none. */
static size_t printed_silent(const char *bytes, size_t length)
{
	bool known = length > 4 && (strncmp(bytes + 2, "8;", 2) == 0 || strncmp(bytes + 2, "9;4", 3) == 0);

	for (size_t at = 4; known && at < length && at < LINK_MAX; at++) {
		if (bytes[at] == '\a')
			return at + 1;
		if (bytes[at] == '\033')
			return at + 1 < length && bytes[at + 1] == '\\' ? at + 2 : 0;
	}
	return 0;
}

/* What begins with ESC.  Returns the bytes that were carried out; 0: it is to be shown. */
static size_t printed_escape(struct printed *printed, const char *bytes, size_t length)
{
	struct sequence sequence;
	size_t used = sgr_parse(&printed->sgr, bytes, length);

	if (used || length < 2)
		return used;
	switch (bytes[1]) {
	case '[':
		used = printed_sequence(bytes, length, &sequence);
		return used && printed_control(printed, &sequence) ? used : 0;
	case ']':
		return printed_silent(bytes, length);
	case '(': /* the usual character set, with which `tput sgr0` begins */
		return length > 2 && bytes[2] == 'B' ? 3 : 0;
	case '7':
		printed_save(printed);
		return 2;
	case '8':
		printed_restore(printed);
		return 2;
	default:
		return 0;
	}
}

static void printed_visible(struct printed *printed, char control)
{
	const char name[] = { (char)(control ^ 0x40), '\0' };

	printed_put(printed, "^", 1);
	printed_put(printed, name, 1);
}

/* A tab moves over what is there, and makes blanks where nothing is. */
static void printed_tab(struct printed *printed)
{
	if (printed->elsewhere)
		return;
	printed_move(printed, (printed->cursor / TAB_STOP + 1) * TAB_STOP);
	printed_reach(printed, printed->cursor);
}

/* Returns the bytes that it has used. */
static size_t printed_character(struct printed *printed, const char *bytes, size_t length)
{
	size_t taken = utf8_character(bytes, length), columns;
	char one[8] = "", shown[16];

	memcpy(one, bytes, taken ? taken : 1);
	columns = cells_fit(one, SIZE_MAX, shown, sizeof(shown));
	if (*shown)
		printed_put(printed, shown, columns);
	return taken ? taken : 1;
}

static size_t printed_step(struct printed *printed, const char *bytes, size_t length)
{
	unsigned char c = (unsigned char)*bytes;
	size_t used;

	switch (c) {
	case '\r':
		printed->cursor = 0;
		return 1;
	case '\b':
		printed->cursor -= printed->cursor > 0;
		return 1;
	case '\t':
		printed_tab(printed);
		return 1;
	case '\033':
		used = printed_escape(printed, bytes, length);
		if (used)
			return used;
		break;
	default:
		break;
	}
	if (c >= ' ' && c != 0x7f)
		return printed_character(printed, bytes, length);
	printed_visible(printed, (char)c);
	return 1;
}

void printed_line(struct printed *printed, struct sgr *sgr, const char *bytes, size_t length)
{
	printed->count = printed->cursor = 0;
	printed->is_saved = printed->elsewhere = false;
	printed->sgr = *sgr;
	for (size_t i = 0; i < length;)
		i += printed_step(printed, bytes + i, length - i);
	*sgr = printed->sgr;
}

const char *printed_text(struct printed *printed, size_t *length)
{
	size_t need = 1;
	char *text, *end;

	for (size_t i = 0; i < printed->count; i++)
		need += strlen(printed->cells[i].text);
	text = end = printed->text = alloc_room(printed->text, &printed->text_size, need, 1);
	for (size_t i = 0; i < printed->count; i++)
		end = stpcpy(end, printed->cells[i].text);
	*end = '\0';
	*length = (size_t)(end - text);
	return text;
}

size_t printed_break(const struct printed *printed, size_t column, size_t width)
{
	size_t end = column + width;

	if (end >= printed->count)
		return printed->count;
	if (printed->cells[end].columns == 0 && end - 1 > column)
		end--;
	return end;
}

void printed_release(struct printed *printed)
{
	free(printed->cells);
	free(printed->text);
	*printed = (struct printed)PRINTED_INIT;
}
