/*
 * Reads base64 (RFC 4648 section 4).  The text must be padded and have no line breaks.  The bits that padding
 * leaves unused must be 0.
 */
#include <errno.h>
#include <stdlib.h>

#include "engine/wire/jsonw.h"

/* The six bits of a digit, or -1 for any other byte. */
static int base64_digit(unsigned char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	if (c == '+')
		return 62;
	return c == '/' ? 63 : -1;
}

/* Decodes four characters, the last `pad` of which are '='. */
static int decode_group(const unsigned char *text, unsigned pad, unsigned char **to)
{
	unsigned bits = 0;

	for (unsigned i = 0; i < 4; i++) {
		int value = i < 4 - pad ? base64_digit(text[i]) : 0;

		if (value < 0)
			return -EINVAL;
		bits = bits << 6 | (unsigned)value;
	}
	if (bits & (pad == 2 ? 0xffffu : pad == 1 ? 0xffu : 0u))
		return -EINVAL;
	*(*to)++ = (unsigned char)(bits >> 16);
	if (pad < 2)
		*(*to)++ = (unsigned char)(bits >> 8);
	if (pad < 1)
		*(*to)++ = (unsigned char)bits;
	return 0;
}

int base64_decode(const char *text, size_t length, void **bytes, size_t *count)
{
	const unsigned char *at = (const unsigned char *)text;
	unsigned char *data, *to;
	unsigned pad = 0;

	if (length % 4)
		return -EINVAL;
	if (length > 0 && at[length - 1] == '=')
		pad = at[length - 2] == '=' ? 2 : 1;
	data = malloc(length / 4 * 3 + 1);
	if (!data)
		return -ENOMEM;
	to = data;
	for (size_t i = 0; i < length; i += 4) {
		if (decode_group(at + i, i + 4 == length ? pad : 0, &to) < 0) {
			free(data);
			return -EINVAL;
		}
	}
	*to = '\0';
	*bytes = data;
	*count = (size_t)(to - data);
	return 0;
}
