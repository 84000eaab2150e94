#include "engine/task/hex.h"

#include <errno.h>
#include <string.h>

const char hex_digits[17] = "0123456789abcdef";

int hex_value(char digit)
{
	if (digit >= '0' && digit <= '9')
		return digit - '0';
	if (digit >= 'a' && digit <= 'f')
		return digit - 'a' + 10;
	return digit >= 'A' && digit <= 'F' ? digit - 'A' + 10 : -1;
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
		if (hex_value(digits[i]) < 0)
			return -EINVAL;
	}
	for (size_t i = 0; i < count; i++)
		to[i] = (unsigned char)((unsigned)hex_value(digits[2 * i]) << 4 |
		                        (unsigned)hex_value(digits[2 * i + 1]));
	return 0;
}
