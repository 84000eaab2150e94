#include "tui/text/cells.h"

#include <langinfo.h>
#include <locale.h>
#include <stdint.h>
#include <string.h>
#include <wchar.h>

#include "engine/task/utf8.h"
#include "tui/text/alloc.h"

#define ELLIPSIS "\xe2\x80\xa6"

static bool cells_are_plain;

void cells_set_plain(bool plain)
{
	cells_are_plain = plain;
}

bool cells_plain(void)
{
	return cells_are_plain;
}

static bool cells_awaits_locale;

void cells_await_locale(void)
{
	cells_awaits_locale = true;
}

bool cells_in_utf8(void)
{
	const char *codeset;

	/* If the locale is not installed, the default would be ASCII. */
	if (cells_awaits_locale && !setlocale(LC_CTYPE, ""))
		setlocale(LC_CTYPE, "C.UTF-8");
	cells_awaits_locale = false;
	codeset = nl_langinfo(CODESET);

	return strcmp(codeset, "UTF-8") == 0 || strcmp(codeset, "utf8") == 0;
}

/* A character of the text, as it is shown. */
struct glyph {
	const char *bytes; /* to be written */
	size_t length;     /* of these bytes */
	size_t taken;      /* bytes of the text that they represent */
	size_t columns;
};

/*
 * Invisible characters that change how others are shown: text direction, joiners and other marks.
 */
static bool is_format_control(uint32_t c)
{
	static const struct {
		uint32_t first, last;
	} controls[] = {
		{ 0x061c, 0x061c }, { 0x180e, 0x180e }, { 0x200b, 0x200b },
		{ 0x200e, 0x200f }, { 0x2028, 0x202e }, { 0x2060, 0x206f },
		{ 0xfeff, 0xfeff }, { 0xfff9, 0xfffb }, { 0xe0000, 0xe007f },
	};

	for (size_t i = 0; c >= controls[0].first && i < sizeof(controls) / sizeof(*controls); i++) {
		if (c >= controls[i].first && c <= controls[i].last)
			return true;
	}
	return false;
}

/*
 * Characters that join or vary the one before.  Terminals disagree about how wide the result is, and so they are left
 * out: joiners, selectors of a variant, and colours of skin; and the soft hyphen, which some of them show.
 */
static bool is_doubtful(uint32_t c)
{
	return c == 0xad || c == 0x200c || c == 0x200d || (c >= 0xfe00 && c <= 0xfe0f) ||
	       (c >= 0x1f3fb && c <= 0x1f3ff) || (c >= 0xe0100 && c <= 0xe01ef);
}

static struct glyph glyph_at(const char *text, bool utf8)
{
	struct glyph glyph = { utf8 ? UTF8_REPLACEMENT : "?", utf8 ? sizeof(UTF8_REPLACEMENT) - 1 : 1, 1, 1 };
	uint32_t character = 0;
	size_t length = utf8_decode(text, strnlen(text, UTF8_LONGEST), &character);
	int columns;

	if (length == 0)
		return glyph;
	glyph.taken = length;
	if (character < 0x80 ? character < 0x20 || character == 0x7f : !utf8) {
		glyph.bytes = "?";
		glyph.length = 1;
		return glyph;
	}
	if (is_doubtful(character))
		return (struct glyph){ "", 0, length, 0 };
	columns = character < 0x80 ? 1 : wcwidth((wchar_t)character);
	if (columns < 0 || is_format_control(character))
		return glyph;
	return (struct glyph){ text, length, length, (size_t)columns };
}

size_t cells_width(const char *utf8)
{
	bool wide = cells_in_utf8();
	size_t columns = 0;

	while (*utf8) {
		struct glyph glyph = glyph_at(utf8, wide);

		columns += glyph.columns;
		utf8 += glyph.taken;
	}
	return columns;
}

size_t cells_fit(const char *utf8, size_t columns, char *buf, size_t size)
{
	bool wide = cells_in_utf8();
	struct glyph mark = { wide ? ELLIPSIS : "~", wide ? sizeof(ELLIPSIS) - 1 : 1, 0, 1 };
	size_t used = 0, shown = 0;
	size_t room_used = 0, room_shown = 0; /* the last place where the ellipsis still fits */

	if (size == 0)
		return 0;
	while (*utf8) {
		struct glyph glyph = glyph_at(utf8, wide);

		if (shown + glyph.columns > columns || used + glyph.length >= size)
			break;
		memcpy(buf + used, glyph.bytes, glyph.length);
		used += glyph.length;
		shown += glyph.columns;
		utf8 += glyph.taken;
		if (columns > 0 && shown <= columns - 1 && used + mark.length < size) {
			room_used = used;
			room_shown = shown;
		}
	}
	if (*utf8 && columns > 0 && room_used + mark.length < size) {
		memcpy(buf + room_used, mark.bytes, mark.length);
		used = room_used + mark.length;
		shown = room_shown + mark.columns;
	}
	buf[used] = '\0';
	return shown;
}

size_t cells_step(const char *utf8, size_t *columns)
{
	struct glyph glyph = glyph_at(utf8, cells_in_utf8());

	*columns = glyph.columns;
	return glyph.taken;
}

char *cells_whole(const char *utf8)
{
	size_t size = 3 * strlen(utf8) + 1; /* a replacement may be longer than the byte it replaces */
	char *shown = alloc_zero(size, 1);

	cells_fit(utf8, SIZE_MAX, shown, size);
	return shown;
}
