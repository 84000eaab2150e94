/*
 * Reads base64 (RFC 4648 section 4).  The text must be padded and have no line breaks.  The bits that padding
 * leaves unused must be 0.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#include "engine/wire/jsonw.h"

/* The six bits of a digit plus 1, so that any other byte has 0. */
static const unsigned char digits[256] = {
	['A'] = 1,  ['B'] = 2,  ['C'] = 3,  ['D'] = 4,  ['E'] = 5,  ['F'] = 6,  ['G'] = 7,  ['H'] = 8,
	['I'] = 9,  ['J'] = 10, ['K'] = 11, ['L'] = 12, ['M'] = 13, ['N'] = 14, ['O'] = 15, ['P'] = 16,
	['Q'] = 17, ['R'] = 18, ['S'] = 19, ['T'] = 20, ['U'] = 21, ['V'] = 22, ['W'] = 23, ['X'] = 24,
	['Y'] = 25, ['Z'] = 26, ['a'] = 27, ['b'] = 28, ['c'] = 29, ['d'] = 30, ['e'] = 31, ['f'] = 32,
	['g'] = 33, ['h'] = 34, ['i'] = 35, ['j'] = 36, ['k'] = 37, ['l'] = 38, ['m'] = 39, ['n'] = 40,
	['o'] = 41, ['p'] = 42, ['q'] = 43, ['r'] = 44, ['s'] = 45, ['t'] = 46, ['u'] = 47, ['v'] = 48,
	['w'] = 49, ['x'] = 50, ['y'] = 51, ['z'] = 52, ['0'] = 53, ['1'] = 54, ['2'] = 55, ['3'] = 56,
	['4'] = 57, ['5'] = 58, ['6'] = 59, ['7'] = 60, ['8'] = 61, ['9'] = 62, ['+'] = 63, ['/'] = 64,
};

/* Four digits as 24 bits; negative: they are not all digits. */
static inline int32_t group_bits(const unsigned char *text)
{
	int32_t a = digits[text[0]] - 1, b = digits[text[1]] - 1, c = digits[text[2]] - 1,
		d = digits[text[3]] - 1;

	return (a | b | c | d) < 0 ? -1 : a << 18 | b << 12 | c << 6 | d;
}

/* Decodes the last four characters, `pad` of which are '='. */
static int decode_last(const unsigned char *text, unsigned pad, unsigned char **to)
{
	unsigned char whole[4] = { text[0], text[1], pad > 1 ? 'A' : text[2], pad > 0 ? 'A' : text[3] };
	int32_t bits = group_bits(whole);

	if (bits < 0 || (bits & (pad == 2 ? 0xffff : pad == 1 ? 0xff : 0)))
		return -EINVAL;
	*(*to)++ = (unsigned char)(bits >> 16);
	if (pad < 2)
		*(*to)++ = (unsigned char)(bits >> 8);
	if (pad < 1)
		*(*to)++ = (unsigned char)bits;
	return 0;
}

/* Decodes groups without padding: a request may have megabytes of them.  False: one has a byte that is no digit. */
static bool decode_whole(const unsigned char *at, const unsigned char *end, unsigned char **out)
{
	unsigned char *to = *out;

	for (; at < end; at += 4) {
		int32_t bits = group_bits(at);

		if (bits < 0)
			return false;
		*to++ = (unsigned char)(bits >> 16);
		*to++ = (unsigned char)(bits >> 8);
		*to++ = (unsigned char)bits;
	}
	*out = to;
	return true;
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
	if (length > 0 &&
	    (!decode_whole(at, at + length - 4, &to) || decode_last(at + length - 4, pad, &to) < 0)) {
		free(data);
		return -EINVAL;
	}
	*to = '\0';
	*bytes = data;
	*count = (size_t)(to - data);
	return 0;
}
