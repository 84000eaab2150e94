/*
 * Control sequences (ECMA-48) that a terminal sends: keys, keys with Alt, mouse reports, and its replies.
 * Pure.
 */
#ifndef KRTASK_TUI_VIEW_SEQUENCE_H
#define KRTASK_TUI_VIEW_SEQUENCE_H

#include <stdbool.h>
#include <stddef.h>

/* A character is a key with its own number.  These numbers are beyond Unicode. */
enum terminal_key {
	TERMINAL_NONE = 0,
	TERMINAL_TAB = '\t',
	TERMINAL_ENTER = '\n',
	TERMINAL_ESCAPE = 27,
	TERMINAL_UP = 0x110000,
	TERMINAL_DOWN,
	TERMINAL_LEFT,
	TERMINAL_RIGHT,
	TERMINAL_PAGE_UP,
	TERMINAL_PAGE_DOWN,
	TERMINAL_HOME,
	TERMINAL_END,
	TERMINAL_BACK_TAB,
	TERMINAL_BACKSPACE,
	TERMINAL_DELETE,
	TERMINAL_F1,
	TERMINAL_F2,
	TERMINAL_F3,
	TERMINAL_F4,
	TERMINAL_F5,
	TERMINAL_F6,
	TERMINAL_F7,
	TERMINAL_F8,
	TERMINAL_F9,
	TERMINAL_F10,
	TERMINAL_CLICK,
	TERMINAL_WHEEL_UP,
	TERMINAL_WHEEL_DOWN,
	TERMINAL_INTERRUPT, /* Ctrl-C, or the key that stty(1) sets for this; so are the next two */
	TERMINAL_SUSPEND,
	TERMINAL_QUIT,
	TERMINAL_PASTE,   /* pasted text */
	TERMINAL_INVALID, /* a byte that is not a character */
	TERMINAL_ANSWER,  /* the terminal has processed what was sent (CSI 0 n) */
	TERMINAL_MODE,    /* whether it has a mode: x is its number, y its setting (DECRPM), 0: it has not */
	TERMINAL_FOCUS,   /* x 1: keys are typed at this terminal from now on; 0: elsewhere (CSI I, CSI O) */
	TERMINAL_GROUND,  /* the brightness of the background is x, 0 to 255 */
	TERMINAL_OTHER,   /* a key without a function */
	TERMINAL_ALT = 1 << 22, /* added to the character of a key that is pressed with Alt */
};

struct terminal_event {
	int key;          /* enum terminal_key or a character */
	int x, y;         /* of a TERMINAL_CLICK or a wheel */
	const char *text; /* of a TERMINAL_PASTE: UTF-8, and bytes that are not characters; NULL: too long */
	unsigned char byte; /* of a TERMINAL_INVALID */
};

/* Numbers for the marks that begin and end pasted text. */
enum { SEQUENCE_PASTE_BEGINS = 1 << 23, SEQUENCE_PASTE_ENDS, SEQUENCE_REPLY_BEGINS };

/* The mark that ends a paste. */
#define SEQUENCE_PASTE_END "\033[201~"

/*
 * The bytes of the sequence that begins here with an Esc; 0: the rest may still come.  For a key with Alt it
 * is only the Esc, and the key is TERMINAL_ALT.  An unknown sequence is TERMINAL_OTHER.
 */
size_t sequence_read(const char *bytes, size_t count, struct terminal_event *event);
/* True for buttons and the wheel of the mouse. */
bool sequence_is_mouse(int key);
/* True for what the terminal says itself in such a sequence, which is no key. */
bool sequence_is_own(int key);
/* The same for an answer of the terminal alone, which is no key: 0 also if it is, or becomes, anything else. */
size_t sequence_read_answer(const char *bytes, size_t count, struct terminal_event *event);
/* True if these bytes may be the beginning of an answer. */
bool sequence_is_answer(const char *bytes, size_t count);
/* The answer to OSC 11 ; ?, from `11;rgb:' to before its end: 0 to 255, how bright that colour is; -1: it is none. */
int sequence_brightness(const char *reply);
/* True if the beginning of a sequence may also be a key: Esc, or a key with Alt. */
bool sequence_is_key(const char *bytes, size_t count);

/* What a key is called, as on the screens of help: "x", "Ctrl-X", "Alt-x", "Enter".  "This key" if nobody knows. */
enum { SEQUENCE_NAME_SIZE = 16 };
void sequence_name(int key, char name[SEQUENCE_NAME_SIZE]);

#endif
