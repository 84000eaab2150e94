#include "engine/task/utf8.h"

#include <stdlib.h>
#include <string.h>

/*
 * The well-formed sequences beyond ASCII of RFC 3629, section 4, by their first byte: how
 * long, and between which values the second byte lies.  The others lie in 80..BF.
 */
static const struct utf8_form {
	unsigned char first, last;
	unsigned char length;
	unsigned char second_low, second_high;
} utf8_forms[] = {
	{ 0xc2, 0xdf, 2, 0x80, 0xbf }, { 0xe0, 0xe0, 3, 0xa0, 0xbf }, { 0xe1, 0xec, 3, 0x80, 0xbf },
	{ 0xed, 0xed, 3, 0x80, 0x9f }, { 0xee, 0xef, 3, 0x80, 0xbf }, { 0xf0, 0xf0, 4, 0x90, 0xbf },
	{ 0xf1, 0xf3, 4, 0x80, 0xbf }, { 0xf4, 0xf4, 4, 0x80, 0x8f },
};

size_t utf8_character(const char *text, size_t length)
{
	const unsigned char *bytes = (const unsigned char *)text;
	const struct utf8_form *form = NULL;

	if (length && bytes[0] < 0x80)
		return 1;
	if (length < 2)
		return 0;
	for (size_t i = 0; i < sizeof(utf8_forms) / sizeof(utf8_forms[0]) && !form; i++) {
		if (bytes[0] >= utf8_forms[i].first && bytes[0] <= utf8_forms[i].last)
			form = &utf8_forms[i];
	}
	if (!form || length < form->length)
		return 0;
	if (bytes[1] < form->second_low || bytes[1] > form->second_high)
		return 0;
	for (size_t i = 2; i < form->length; i++) {
		if (!utf8_continues(text[i]))
			return 0;
	}
	return form->length;
}

size_t utf8_decode(const char *bytes, size_t length, uint32_t *character)
{
	size_t taken = utf8_character(bytes, length);
	unsigned char first = taken ? (unsigned char)*bytes : 0;
	uint32_t value = taken < 2 ? first : first & (0x7fu >> taken);

	for (size_t i = 1; i < taken; i++)
		value = value << 6 | ((unsigned char)bytes[i] & 0x3f);
	if (taken)
		*character = value;
	return taken;
}

size_t utf8_write(uint32_t character, char bytes[UTF8_LONGEST])
{
	static const unsigned char lead[] = { 0, 0, 0xc0, 0xe0, 0xf0 };
	size_t length = character < 0x80 ? 1 : character < 0x800 ? 2 : character < 0x10000 ? 3 : 4;

	if (character > 0x10ffff || (character >= 0xd800 && character < 0xe000))
		return 0;
	for (size_t i = length; i-- > 1; character >>= 6)
		bytes[i] = (char)(0x80 | (character & 0x3f));
	bytes[0] = (char)(lead[length] | character);
	return length;
}

size_t utf8_cut(const char *text, size_t most)
{
	size_t length = strnlen(text, most + 1);

	if (length <= most)
		return length;
	length = most;
	while (length && utf8_continues(text[length]))
		length--;
	return length;
}

/* The length of the ASCII at the beginning, in steps of eight bytes. */
static size_t utf8_plain(const char *bytes, size_t length)
{
	size_t at = 0;
	uint64_t eight;

	for (; at + sizeof(eight) <= length; at += sizeof(eight)) {
		memcpy(&eight, bytes + at, sizeof(eight));
		if (eight & UINT64_C(0x8080808080808080))
			break;
	}
	return at;
}

bool utf8_valid(const char *bytes, size_t length)
{
	while (length) {
		size_t step = (unsigned char)*bytes < 0x80 ? utf8_plain(bytes, length) : 0;
		if (!step)
			step = (unsigned char)*bytes < 0x80 ? 1 : utf8_character(bytes, length);
		if (!step)
			return false;
		bytes += step;
		length -= step;
	}
	return true;
}

char *utf8_repair(const char *bytes, size_t length)
{
	static const char replacement[] = UTF8_REPLACEMENT;
	const char *at = bytes;

	/* in the worst case, every byte becomes the three bytes of U+FFFD */
	if (length > (SIZE_MAX - 1) / 3)
		return NULL;
	char *text = malloc(3 * length + 1);
	if (!text)
		return NULL;

	char *out = text;
	while (length) {
		size_t step = *at ? utf8_character(at, length) : 0;
		size_t width = step ? step : sizeof(replacement) - 1;
		memcpy(out, step ? at : replacement, width);
		out += width;
		at += step ? step : 1;
		length -= step ? step : 1;
	}
	*out = '\0';
	return text;
}

char *utf8_readable(const char *bytes, size_t length)
{
	char *text = utf8_repair(bytes, length);

	for (char *at = text; at && *at; at++) {
		uint32_t character = UINT32_MAX;

		utf8_decode(at, strnlen(at, UTF8_LONGEST), &character);
		if (!utf8_is_control(character))
			continue;
		*at = ' ';
		if (character >= 0x80)
			*++at = ' ';
	}
	return text;
}
