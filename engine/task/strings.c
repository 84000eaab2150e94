#include "engine/task/strings.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static int reserve(struct strings *list, size_t more)
{
	if (more > SIZE_MAX / 2 - list->length)
		return -ENOMEM;
	size_t need = list->length + more;
	if (need <= list->size)
		return 0;

	size_t size = list->size ? list->size : 64;
	while (size < need)
		size *= 2;
	char *block = realloc(list->block, size);
	if (!block)
		return -ENOMEM;
	list->block = block;
	list->size = size;
	return 0;
}

int strings_add(struct strings *list, const char *string)
{
	return strings_add_bytes(list, string, strlen(string));
}

int strings_add_bytes(struct strings *list, const char *bytes, size_t length)
{
	if (length == SIZE_MAX || reserve(list, length + 1) < 0)
		return -ENOMEM;
	if (length)
		memcpy(list->block + list->length, bytes, length);
	list->block[list->length + length] = '\0';
	list->length += length + 1;
	return 0;
}

int strings_copy(struct strings *list, const char *block, size_t length)
{
	char *copy = NULL;

	if (length && block[length - 1] != '\0')
		return -EINVAL;
	if (length) {
		copy = malloc(length);
		if (!copy)
			return -ENOMEM;
		memcpy(copy, block, length);
	}
	free(list->block);
	*list = (struct strings){ .block = copy, .length = length, .size = length };
	return 0;
}

const char *strings_next(const struct strings *list, const char *string)
{
	const char *next = string ? string + strlen(string) + 1 : list->block;

	return list->length && next < list->block + list->length ? next : NULL;
}

size_t strings_count(const struct strings *list)
{
	size_t count = 0;

	for (const char *string = NULL; (string = strings_next(list, string));)
		count++;
	return count;
}

char **strings_vector(const struct strings *list, size_t extra)
{
	size_t count = strings_count(list);

	if (extra > SIZE_MAX / sizeof(char *) - count - 1)
		return NULL;
	char **vector = calloc(count + extra + 1, sizeof(*vector));
	if (!vector)
		return NULL;

	/* execve(2) takes char *const[]: walked over the list's own block, which is not const */
	char *string = list->block;
	for (size_t i = 0; i < count; i++) {
		vector[i] = string;
		string += strlen(string) + 1;
	}
	return vector;
}

void strings_release(struct strings *list)
{
	free(list->block);
	*list = (struct strings)STRINGS_INIT;
}

/*
 * The well-formed sequences beyond ASCII of RFC 3629, section 4, by their first byte: how
 * long, and between which values the second byte lies.  The others lie in 80..BF.
 */
static const struct utf8_form {
	unsigned char first, last;
	unsigned char length;
	unsigned char second_low, second_high;
} utf8_forms[] = {
	{ 0xc2, 0xdf, 2, 0x80, 0xbf }, { 0xe0, 0xe0, 3, 0xa0, 0xbf },
	{ 0xe1, 0xec, 3, 0x80, 0xbf }, { 0xed, 0xed, 3, 0x80, 0x9f }, { 0xee, 0xef, 3, 0x80, 0xbf },
	{ 0xf0, 0xf0, 4, 0x90, 0xbf }, { 0xf1, 0xf3, 4, 0x80, 0xbf }, { 0xf4, 0xf4, 4, 0x80, 0x8f },
};

size_t utf8_character(const char *text, size_t length)
{
	const unsigned char *bytes = (const unsigned char *)text;
	const struct utf8_form *form = NULL;

	if (length && bytes[0] < 0x80)
		return 1;
	if (length < 2)
		return 0;
	for (size_t i = 0; i < sizeof(utf8_forms) / sizeof(utf8_forms[0]) && !form; i++)
		if (bytes[0] >= utf8_forms[i].first && bytes[0] <= utf8_forms[i].last)
			form = &utf8_forms[i];
	if (!form || length < form->length)
		return 0;
	if (bytes[1] < form->second_low || bytes[1] > form->second_high)
		return 0;
	for (size_t i = 2; i < form->length; i++)
		if ((bytes[i] & 0xc0) != 0x80)
			return 0;
	return form->length;
}

bool utf8_valid(const char *bytes, size_t length)
{
	while (length) {
		size_t step = utf8_character(bytes, length);
		if (!step)
			return false;
		bytes += step;
		length -= step;
	}
	return true;
}

char *utf8_repair(const char *bytes, size_t length)
{
	static const char replacement[] = "\xef\xbf\xbd";
	const char *at = bytes;

	/* at worst every byte becomes the three of U+FFFD */
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
