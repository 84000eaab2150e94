#include "tui/screen/keys.h"

#include <string.h>

static bool keys_bound(const struct key *key, int code)
{
	for (size_t i = 0; i < sizeof(key->codes) / sizeof(*key->codes) && key->codes[i]; i++) {
		if (key->codes[i] == code)
			return true;
	}
	return false;
}

const struct key *keys_find(const struct key *keys, int code)
{
	for (const struct key *key = keys; key->codes[0]; key++) {
		if (keys_bound(key, code))
			return key;
	}
	return NULL;
}

/* Draws the keys that fit, in the order of their table.  Help and leaving come first there. */
void keys_draw(const struct key *keys, int y)
{
	int x = 0, columns = terminal_columns();

	for (const struct key *key = keys; key->codes[0]; key++) {
		if (!key->label)
			continue;
		if (x + (int)(strlen(key->name) + strlen(key->label)) + 1 > columns)
			continue;
		x = terminal_put(y, x, STYLE_KEY, key->name);
		x = terminal_put(y, x + 1, STYLE_NORMAL, key->label) + 2;
	}
}

void keys_help(const char *title, const struct key *keys, struct pager *pager)
{
	pager_add(pager, STYLE_STRONG, NULL, STYLE_STRONG, title);
	for (const struct key *key = keys; key->codes[0]; key++) {
		if (key->help)
			pager_add(pager, STYLE_KEY, key->name, STYLE_NORMAL, key->help);
	}
	pager_add(pager, STYLE_NORMAL, NULL, STYLE_NORMAL, "");
}
