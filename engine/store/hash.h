/* Names of environments: 64 hexadecimal digits outside, 32 bytes in the database. */
#ifndef KRTASK_STORE_HASH_H
#define KRTASK_STORE_HASH_H

#include "engine/task/environment.h"
#include "engine/task/sha256.h"

/* 0, or -EINVAL for what is not 64 lower-case hexadecimal digits. */
int hash_to_bytes(const char *hash, unsigned char bytes[SHA256_SIZE]);
void hash_from_bytes(const unsigned char bytes[SHA256_SIZE], char hash[ENVIRONMENT_HASH_SIZE]);

#endif
