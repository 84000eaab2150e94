#include "engine/store/hash.h"

#include <errno.h>
#include <string.h>

static const char digits[] = "0123456789abcdef";

int hash_to_bytes(const char *hash, unsigned char bytes[SHA256_SIZE])
{
	if (strlen(hash) != 2 * SHA256_SIZE || strspn(hash, digits) != 2 * SHA256_SIZE)
		return -EINVAL;
	for (size_t i = 0; i < SHA256_SIZE; i++) {
		size_t high = (size_t)(strchr(digits, hash[2 * i]) - digits);
		size_t low = (size_t)(strchr(digits, hash[2 * i + 1]) - digits);
		bytes[i] = (unsigned char)(high << 4 | low);
	}
	return 0;
}

void hash_from_bytes(const unsigned char bytes[SHA256_SIZE], char hash[ENVIRONMENT_HASH_SIZE])
{
	for (size_t i = 0; i < SHA256_SIZE; i++) {
		hash[2 * i] = digits[bytes[i] >> 4];
		hash[2 * i + 1] = digits[bytes[i] & 0xf];
	}
	hash[2 * SHA256_SIZE] = '\0';
}
