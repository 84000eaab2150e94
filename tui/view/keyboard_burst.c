/* Was it typed? */
#include "tui/view/keyboard.h"

#include "engine/task/utf8.h"

/* This many characters at once, and different ones, are text; this many after a newline are a second line. */
enum { BURST_LENGTH = 8, BURST_KINDS = 4, BURST_SECOND = 2 };

struct burst_count {
	size_t plain, newlines, kinds,
		second; /* kinds: different ones; second: those after the first newline */
	bool seen[128];
	bool ended; /* there was a newline */
};

static void burst_count_character(struct burst_count *count, unsigned char byte)
{
	if (byte == '\r' || byte == '\n') {
		count->ended = count->plain > 0;
		count->kinds += count->newlines++ == 0;
	} else if (byte >= 0x20 && byte < 0x80 && byte != 0x7f) {
		count->plain++;
		count->second += count->ended;
		count->kinds += !count->seen[byte];
		count->seen[byte] = true;
	} else if (byte >= 0x80 && !utf8_continues((char)byte)) {
		count->plain++;
		count->second += count->ended;
		count->kinds++;
	}
}

static struct burst_count keyboard_count(const struct keyboard *keyboard)
{
	struct burst_count count = { 0 };
	struct terminal_event event;

	for (size_t at = keyboard->begin; at < keyboard->end;) {
		const char *bytes = keyboard->bytes + at;
		size_t left = keyboard->end - at, length = 1;

		if (*bytes == TERMINAL_ESCAPE) {
			length = sequence_read(bytes, left, &event);
			if (event.key == SEQUENCE_REPLY_BEGINS || event.key == SEQUENCE_PASTE_BEGINS)
				break; /* the mark says what follows */
			length = length ? length + (event.key == TERMINAL_ALT) : left;
		} else {
			burst_count_character(&count, (unsigned char)*bytes);
		}
		at += length;
	}
	return count;
}

size_t keyboard_plain(const struct keyboard *keyboard)
{
	return keyboard_count(keyboard).plain;
}

enum keyboard_burst keyboard_burst(const struct keyboard *keyboard)
{
	struct burst_count count = keyboard_count(keyboard);

	if (keyboard->mode != KEYBOARD_KEYS || keyboard->reply)
		return BURST_KEYS;
	if (keyboard->late && count.plain > 1)
		return BURST_LINES;
	if (count.plain + count.newlines < BURST_LENGTH || count.kinds < BURST_KINDS)
		return BURST_KEYS;
	return count.second >= BURST_SECOND ? BURST_LINES : BURST_LINE;
}

/* What the terminal says itself is no input. */
char keyboard_first(const struct keyboard *keyboard)
{
	struct terminal_event event = { .key = TERMINAL_NONE };
	size_t length = 1;

	for (size_t at = keyboard->begin; length && at < keyboard->end; at += length) {
		if (keyboard->bytes[at] != TERMINAL_ESCAPE)
			return keyboard->bytes[at];
		length = sequence_read(keyboard->bytes + at, keyboard->end - at, &event);
		if (!sequence_is_own(event.key))
			break;
	}
	return '\0';
}

void keyboard_take_as_text(struct keyboard *keyboard)
{
	keyboard->mode = KEYBOARD_UNMARKED;
	keyboard->pasted = keyboard->heard;
}
