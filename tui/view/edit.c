#include "tui/view/edit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>
#include <wctype.h>

#include "engine/task/utf8.h"
#include "tui/text/alloc.h"
#include "tui/text/cells.h"
#include "tui/text/screen_messages.h"
#include "tui/text/text.h"

enum { LINE_MAX_BYTES = 1 << 16 };

void history_release(struct history *history)
{
	for (size_t i = 0; i < history->count; i++)
		free(history->lines[i]);
	free(history->lines);
	*history = (struct history){ 0 };
}

void history_add(struct history *history, const char *line)
{
	if (!*line || (history->count && strcmp(history->lines[history->count - 1], line) == 0))
		return;
	if (history->count == HISTORY_MAX) {
		free(history->lines[0]);
		memmove(history->lines, history->lines + 1, --history->count * sizeof(*history->lines));
	}
	history->lines =
		alloc_room(history->lines, &history->size, history->count + 1, sizeof(*history->lines));
	history->lines[history->count++] = alloc_string(line);
}

const char *edit_text(const struct edit *edit)
{
	return edit->text ? edit->text : "";
}

void edit_release(struct edit *edit)
{
	free(edit->text);
	free(edit->cut);
	free(edit->own);
	*edit = (struct edit)EDIT_INIT;
}

/* The bytes of the character at the place; 1 for a byte that is not part of a character. */
static size_t edit_taken_at(const struct edit *edit, size_t at, uint32_t *character)
{
	size_t taken = utf8_decode(edit->text + at, edit->length - at, character);

	return taken ? taken : 1;
}

/* True if the character at the place combines with the one before it. */
static bool edit_combines(const struct edit *edit, size_t at)
{
	uint32_t character = 0;

	return edit_taken_at(edit, at, &character) > 1 && wcwidth((wchar_t)character) == 0;
}

static size_t edit_next(const struct edit *edit, size_t at)
{
	uint32_t character;

	do {
		if (at >= edit->length)
			return edit->length;
		at += edit_taken_at(edit, at, &character);
	} while (at < edit->length && edit_combines(edit, at));
	return at;
}

/* The bytes of the character that ends at the place; 1 for a byte that is not part of a character. */
static size_t edit_taken_before(const struct edit *edit, size_t at)
{
	for (size_t length = 2; length <= UTF8_LONGEST && length <= at; length++) {
		if (utf8_character(edit->text + at - length, length) == length)
			return length;
	}
	return 1;
}

static size_t edit_previous(const struct edit *edit, size_t at)
{
	while (at > 0) {
		at -= edit_taken_before(edit, at);
		if (!edit_combines(edit, at))
			break;
	}
	return at;
}

static bool edit_insert(struct edit *edit, const char *bytes, size_t count)
{
	if (edit->length + count > LINE_MAX_BYTES)
		return false;
	edit->text = alloc_room(edit->text, &edit->size, edit->length + count + 1, 1);
	memmove(edit->text + edit->cursor + count, edit->text + edit->cursor, edit->length - edit->cursor);
	memcpy(edit->text + edit->cursor, bytes, count);
	edit->length += count;
	edit->cursor += count;
	edit->text[edit->length] = '\0';
	return true;
}

bool edit_add(struct edit *edit, const char *text)
{
	return edit_insert(edit, text, strlen(text));
}

static void edit_erase(struct edit *edit, size_t from, size_t to)
{
	if (from >= to)
		return;
	memmove(edit->text + from, edit->text + to, edit->length - to + 1);
	edit->length -= to - from;
	edit->cursor = from;
}

static void edit_cut(struct edit *edit, size_t from, size_t to)
{
	if (from >= to)
		return;
	free(edit->cut);
	edit->cut = alloc_format("%.*s", (int)(to - from), edit->text + from);
	edit_erase(edit, from, to);
}

void edit_set(struct edit *edit, const char *text)
{
	edit->length = edit->cursor = edit->shown = 0;
	edit_insert(edit, text, strlen(text));
}

static size_t edit_word_before(const struct edit *edit)
{
	size_t at = edit->cursor;

	while (at > 0 && edit->text[at - 1] == ' ')
		at--;
	while (at > 0 && edit->text[at - 1] != ' ')
		at--;
	return at;
}

/* True if there is a letter or a digit at the place. */
static bool edit_in_word(const struct edit *edit, size_t at)
{
	uint32_t character = 0;

	utf8_decode(edit->text + at, edit->length - at, &character);
	return iswalnum((wint_t)character);
}

static size_t edit_word_begins(const struct edit *edit)
{
	size_t at = edit->cursor;

	while (at > 0 && !edit_in_word(edit, edit_previous(edit, at)))
		at = edit_previous(edit, at);
	while (at > 0 && edit_in_word(edit, edit_previous(edit, at)))
		at = edit_previous(edit, at);
	return at;
}

static size_t edit_word_ends(const struct edit *edit)
{
	size_t at = edit->cursor;

	while (at < edit->length && !edit_in_word(edit, at))
		at = edit_next(edit, at);
	while (at < edit->length && edit_in_word(edit, at))
		at = edit_next(edit, at);
	return at;
}

static void edit_go_through(struct edit *edit, const struct history *history, int by)
{
	size_t count = history ? history->count : 0;

	if (!history || (by > 0 && edit->at >= count) || (by < 0 && edit->at == 0))
		return;
	if (edit->at == 0) {
		free(edit->own);
		edit->own = alloc_string(edit_text(edit));
	}
	edit->at = by > 0 ? edit->at + 1 : edit->at - 1;
	edit_set(edit, edit->at ? history->lines[count - edit->at] : edit->own);
}

static size_t edit_start(const struct edit *edit)
{
	(void)edit;
	return 0;
}

static size_t edit_finish(const struct edit *edit)
{
	return edit->length;
}

static size_t edit_here(const struct edit *edit)
{
	return edit->cursor;
}

static size_t edit_left(const struct edit *edit)
{
	return edit_previous(edit, edit->cursor);
}

static size_t edit_right(const struct edit *edit)
{
	return edit_next(edit, edit->cursor);
}

/* Most commands move the cursor to a place, or take out what is between two. */
static const struct {
	void (*take)(struct edit *edit, size_t from, size_t to); /* NULL: the cursor moves to `to` */
	size_t (*from)(const struct edit *edit);
	size_t (*to)(const struct edit *edit); /* NULL: another kind of command */
} edit_actions[EDIT_COMMAND_COUNT] = {
	[EDIT_BACK] = { .to = edit_left },
	[EDIT_FORWARD] = { .to = edit_right },
	[EDIT_BEGINNING] = { .to = edit_start },
	[EDIT_END] = { .to = edit_finish },
	[EDIT_WORD_BACK] = { .to = edit_word_begins },
	[EDIT_WORD_FORWARD] = { .to = edit_word_ends },
	[EDIT_ERASE] = { edit_erase, edit_left, edit_here },
	[EDIT_DELETE] = { edit_erase, edit_here, edit_right },
	[EDIT_CUT_LINE] = { edit_cut, edit_start, edit_here },
	[EDIT_CUT_REST] = { edit_cut, edit_here, edit_finish },
	[EDIT_CUT_WORD] = { edit_cut, edit_word_before, edit_here },
	[EDIT_CUT_WORD_BACK] = { edit_cut, edit_word_begins, edit_here },
	[EDIT_CUT_WORD_FORWARD] = { edit_cut, edit_here, edit_word_ends },
};

void edit_do(struct edit *edit, enum edit_command command, const struct history *history)
{
	if (command == EDIT_PASTE && edit->cut)
		edit_insert(edit, edit->cut, strlen(edit->cut));
	else if (command == EDIT_OLDER)
		edit_go_through(edit, history, 1);
	else if (command == EDIT_NEWER)
		edit_go_through(edit, history, -1);
	if (command >= EDIT_COMMAND_COUNT || !edit_actions[command].to)
		return;
	if (edit_actions[command].take)
		edit_actions[command].take(edit, edit_actions[command].from(edit),
		                           edit_actions[command].to(edit));
	else
		edit->cursor = edit_actions[command].to(edit);
}

bool edit_type(struct edit *edit, int character)
{
	char bytes[UTF8_LONGEST];
	size_t count = utf8_is_control((uint32_t)character) ? 0 : utf8_write((uint32_t)character, bytes);

	if (count)
		edit_insert(edit, bytes, count);
	return count > 0;
}

char *edit_line(const struct edit *edit, char **error)
{
	size_t length = edit->length, column = 1, taken;

	while (length && edit->text[length - 1] == '\n')
		length--;
	for (size_t at = 0; at < length; at += taken, column++) {
		taken = utf8_character(edit->text + at, edit->length - at);
		if (!taken) {
			*error = alloc_format(MSG_BYTE_IN_LINE, (unsigned char)edit->text[at], column);
			return NULL;
		}
	}
	return alloc_format("%.*s", (int)length, edit_text(edit));
}

/* The text from one place to another as it is shown, with visible newlines and control characters. */
static char *edit_visible(const struct edit *edit, size_t from, size_t to)
{
	const char *end_of_line = cells_in_utf8() ? "⏎" : "^J";
	struct text text = TEXT_INIT;
	char control[] = "^?";

	text_add_string(&text, "");
	for (; from < to; from++) {
		unsigned char byte = (unsigned char)edit->text[from];

		control[1] = (char)(byte ^ 0x40);
		if (byte == '\n')
			text_add_string(&text, end_of_line);
		else if (byte < 0x20 || byte == 0x7f)
			text_add_string(&text, control);
		else
			text_add(&text, edit->text + from, 1);
	}
	return text.data;
}

/* The columns of the text from one place to another. */
static int edit_columns(const struct edit *edit, size_t from, size_t to)
{
	char *part = edit_visible(edit, from, to);
	int width = (int)cells_width(part);

	free(part);
	return width;
}

/*
 * Moves the visible part so that the cursor is in it, and no room is left unused.  Returns the column of the
 * cursor.
 */
static int edit_scroll(struct edit *edit, int width)
{
	int before, rest;

	if (edit->cursor < edit->shown)
		edit->shown = edit->cursor;
	before = edit_columns(edit, edit->shown, edit->cursor);
	while (edit->shown < edit->cursor && before > width - 1) {
		size_t after = edit_next(edit, edit->shown);

		before -= edit_columns(edit, edit->shown, after);
		edit->shown = after;
	}
	rest = edit_columns(edit, edit->shown, edit->length);
	while (edit->shown > 0) {
		size_t at = edit_previous(edit, edit->shown);
		int more = edit_columns(edit, at, edit->shown);

		if (rest + more >= width)
			break;
		rest += more;
		before += more;
		edit->shown = at;
	}
	return before;
}

int edit_show(struct edit *edit, int width, char *buf, size_t size, char *under, size_t under_size)
{
	int cursor = edit_scroll(edit, width), used = 0;
	size_t end = edit->shown, after = edit_next(edit, edit->cursor);
	char *text;

	while (end < edit->length) {
		used += edit_columns(edit, end, edit_next(edit, end));
		if (used > width)
			break;
		end = edit_next(edit, end);
	}
	text = edit_visible(edit, edit->shown, end);
	snprintf(buf, size, "%s", text);
	free(text);
	text = edit_visible(edit, edit->cursor, after);
	snprintf(under, under_size, "%s", edit->cursor < edit->length ? text : " ");
	free(text);
	return cursor;
}
