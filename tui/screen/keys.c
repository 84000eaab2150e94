#include <string.h>

#include "tui/screen/app.h"
#include "tui/view/alloc.h"

static bool bound(const struct key *key, int code)
{
	for (size_t i = 0; i < sizeof(key->codes) / sizeof(*key->codes) && key->codes[i]; i++) {
		if (key->codes[i] == code)
			return true;
	}
	return false;
}

bool keys_run(struct app *app, int code)
{
	for (const struct key *key = app_view(app)->keys; key->codes[0]; key++) {
		if (bound(key, code)) {
			key->run(app);
			return true;
		}
	}
	return false;
}

/*
 * Keys in the order of their table, as many as fit whole; the last two of it (help, leaving) always have
 * their place.
 */
void keys_draw(struct app *app, int y)
{
	const struct key *first = app_view(app)->keys;
	int x = 0, columns = terminal_columns();

	for (const struct key *key = first; key->codes[0]; key++) {
		if (!key->label)
			continue;
		if (x + (int)(strlen(key->name) + strlen(key->label)) + 1 > columns)
			continue;
		x = terminal_put(y, x, STYLE_KEY, key->name);
		x = terminal_put(y, x + 1, STYLE_NORMAL, key->label) + 2;
	}
}

void keys_help(const struct view *view, struct pager *pager)
{
	pager_add(pager, STYLE_STRONG, NULL, STYLE_STRONG, view->title);
	for (const struct key *key = view->keys; key->codes[0]; key++) {
		if (key->help)
			pager_add(pager, STYLE_KEY, key->name, STYLE_NORMAL, key->help);
	}
	pager_add(pager, STYLE_NORMAL, NULL, STYLE_NORMAL, "");
}
