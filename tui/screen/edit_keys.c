#include "tui/screen/edit_keys.h"

#include "tui/screen/keys.h"

/* The bytes of the visible part: as many characters as a terminal has columns, with combining characters. */
enum { SHOWN_SIZE = 8192, UNDER_SIZE = 64 };

static const struct edit_key_row {
	int codes[4];
	const char *name, *help;
	enum edit_command command;
} edit_keys[] = {
	{ { TERMINAL_LEFT, CONTROL('B') }, "Left C-b", "back a character", EDIT_BACK },
	{ { TERMINAL_RIGHT, CONTROL('F') }, "Right C-f", "forward a character", EDIT_FORWARD },
	{ { TERMINAL_HOME, CONTROL('A') }, "Home C-a", "to the beginning", EDIT_BEGINNING },
	{ { TERMINAL_END, CONTROL('E') }, "End C-e", "to the end", EDIT_END },
	{ { TERMINAL_BACKSPACE, CONTROL('H'), 0x7f },
	  "Bksp C-h",
	  "delete the character before the cursor",
	  EDIT_ERASE },
	{ { TERMINAL_DELETE, CONTROL('D') },
	  "Del C-d",
	  "delete the character under the cursor",
	  EDIT_DELETE },
	{ { CONTROL('U') }, "C-u", "cut to the beginning", EDIT_CUT_LINE },
	{ { CONTROL('K') }, "C-k", "cut to the end", EDIT_CUT_REST },
	{ { CONTROL('W') }, "C-w", "cut the word before the cursor", EDIT_CUT_WORD },
	{ { ALT('b') }, "M-b", "back a word of letters and digits", EDIT_WORD_BACK },
	{ { ALT('f') }, "M-f", "forward a word", EDIT_WORD_FORWARD },
	{ { ALT('d') }, "M-d", "cut to the end of the word", EDIT_CUT_WORD_FORWARD },
	{ { ALT(0x7f), ALT(CONTROL('H')) }, "M-Bksp", "cut to its beginning", EDIT_CUT_WORD_BACK },
	{ { CONTROL('Y') }, "C-y", "insert what was cut", EDIT_PASTE },
	{ { TERMINAL_UP, CONTROL('P') }, "Up C-p", "to the previous line entered", EDIT_OLDER },
	{ { TERMINAL_DOWN, CONTROL('N') }, "Down C-n", "to the next line entered", EDIT_NEWER },
};
enum { EDIT_KEYS = sizeof(edit_keys) / sizeof(*edit_keys) };

void edit_keys_take(struct edit *edit, const struct history *history, const struct terminal_event *event)
{
	for (size_t i = 0; i < EDIT_KEYS; i++) {
		const struct edit_key_row *row = &edit_keys[i];

		for (size_t k = 0; k < sizeof(row->codes) / sizeof(*row->codes) && row->codes[k]; k++) {
			if (row->codes[k] == event->key) {
				edit_do(edit, row->command, history);
				return;
			}
		}
	}
	edit_type(edit, event->key);
}

void edit_keys_draw(struct edit *edit, int y, int x, int width, bool cursor)
{
	char shown[SHOWN_SIZE], under[UNDER_SIZE];
	int column;

	if (width < 1)
		return;
	column = edit_show(edit, width, shown, sizeof(shown), under, sizeof(under));
	terminal_put(y, x, STYLE_NORMAL, shown);
	if (cursor)
		terminal_put(y, x + column, STYLE_SELECTED, under);
}

void edit_keys_help(struct pager *pager)
{
	for (size_t i = 0; i < EDIT_KEYS; i++)
		pager_add(pager, STYLE_KEY, edit_keys[i].name, STYLE_NORMAL, edit_keys[i].help);
}
