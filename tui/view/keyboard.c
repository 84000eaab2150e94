#include "tui/view/keyboard.h"

#include <langinfo.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "engine/task/utf8.h"
#include "tui/text/alloc.h"
#include "tui/text/cells.h"

enum {
	/* Milliseconds in which the rest of a sequence or character must come, even on a slow line. */
	SEQUENCE_DELAY = 1000,
	/* Milliseconds of silence within a paste.  After that, its end mark was lost. */
	PASTE_DELAY = 2000,
	/* The same after pasted text without marks. */
	BURST_DELAY = 100,
};

/* This byte is never part of UTF-8.  It replaces a NUL in a text. */
#define NO_CHARACTER '\xff'

void keyboard_init(struct keyboard *keyboard, int escape_delay)
{
	/* If the locale is ASCII only, the input is still most likely UTF-8. */
	*keyboard = (struct keyboard){
		.escape_delay = escape_delay,
		.utf8 = cells_in_utf8() || strcmp(nl_langinfo(CODESET), "ANSI_X3.4-1968") == 0,
	};
}

void keyboard_release(struct keyboard *keyboard)
{
	free(keyboard->text);
	*keyboard = (struct keyboard){ 0 };
}

void keyboard_name(struct keyboard *keyboard, const char *bytes, int key)
{
	if (bytes && *bytes && keyboard->name_count < KEYBOARD_NAMES)
		keyboard->names[keyboard->name_count++] = (struct keyboard_name){ bytes, key };
}

void keyboard_await(struct keyboard *keyboard, int64_t until)
{
	keyboard->awaited = until;
}

size_t keyboard_room(struct keyboard *keyboard, char **to)
{
	size_t count = keyboard->end - keyboard->begin;

	memmove(keyboard->bytes, keyboard->bytes + keyboard->begin, count);
	keyboard->begin = 0;
	keyboard->end = count;
	*to = keyboard->bytes + count;
	return KEYBOARD_SIZE - count;
}

void keyboard_heard(struct keyboard *keyboard, size_t count, int64_t now)
{
	keyboard->end += count;
	keyboard->heard = now;
}

/* --- characters */

/* True if more bytes could make a character of these. */
static bool keyboard_utf8_begins(const char *bytes, size_t count)
{
	static const char fillers[] = { '\x80', '\x90', '\xa0' };
	char whole[UTF8_LONGEST];

	for (size_t length = count + 1; length <= UTF8_LONGEST; length++) {
		for (size_t i = 0; i < sizeof(fillers); i++) {
			memset(whole, fillers[i], sizeof(whole));
			memcpy(whole, bytes, count);
			if (utf8_character(whole, length) == length)
				return true;
		}
	}
	return false;
}

/* The bytes of the character; 0: only its beginning is there. */
static size_t keyboard_read_character(const struct keyboard *keyboard, const char *bytes, size_t count,
                                      struct terminal_event *event)
{
	uint32_t character = 0;
	wchar_t wide = L'\0';
	mbstate_t state = { 0 };
	size_t length;

	if (keyboard->utf8) {
		length = utf8_decode(bytes, count, &character);
		if (!length && keyboard_utf8_begins(bytes, count))
			return 0;
	} else {
		length = *bytes ? mbrtowc(&wide, bytes, count, &state) : 1;
		if (length == (size_t)-2)
			return 0;
		length = length == (size_t)-1 ? 0 : length;
		character = (uint32_t)wide;
	}
	event->byte = (unsigned char)*bytes;
	event->key = !length ? TERMINAL_INVALID : !character ? TERMINAL_OTHER : (int)character;
	return length ? length : 1;
}

/* --- keys */

/* The bytes of the longest key that is there; 0: none, and *begun is set if one may have begun. */
static size_t keyboard_read_name(const struct keyboard *keyboard, const char *bytes, size_t count,
                                 struct terminal_event *event, bool *begun)
{
	size_t longest = 0;

	for (size_t i = 0; i < keyboard->name_count; i++) {
		const struct keyboard_name *name = &keyboard->names[i];
		size_t length = strlen(name->bytes);

		if (memcmp(name->bytes, bytes, length < count ? length : count) != 0)
			continue;
		*begun |= length > count;
		if (length <= count && length > longest) {
			event->key = name->key;
			longest = length;
		}
	}
	return longest;
}

static size_t keyboard_read_escape(const struct keyboard *keyboard, const char *bytes, size_t count,
                                   struct terminal_event *event)
{
	size_t length = sequence_read(bytes, count, event), more;

	if (!length || event->key != TERMINAL_ALT)
		return length;
	more = keyboard_read_character(keyboard, bytes + 1, count - 1, event);
	event->key = event->key < TERMINAL_UP ? TERMINAL_ALT | event->key : TERMINAL_OTHER;
	return more ? 1 + more : 0;
}

/* The bytes of the key; 0: the rest may still come. */
static size_t keyboard_read_key(const struct keyboard *keyboard, const char *bytes, size_t count,
                                struct terminal_event *event)
{
	bool begun = false;
	size_t length = keyboard_read_name(keyboard, bytes, count, event, &begun);

	if (length || (begun && *bytes != TERMINAL_ESCAPE))
		return length;
	if (*bytes == TERMINAL_ESCAPE)
		return keyboard_read_escape(keyboard, bytes, count, event);
	length = keyboard_read_character(keyboard, bytes, count, event);
	if (event->key == '\r')
		event->key = TERMINAL_ENTER;
	return length;
}

/* Takes what is there, since nothing more comes. */
static size_t keyboard_give_up(const struct keyboard *keyboard, const char *bytes, size_t count,
                               struct terminal_event *event)
{
	size_t length;

	if (*bytes == TERMINAL_ESCAPE) {
		event->key = count == 1 || (count == 2 && bytes[1] == TERMINAL_ESCAPE) ? TERMINAL_ESCAPE
		                                                                       : TERMINAL_OTHER;
		return count;
	}
	length = keyboard_read_character(keyboard, bytes, count, event);
	if (length)
		return length;
	event->key = TERMINAL_INVALID;
	event->byte = (unsigned char)*bytes;
	return 1;
}

/* An Esc may be the beginning of an answer.  Nothing that it does could be seen before that. */
static int64_t keyboard_escape_patience(const struct keyboard *keyboard)
{
	int64_t awaited = keyboard->awaited - keyboard->heard;

	return awaited > keyboard->escape_delay ? awaited : keyboard->escape_delay;
}

/* The milliseconds to wait for the rest of what has begun. */
static int64_t keyboard_patience(const struct keyboard *keyboard)
{
	const char *bytes = keyboard->bytes + keyboard->begin;
	size_t count = keyboard->end - keyboard->begin;
	int longer = keyboard->escape_delay > SEQUENCE_DELAY ? keyboard->escape_delay : SEQUENCE_DELAY;

	if (keyboard->mode != KEYBOARD_KEYS)
		return keyboard->mode == KEYBOARD_MARKED ? PASTE_DELAY : BURST_DELAY;
	if (keyboard->reply || (unsigned char)*bytes >= 0x80)
		return longer;
	if (*bytes != TERMINAL_ESCAPE)
		return keyboard->escape_delay;
	return sequence_is_key(bytes, count) ? keyboard_escape_patience(keyboard) : longer;
}

/* Since when there is silence.  Answers of the terminal are no part of a paste, unless more of them is to come. */
static int64_t keyboard_silent_since(const struct keyboard *keyboard)
{
	bool pasting = keyboard->mode != KEYBOARD_KEYS && keyboard->begin == keyboard->end;

	return pasting ? keyboard->pasted : keyboard->heard;
}

static bool keyboard_is_over(const struct keyboard *keyboard, int64_t now)
{
	return now - keyboard_silent_since(keyboard) >= keyboard_patience(keyboard);
}

/* --- answers of the terminal, and the mark of a paste, in pieces */

/* What was given up may be the beginning of one of these. */
static void keyboard_note_broken(struct keyboard *keyboard, const char *bytes, size_t count)
{
	bool twice = count > 1 && bytes[0] == TERMINAL_ESCAPE && bytes[1] == TERMINAL_ESCAPE;

	bytes += twice;
	count -= twice;
	keyboard->broken_length = 0;
	if (count > KEYBOARD_BROKEN || !sequence_is_answer(bytes, count))
		return;
	memcpy(keyboard->broken, bytes, count);
	keyboard->broken_length = count;
}

/*
 * The bytes that are the rest of an answer or a mark whose beginning was given up; 0: they are not, or *begun: they may
 * become that.
 */
static size_t keyboard_read_rest(const struct keyboard *keyboard, struct terminal_event *event, bool *begun)
{
	char whole[2 * KEYBOARD_BROKEN];
	size_t before = keyboard->broken_length, count = keyboard->end - keyboard->begin, length;

	count = count < KEYBOARD_BROKEN ? count : KEYBOARD_BROKEN;
	memcpy(whole, keyboard->broken, before);
	memcpy(whole + before, keyboard->bytes + keyboard->begin, count);
	length = sequence_read(whole, before + count, event);
	if (!sequence_is_own(event->key) && event->key != SEQUENCE_PASTE_BEGINS)
		length = 0;
	*begun = !length && sequence_is_answer(whole, before + count);
	return length > before ? length - before : 0;
}

static void keyboard_begin_paste(struct keyboard *keyboard)
{
	keyboard->mode = KEYBOARD_MARKED;
	keyboard->pasted = keyboard->heard;
	keyboard->late = false;
}

/* True if a rest was processed.  *waits: more of it may still come. */
static bool keyboard_take_rest(struct keyboard *keyboard, int64_t now, struct terminal_event *event,
                               bool *waits)
{
	bool begun = false;
	size_t length = keyboard_read_rest(keyboard, event, &begun);

	*waits = begun && now - keyboard->heard < keyboard->escape_delay;
	if (!*waits)
		keyboard->broken_length = 0;
	keyboard->begin += length;
	if (length && event->key == SEQUENCE_PASTE_BEGINS)
		keyboard_begin_paste(keyboard);
	if (!length || event->key == SEQUENCE_PASTE_BEGINS)
		event->key = TERMINAL_NONE;
	return length > 0;
}

/* --- events of keys */

static void keyboard_begin_reply(struct keyboard *keyboard)
{
	keyboard->reply = true;
	keyboard->said_length = 0;
}

/* Each of these returns true if it has made progress, with or without an event. */
static bool keyboard_take_key(struct keyboard *keyboard, int64_t now, struct terminal_event *event)
{
	const char *bytes = keyboard->bytes + keyboard->begin;
	size_t count = keyboard->end - keyboard->begin, taken;
	bool stale = keyboard->stale, waits = false;

	if (!count)
		return false;
	if (keyboard->broken_length && keyboard_take_rest(keyboard, now, event, &waits))
		return true;
	if (waits)
		return false;
	taken = keyboard_read_key(keyboard, bytes, count, event);
	if (!taken && (count == KEYBOARD_SIZE || keyboard_is_over(keyboard, now))) {
		keyboard_note_broken(keyboard, bytes, count);
		taken = keyboard_give_up(keyboard, bytes, count, event);
	}
	keyboard->begin += taken;
	keyboard->late &= !taken;
	keyboard->stale &= !taken || event->key == SEQUENCE_PASTE_BEGINS;
	if (event->key == SEQUENCE_PASTE_BEGINS && taken)
		keyboard_begin_paste(keyboard);
	else if (event->key == SEQUENCE_REPLY_BEGINS && taken)
		keyboard_begin_reply(keyboard);
	if (taken && sequence_is_own(event->key))
		return true;
	if (!taken || stale || event->key >= SEQUENCE_PASTE_BEGINS)
		event->key = TERMINAL_NONE;
	return taken > 0;
}

/* A string is whole.  Only one that tells the background is of use. */
static void keyboard_end_reply(struct keyboard *keyboard, struct terminal_event *event)
{
	int brightness;

	keyboard->reply = false;
	keyboard->said[keyboard->said_length] = '\0';
	brightness = sequence_brightness(keyboard->said);
	if (brightness >= 0)
		*event = (struct terminal_event){ .key = TERMINAL_GROUND, .x = brightness };
}

/* Takes the rest of a string that the terminal sent: up to BEL or ESC \, or another Esc. */
static bool keyboard_take_reply(struct keyboard *keyboard, int64_t now, struct terminal_event *event)
{
	while (keyboard->reply && keyboard->begin < keyboard->end) {
		const char *bytes = keyboard->bytes + keyboard->begin;

		if (*bytes == TERMINAL_ESCAPE) {
			if (keyboard->end - keyboard->begin < 2)
				break;
			keyboard->begin += bytes[1] == '\\' ? 2 : 0;
			keyboard_end_reply(keyboard, event);
		} else {
			keyboard->begin++;
			if (*bytes == '\a')
				keyboard_end_reply(keyboard, event);
			else if (keyboard->said_length + 1 < KEYBOARD_SAID)
				keyboard->said[keyboard->said_length++] = *bytes;
		}
	}
	if (keyboard->reply && keyboard_is_over(keyboard, now))
		keyboard->reply = false;
	return !keyboard->reply;
}

/* --- pasted text */

static void keyboard_add(struct keyboard *keyboard, const char *bytes, size_t count)
{
	if (keyboard->length + count > KEYBOARD_PASTE_MAX) {
		keyboard->too_long = true;
		return;
	}
	keyboard->text = alloc_room(keyboard->text, &keyboard->size, keyboard->length + count + 1, 1);
	memcpy(keyboard->text + keyboard->length, bytes, count);
	keyboard->length += count;
	keyboard->text[keyboard->length] = '\0';
}

static void keyboard_add_character(struct keyboard *keyboard, const struct terminal_event *event)
{
	char bytes[UTF8_LONGEST] = { NO_CHARACTER };
	bool returned = keyboard->returned;

	keyboard->returned = event->key == '\r';
	if (event->key == '\n' && returned)
		return; /* the second half of a CR LF */
	if (event->key == '\r')
		keyboard_add(keyboard, "\n", 1);
	else if (event->key == TERMINAL_INVALID)
		keyboard_add(keyboard, (const char *)&event->byte, 1);
	else if (event->key == TERMINAL_OTHER)
		keyboard_add(keyboard, bytes, 1);
	else
		keyboard_add(keyboard, bytes, utf8_write((uint32_t)event->key, bytes));
}

static void keyboard_end_paste(struct keyboard *keyboard, struct terminal_event *event)
{
	if (!keyboard->length && !keyboard->too_long)
		keyboard_add(keyboard, "", 0);
	if (!keyboard->stale)
		*event = (struct terminal_event){ .key = TERMINAL_PASTE,
			                          .text = keyboard->too_long ? NULL : keyboard->text };
	keyboard->mode = KEYBOARD_KEYS;
	keyboard->stale = keyboard->too_long = keyboard->returned = false;
	keyboard->length = 0;
}

/*
 * The bytes here that represent a byte of the text; 0: not known yet.  *ended: they are the end of the paste.
 */
static size_t keyboard_read_pasted(const struct keyboard *keyboard, struct terminal_event *event, bool *ended)
{
	const char *bytes = keyboard->bytes + keyboard->begin;
	size_t count = keyboard->end - keyboard->begin, mark = strlen(SEQUENCE_PASTE_END);

	*ended = false;
	if (*bytes != TERMINAL_ESCAPE)
		return keyboard_read_character(keyboard, bytes, count, event);
	if (memcmp(bytes, SEQUENCE_PASTE_END, count < mark ? count : mark) == 0) {
		*ended = count >= mark;
		return *ended ? mark : 0;
	}
	mark = sequence_read_answer(bytes, count, event);
	if (mark || sequence_is_answer(bytes, count))
		return mark;
	event->key = TERMINAL_ESCAPE;
	return 1;
}

static bool keyboard_take_pasted(struct keyboard *keyboard, int64_t now, struct terminal_event *event)
{
	struct terminal_event character = { .key = TERMINAL_NONE };
	size_t taken = 1;
	bool ended = false;

	while (taken && !ended && keyboard->begin < keyboard->end) {
		taken = keyboard_read_pasted(keyboard, &character, &ended);
		keyboard->begin += taken;
		if (taken && !ended && sequence_is_own(character.key)) {
			*event = character;
			return true;
		}
		if (taken)
			keyboard->pasted = keyboard->heard;
		if (taken && !ended)
			keyboard_add_character(keyboard, &character);
	}
	if (!ended && keyboard_is_over(keyboard, now)) {
		keyboard->late = keyboard->mode == KEYBOARD_MARKED;
		keyboard->begin = keyboard->end;
		ended = true;
	}
	if (ended)
		keyboard_end_paste(keyboard, event);
	return ended;
}

/* --- events */

static bool keyboard_step(struct keyboard *keyboard, int64_t now, struct terminal_event *event)
{
	if (keyboard->mode != KEYBOARD_KEYS)
		return keyboard_take_pasted(keyboard, now, event);
	if (keyboard->reply)
		return keyboard_take_reply(keyboard, now, event);
	return keyboard_take_key(keyboard, now, event);
}

struct terminal_event keyboard_next(struct keyboard *keyboard, int64_t now)
{
	struct terminal_event event = { .key = TERMINAL_NONE };

	while (event.key == TERMINAL_NONE && keyboard_step(keyboard, now, &event))
		;
	return event;
}

int keyboard_wait(const struct keyboard *keyboard, int64_t now)
{
	int64_t left, rest;

	if (keyboard->begin == keyboard->end && keyboard->mode == KEYBOARD_KEYS && !keyboard->reply)
		return -1;
	left = keyboard_silent_since(keyboard) + keyboard_patience(keyboard) - now;
	rest = keyboard->heard + keyboard->escape_delay - now;
	left = keyboard->broken_length && rest < left ? rest : left;
	return left < 0 ? 0 : left > INT_MAX ? INT_MAX : (int)left;
}

bool keyboard_drop(struct keyboard *keyboard, int64_t now)
{
	struct terminal_event event;

	while ((event = keyboard_next(keyboard, now)).key != TERMINAL_NONE) {
		if (event.key == TERMINAL_ANSWER)
			return true;
	}
	keyboard->stale = keyboard->begin < keyboard->end || keyboard->mode != KEYBOARD_KEYS;
	keyboard->length = 0;
	keyboard->too_long = false;
	return false;
}
