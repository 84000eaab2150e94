/*
 * The bytes that come from a terminal, as keys and as text that was pasted.  Pure: the caller reads, and
 * tells the time (milliseconds of a clock that goes on).
 *
 *     keyboard_init(); keyboard_name() for each key that terminfo knows
 *     read(2) into keyboard_room(), keyboard_heard()
 *     keyboard_burst(), and keyboard_take_as_text() where what came is no keys
 *     keyboard_next() until TERMINAL_NONE
 *     keyboard_wait() is how long to wait before the next keyboard_next() although nothing came
 *     keyboard_release()
 *
 * What comes together is told apart by what it is, never by where a read(2) has cut it: Esc and a key within
 * the delay are one key with Alt, and a sequence that is not whole waits for its rest.
 *
 * Pasted text stands between two marks (bracketed paste).  It is one event, at its end.  Where the end does
 * not come, silence ends it.
 */
#ifndef KRTASK_TUI_VIEW_KEYBOARD_H
#define KRTASK_TUI_VIEW_KEYBOARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tui/view/sequence.h"

enum { KEYBOARD_SIZE = 4096, KEYBOARD_NAMES = 32, KEYBOARD_PASTE_MAX = 1 << 16 };

struct keyboard_name {
	const char *bytes;
	int key;
};

struct keyboard {
	char bytes[KEYBOARD_SIZE]; /* from begin to end: not taken yet */
	size_t begin, end;
	int64_t heard; /* when the last of them came */
	int escape_delay;
	bool utf8; /* else by the locale */
	struct keyboard_name names[KEYBOARD_NAMES];
	size_t name_count;
	bool stale; /* what has begun and is not whole was typed before keyboard_drop() */
	bool reply; /* a string of the terminal's has begun */
	enum { KEYBOARD_KEYS, KEYBOARD_MARKED, KEYBOARD_UNMARKED } mode;
	bool late;     /* a paste was ended by silence: its rest may still come */
	bool returned; /* the last character pasted was a carriage return */
	char *text;    /* pasted, NUL-ended */
	size_t length, size;
	bool too_long;
};

/* A lone Esc is told from the beginning of a sequence after escape_delay milliseconds. */
void keyboard_init(struct keyboard *keyboard, int escape_delay);
void keyboard_release(struct keyboard *keyboard);
/* What the key sends, in place of anything else that it may mean; bytes is borrowed. */
void keyboard_name(struct keyboard *keyboard, const char *bytes, int key);

/* Where to read to, and how much; 0: take what there is first. */
size_t keyboard_room(struct keyboard *keyboard, char **to);
void keyboard_heard(struct keyboard *keyboard, size_t count, int64_t now);
/* Characters that have come and are no part of a sequence. */
size_t keyboard_plain(const struct keyboard *keyboard);

/*
 * Whether what has come together was typed, or is text that a terminal without bracketed paste has sent as if
 * it were.  Nobody types so much at once; but a line that was typed while nothing was read comes so, too.
 */
enum keyboard_burst {
	BURST_KEYS,
	BURST_LINE,  /* the text of one line, maybe with an Enter behind */
	BURST_LINES, /* more than one */
};
enum keyboard_burst keyboard_burst(const struct keyboard *keyboard);
/* The first character that has come, 0 where it is none. */
char keyboard_first(const struct keyboard *keyboard);
/* What has come, and what follows without a pause, is pasted. */
void keyboard_take_as_text(struct keyboard *keyboard);

/* The text in it stays until the next call of anything here. */
struct terminal_event keyboard_next(struct keyboard *keyboard, int64_t now);
/* -1: not by time. */
int keyboard_wait(const struct keyboard *keyboard, int64_t now);
/* What has come up to now, and what is the rest of it, is nothing. */
void keyboard_drop(struct keyboard *keyboard, int64_t now);

#endif
