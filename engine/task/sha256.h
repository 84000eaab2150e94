/*
 * SHA-256 of FIPS PUB 180-4 (August 2015), for naming things by their content.
 * Pure; any thread.
 */
#ifndef KRTASK_TASK_SHA256_H
#define KRTASK_TASK_SHA256_H

#include <stddef.h>

enum { SHA256_SIZE = 32 }; /* bytes of a digest */

void sha256(const void *bytes, size_t length, unsigned char digest[SHA256_SIZE]);

#endif
