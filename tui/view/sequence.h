/*
 * What a key of a terminal sends, and what a terminal sends by itself: control sequences (ECMA-48), keys with
 * Alt, mouse reports.  Pure.
 */
#ifndef KRTASK_TUI_VIEW_SEQUENCE_H
#define KRTASK_TUI_VIEW_SEQUENCE_H

#include <stdbool.h>
#include <stddef.h>

/* Characters are themselves; these are beyond Unicode. */
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
	TERMINAL_F6,
	TERMINAL_F10,
	TERMINAL_CLICK,
	TERMINAL_WHEEL_UP,
	TERMINAL_WHEEL_DOWN,
	TERMINAL_INTERRUPT, /* Ctrl-C, or what stty(1) has in its place; so are the next two */
	TERMINAL_SUSPEND,
	TERMINAL_QUIT,
	TERMINAL_PASTE,         /* text, which is no keys */
	TERMINAL_INVALID,       /* a byte that is no character */
	TERMINAL_OTHER,         /* some key that nothing is bound to */
	TERMINAL_ALT = 1 << 22, /* added to the character of a key that is pressed with Alt */
};

struct terminal_event {
	int key;  /* enum terminal_key or a character */
	int x, y; /* of a TERMINAL_CLICK or a wheel */
	const char *
		text; /* of a TERMINAL_PASTE: UTF-8, and bytes that are no characters; NULL: it was too long */
	unsigned char byte; /* of a TERMINAL_INVALID */
};

/* What begins or ends text that is no keys: in place of a key. */
enum { SEQUENCE_PASTE_BEGINS = 1 << 23, SEQUENCE_PASTE_ENDS, SEQUENCE_REPLY_BEGINS };

/* The mark that ends a paste. */
#define SEQUENCE_PASTE_END "\033[201~"

/*
 * The bytes of the sequence that begins here, with an Esc; 0: there may be more of it.  Of a key with Alt
 * that is just the Esc, with TERMINAL_ALT as the key.  What is not known is TERMINAL_OTHER.
 */
size_t sequence_read(const char *bytes, size_t count, struct terminal_event *event);
/* The sequence that it could be, so far, may also be a key that the user has pressed: Esc, or one with Alt. */
bool sequence_is_key(const char *bytes, size_t count);

#endif
