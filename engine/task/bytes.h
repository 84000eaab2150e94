/*
 * Eight bytes of a text at once.  Each function marks bytes in their highest bit.  The first mark is right; above it
 * there may be marks of bytes that are not meant.  Pure; any thread.
 */
#ifndef KRTASK_TASK_BYTES_H
#define KRTASK_TASK_BYTES_H

#include <endian.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define BYTES_ALL(byte) (UINT64_C(0x0101010101010101) * (byte))

/* The first byte becomes the lowest one. */
static inline uint64_t bytes_load(const char *text)
{
	uint64_t word;

	memcpy(&word, text, sizeof(word));
	return le64toh(word);
}

/* The number of the first byte that is marked, of which there must be one. */
static inline size_t bytes_first(uint64_t marks)
{
	return (size_t)__builtin_ctzll(marks) / 8;
}

/* The bytes that are at least 0x80. */
static inline uint64_t bytes_high(uint64_t word)
{
	return word & BYTES_ALL(0x80);
}

/* Those below `least`, which is at most 0x80. */
static inline uint64_t bytes_below(uint64_t word, unsigned char least)
{
	return (word - BYTES_ALL(least)) & ~word & BYTES_ALL(0x80);
}

static inline uint64_t bytes_equal(uint64_t word, unsigned char byte)
{
	return bytes_below(word ^ BYTES_ALL(byte), 1);
}

/*
 * True if no byte of the text is marked.  A short text is looked at as eight bytes, some of them twice, and `filler` for
 * what is missing, which is not to be marked.
 */
static inline __attribute__((always_inline)) bool bytes_none(const char *text, size_t length, char filler,
                                                             uint64_t (*mark)(uint64_t word))
{
	uint64_t word = BYTES_ALL((unsigned char)filler);
	uint32_t first, last;

	if (length >= sizeof(word)) {
		for (size_t i = 0; i + sizeof(word) < length; i += sizeof(word)) {
			if (mark(bytes_load(text + i)))
				return false;
		}
		word = bytes_load(text + length - sizeof(word));
	} else if (length >= sizeof(first)) {
		memcpy(&first, text, sizeof(first));
		memcpy(&last, text + length - sizeof(last), sizeof(last));
		word = (uint64_t)last << 32 | first;
	} else if (length > 0) {
		word = word << 24 | (uint64_t)(unsigned char)text[0] << 16 |
		       (uint64_t)(unsigned char)text[length / 2] << 8 | (unsigned char)text[length - 1];
	}
	return mark(word) == 0;
}

#endif
