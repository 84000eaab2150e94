#include "tui/screen/keys.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "tui/text/cells.h"

enum { KEYS_LABEL_SIZE = 64 };

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

/* The label on a line of this kind, which is copied; "": the key is not there. */
static void keys_label(const struct key *key, bool narrow, char *buf, size_t size)
{
	const char *label = key->label ? key->label : "", *bar = strchr(label, '|');

	if (!bar)
		snprintf(buf, size, "%s", label);
	else if (narrow)
		snprintf(buf, size, "%s", bar + 1);
	else
		snprintf(buf, size, "%.*s", (int)(bar - label), label);
}

/* On a line with many keys, some names are signs, which are shorter. */
static const char *keys_name(const struct key *key)
{
	bool brief = cells_in_utf8() && !cells_plain() && strchr(key->label, '|');

	if (brief && strcmp(key->name, "Enter") == 0)
		return "⏎";
	return brief && strcmp(key->name, "Space") == 0 ? "␣" : key->name;
}

/* "Esc" is a word before a word; "q" and "1-5" are not. */
static int keys_gap(const char *name)
{
	return isupper((unsigned char)name[0]) && name[1];
}

/* The columns of a key, with the gap after it; 0: it is not on the line. */
static int keys_columns(const struct key *key, bool narrow)
{
	char label[KEYS_LABEL_SIZE];

	keys_label(key, narrow, label, sizeof(label));
	if (!*label)
		return 0;
	return (int)(cells_width(keys_name(key)) + cells_width(label)) + keys_gap(keys_name(key)) + 1;
}

/* The columns of a line with all keys; *last: the last of them. */
static int keys_line_columns(const struct key *keys, bool narrow, const struct key **last)
{
	int columns = -1;

	for (const struct key *key = keys; key->codes[0]; key++) {
		int more = keys_columns(key, narrow);

		columns += more;
		if (more)
			*last = key;
	}
	return columns;
}

static void keys_draw_one(const struct key *key, bool narrow, int y, int x)
{
	char label[KEYS_LABEL_SIZE];

	keys_label(key, narrow, label, sizeof(label));
	x = terminal_put(y, x, STYLE_KEY, keys_name(key)) + keys_gap(keys_name(key));
	terminal_put(y, x, STYLE_NORMAL, label);
}

/*
 * Draws the line, or, if column is not less than 0, only returns the key there.  Where there is no room for all, the last
 * one, which leaves, has precedence.
 */
static const struct key *keys_line(const struct key *keys, int y, int column)
{
	const struct key *last = NULL;
	int x = 0, columns = terminal_columns(), kept;
	bool narrow = keys_line_columns(keys, false, &last) > columns;

	kept = keys_line_columns(keys, narrow, &last) > columns && last ? keys_columns(last, narrow) : 0;
	for (const struct key *key = keys; key->codes[0]; key++) {
		int width = keys_columns(key, narrow);

		if (key == last)
			kept = 0;
		if (!width || x + width - 1 + kept > columns)
			continue;
		if (column < 0)
			keys_draw_one(key, narrow, y, x);
		else if (column >= x && column < x + width - 1)
			return key;
		x += width;
	}
	return NULL;
}

void keys_draw(const struct key *keys, int y)
{
	keys_line(keys, y, -1);
}

const struct key *keys_at(const struct key *keys, int column)
{
	return keys_line(keys, 0, column);
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
