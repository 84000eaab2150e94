/* Names of environments: 64 hexadecimal digits outside, 32 bytes in the database. */
#ifndef KRTASK_STORE_HASH_H
#define KRTASK_STORE_HASH_H

#include "engine/task/environment.h"

enum { SHA256_SIZE = 32 }; /* bytes */

/* SHA-256 (FIPS 180-4) of the packed environment, in lower case. */
void hash_make(const char *block, size_t length, char hash[ENVIRONMENT_HASH_SIZE]);
/* 0, or -EINVAL: the text is not 64 digits in lower case. */
int hash_to_bytes(const char *hash, unsigned char bytes[SHA256_SIZE]);
void hash_from_bytes(const unsigned char bytes[SHA256_SIZE], char hash[ENVIRONMENT_HASH_SIZE]);

#endif
