/*
 * Turns the bytes from a terminal into keys and pasted text.  Pure: the caller reads, and passes the time in
 * milliseconds of a monotonic clock.
 *
 *     keyboard_init(); keyboard_name() for each key that terminfo knows
 *     read(2) into keyboard_room(), keyboard_heard()
 *     keyboard_burst(), and keyboard_take_as_text() if the input is not keys
 *     keyboard_next() until TERMINAL_NONE
 *     keyboard_wait() is the time until keyboard_next() must be called even without input
 *     keyboard_release()
 *
 * The result does not depend on how read(2) has divided the bytes.  Esc and a key within the delay are one
 * key with Alt. An incomplete sequence waits for its rest.
 *
 * Answers of the terminal (CSI 0 n) are events, too, wherever they come, and however late and in what pieces.
 * They are never keys and never pasted text.  So is the colour of the background (OSC 11), in one piece or with short pauses.
 *
 * Pasted text is between two marks (bracketed paste).  It is one event, at its end.  If the end mark does not
 * come, silence ends it.  The first mark, too, may come late and in pieces.
 */
#ifndef KRTASK_TUI_VIEW_KEYBOARD_H
#define KRTASK_TUI_VIEW_KEYBOARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tui/view/sequence.h"

enum {
	KEYBOARD_SIZE = 4096,
	KEYBOARD_NAMES = 48,
	KEYBOARD_PASTE_MAX = 1 << 16,
	KEYBOARD_BROKEN = 16,
	KEYBOARD_SAID = 40
};

struct keyboard_name {
	const char *bytes;
	int key;
};

struct keyboard {
	char bytes[KEYBOARD_SIZE]; /* from begin to end: not processed yet */
	size_t begin, end;
	int64_t heard;  /* when the last byte came */
	int64_t pasted; /* when the last byte of pasted text came */
	int escape_delay;
	bool utf8; /* otherwise in the encoding of the locale */
	struct keyboard_name names[KEYBOARD_NAMES];
	size_t name_count;
	int64_t awaited;              /* until then, an Esc may be the beginning of an answer */
	char broken[KEYBOARD_BROKEN]; /* the beginning of a sequence whose rest did not come in time */
	size_t broken_length;
	bool stale; /* the incomplete sequence was typed before keyboard_drop() */
	bool reply; /* a string from the terminal has begun: */
	char said[KEYBOARD_SAID];
	size_t said_length;
	enum { KEYBOARD_KEYS, KEYBOARD_MARKED, KEYBOARD_UNMARKED } mode;
	bool late;     /* silence ended a paste, and its rest may still come */
	bool returned; /* the last pasted character was a carriage return */
	char *text;    /* the pasted text, ended by a NUL */
	size_t length, size;
	bool too_long;
};

/* After escape_delay milliseconds, a single Esc is a key, and not the beginning of a sequence. */
void keyboard_init(struct keyboard *keyboard, int escape_delay);
void keyboard_release(struct keyboard *keyboard);
/* Sets what a key sends.  This overrides any other meaning of the bytes, which are borrowed. */
void keyboard_name(struct keyboard *keyboard, const char *bytes, int key);

/* An answer is awaited until that time; 0: none is. */
void keyboard_await(struct keyboard *keyboard, int64_t until);

/* The place to read to, and its size.  0: call keyboard_next() first. */
size_t keyboard_room(struct keyboard *keyboard, char **to);
void keyboard_heard(struct keyboard *keyboard, size_t count, int64_t now);
/* The number of characters that are there and do not belong to a sequence. */
size_t keyboard_plain(const struct keyboard *keyboard);

/*
 * Tells whether input that came together was typed, or was pasted in a terminal without bracketed paste.
 * Nobody types so much at once.  But a line that was typed while nothing was read also comes together.
 */
enum keyboard_burst {
	BURST_KEYS,
	BURST_LINE,  /* the text of one line, perhaps with Enter at its end */
	BURST_LINES, /* more than one line */
};
enum keyboard_burst keyboard_burst(const struct keyboard *keyboard);
/* The first character of the input; 0: it is not a character. */
char keyboard_first(const struct keyboard *keyboard);
/* Takes the input, and what follows without a pause, as pasted text. */
void keyboard_take_as_text(struct keyboard *keyboard);

/* The text of the event is valid until the next call of any of these functions. */
struct terminal_event keyboard_next(struct keyboard *keyboard, int64_t now);
/* -1: only after new input. */
int keyboard_wait(const struct keyboard *keyboard, int64_t now);
/*
 * Throws away the input so far, and the rest of a sequence that has begun.  True: it stops behind an answer.
 */
bool keyboard_drop(struct keyboard *keyboard, int64_t now);

#endif
