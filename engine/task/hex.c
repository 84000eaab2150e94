#include "engine/task/hex.h"

#include <errno.h>
#include <string.h>

const char hex_digits[17] = "0123456789abcdef";

/* The value of a digit, and one more; 0: it is none. */
static const unsigned char hex_known[256] = {
	['0'] = 1,  ['1'] = 2,  ['2'] = 3,  ['3'] = 4,  ['4'] = 5,  ['5'] = 6,  ['6'] = 7,  ['7'] = 8,
	['8'] = 9,  ['9'] = 10, ['a'] = 11, ['b'] = 12, ['c'] = 13, ['d'] = 14, ['e'] = 15, ['f'] = 16,
	['A'] = 11, ['B'] = 12, ['C'] = 13, ['D'] = 14, ['E'] = 15, ['F'] = 16,
};

int hex_value(char digit)
{
	return hex_known[(unsigned char)digit] - 1;
}

void hex_write(const void *bytes, size_t count, char *digits)
{
	const unsigned char *at = bytes;

	for (size_t i = 0; i < count; i++) {
		*digits++ = hex_digits[at[i] >> 4];
		*digits++ = hex_digits[at[i] & 15];
	}
	*digits = '\0';
}

int hex_read(const char *digits, void *bytes, size_t count)
{
	unsigned char *to = bytes;

	if (strnlen(digits, 2 * count + 1) != 2 * count)
		return -EINVAL;
	for (size_t i = 0; i < 2 * count; i++) {
		if (!hex_known[(unsigned char)digits[i]])
			return -EINVAL;
	}
	for (size_t i = 0; i < count; i++)
		to[i] = (unsigned char)((hex_known[(unsigned char)digits[2 * i]] - 1) << 4 |
		                        (hex_known[(unsigned char)digits[2 * i + 1]] - 1));
	return 0;
}
