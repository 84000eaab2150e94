#include "engine/store/hash.h"

#include <errno.h>
#include <sha2.h>
#include <stdint.h>
#include <string.h>

#include "engine/task/bytes.h"
#include "engine/task/hex.h"

void hash_make(const char *block, size_t length, char hash[ENVIRONMENT_HASH_SIZE])
{
	_Static_assert((int)ENVIRONMENT_HASH_SIZE == SHA256_DIGEST_STRING_LENGTH,
	               "libmd writes the digits and a NUL");
	SHA256Data((const uint8_t *)block, length, hash);
}

/* Digits in upper case have not this bit, and all others have it. */
static uint64_t hash_upper(uint64_t word)
{
	return ~word & BYTES_ALL(0x20);
}

int hash_to_bytes(const char *hash, unsigned char bytes[SHA256_SIZE])
{
	size_t length = strnlen(hash, 2 * SHA256_SIZE + 1);

	return bytes_none(hash, length, ' ', hash_upper) ? hex_read(hash, bytes, SHA256_SIZE) : -EINVAL;
}

void hash_from_bytes(const unsigned char bytes[SHA256_SIZE], char hash[ENVIRONMENT_HASH_SIZE])
{
	hex_write(bytes, SHA256_SIZE, hash);
}
