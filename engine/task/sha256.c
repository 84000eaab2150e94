#include "engine/task/sha256.h"

#include <stdint.h>
#include <string.h>

/* Section numbers are those of FIPS 180-4. */

enum { BLOCK_SIZE = 64, ROUNDS = 64, WORDS = 8 };

/* 4.2.2: the first 32 bits of the fractional parts of the cube roots of the first 64 primes */
static const uint32_t constants[ROUNDS] = {
	0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
	0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
	0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
	0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
	0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
	0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
	0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
	0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static uint32_t rotate(uint32_t x, unsigned n)
{
	return x >> n | x << (32 - n);
}

static uint32_t load_word(const unsigned char *bytes)
{
	return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

/* 6.2.2 step 1: the message schedule */
static void prepare_schedule(uint32_t schedule[ROUNDS], const unsigned char *block)
{
	for (int t = 0; t < 16; t++)
		schedule[t] = load_word(block + (size_t)t * 4);
	for (int t = 16; t < ROUNDS; t++) {
		uint32_t x = schedule[t - 15];
		uint32_t y = schedule[t - 2];
		uint32_t sigma0 = rotate(x, 7) ^ rotate(x, 18) ^ x >> 3;
		uint32_t sigma1 = rotate(y, 17) ^ rotate(y, 19) ^ y >> 10;
		schedule[t] = sigma1 + schedule[t - 7] + sigma0 + schedule[t - 16];
	}
}

/* 6.2.2 steps 2 to 4.  v[] are the working variables a to h. */
static void compress(uint32_t hash[WORDS], const unsigned char *block)
{
	uint32_t schedule[ROUNDS];
	uint32_t v[WORDS];

	prepare_schedule(schedule, block);
	memcpy(v, hash, sizeof(v));
	for (int t = 0; t < ROUNDS; t++) {
		uint32_t sum1 = rotate(v[4], 6) ^ rotate(v[4], 11) ^ rotate(v[4], 25);
		uint32_t choice = (v[4] & v[5]) ^ (~v[4] & v[6]);
		uint32_t t1 = v[7] + sum1 + choice + constants[t] + schedule[t];
		uint32_t sum0 = rotate(v[0], 2) ^ rotate(v[0], 13) ^ rotate(v[0], 22);
		uint32_t majority = (v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]);

		memmove(v + 1, v, (WORDS - 1) * sizeof(v[0]));
		v[4] += t1;
		v[0] = t1 + sum0 + majority;
	}
	for (int i = 0; i < WORDS; i++)
		hash[i] += v[i];
}

/* 5.1.1: a one bit, zeros, and the length in bits as 64 bits fill up the last one or two blocks */
static size_t pad(unsigned char tail[2 * BLOCK_SIZE], const unsigned char *rest, size_t left, uint64_t length)
{
	size_t size = left + 1 + 8 <= BLOCK_SIZE ? BLOCK_SIZE : 2 * BLOCK_SIZE;

	memset(tail, 0, 2 * BLOCK_SIZE);
	if (left)
		memcpy(tail, rest, left);
	tail[left] = 0x80;
	for (size_t i = 0; i < 8; i++)
		tail[size - 1 - i] = (unsigned char)(length * 8 >> 8 * i);
	return size;
}

void sha256(const void *bytes, size_t length, unsigned char digest[SHA256_SIZE])
{
	/* 5.3.3: the same of the square roots of the first eight primes */
	uint32_t hash[WORDS] = {
		0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
	};
	const unsigned char *at = bytes;
	unsigned char tail[2 * BLOCK_SIZE];
	size_t left = length;

	for (; left >= BLOCK_SIZE; left -= BLOCK_SIZE, at += BLOCK_SIZE)
		compress(hash, at);
	size_t size = pad(tail, at, left, length);
	for (size_t done = 0; done < size; done += BLOCK_SIZE)
		compress(hash, tail + done);
	for (size_t i = 0; i < SHA256_SIZE; i++)
		digest[i] = (unsigned char)(hash[i / 4] >> (24 - 8 * (i % 4)));
}
