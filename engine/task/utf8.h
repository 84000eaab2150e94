/*
 * UTF-8 as RFC 3629 has it: no surrogates, no overlong forms, nothing above U+10FFFF.  Pure; any thread.
 */
#ifndef KRTASK_TASK_UTF8_H
#define KRTASK_TASK_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define UTF8_REPLACEMENT "\xef\xbf\xbd" /* U+FFFD */

enum { UTF8_LONGEST = 4 }; /* bytes of a character */

/* True if the length bytes are well-formed. */
bool utf8_valid(const char *bytes, size_t length);

/* The length of the well-formed character at the start of bytes; 0: there is none. */
size_t utf8_character(const char *bytes, size_t length);

/* The same, and also gives the character.  If there is none, *character is unchanged. */
size_t utf8_decode(const char *bytes, size_t length, uint32_t *character);

/* Writes the character.  Returns its length; 0: it is not a character. */
size_t utf8_write(uint32_t character, char bytes[UTF8_LONGEST]);

/* True for a byte that is not the first of its character. */
static inline bool utf8_continues(char byte)
{
	return ((unsigned char)byte & 0xc0) == 0x80;
}

/* True for the control characters of ASCII and of ISO 6429's C1: terminals act on both. */
static inline bool utf8_is_control(uint32_t character)
{
	return character < 0x20 || (character >= 0x7f && character < 0xa0);
}

/* Of the first most bytes of a well-formed text, how many bytes are whole characters. */
size_t utf8_cut(const char *text, size_t most);

/*
 * A new string, ended by a NUL.  Every byte that is not part of a well-formed character becomes U+FFFD.
 * free() it.  NULL: out of memory.
 */
char *utf8_repair(const char *bytes, size_t length);

/* The same in one line for people: each byte of a control character becomes a blank. */
char *utf8_readable(const char *bytes, size_t length);

#endif
