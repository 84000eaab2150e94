/*
 * Tables of keys: finding a key, the key line, and the help.
 */
#ifndef KRTASK_TUI_SCREEN_KEYS_H
#define KRTASK_TUI_SCREEN_KEYS_H

#include "tui/screen/view.h"
#include "tui/view/pager.h"

#define CONTROL(letter) ((letter)&0x1f)
#define ALT(character)  (TERMINAL_ALT | (character))

/* The end of a table. */
#define KEYS_END                                                                                             \
	{                                                                                                    \
		{ 0 }, NULL, NULL, NULL, NULL, false                                                         \
	}

/* NULL: the key does nothing here. */
const struct key *keys_find(const struct key *keys, int code);
void keys_draw(const struct key *keys, int y);
/* The key that stands at a column of that line; NULL: none. */
const struct key *keys_at(const struct key *keys, int column);
void keys_help(const char *title, const struct key *keys, struct pager *pager);

#endif
