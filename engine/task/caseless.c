#include "config.h"

#include "engine/task/caseless.h"

#include <errno.h>
#include <locale.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <wctype.h>

#include "engine/task/utf8.h"

static pthread_once_t caseless_once = PTHREAD_ONCE_INIT;
static locale_t caseless_locale; /* 0: there is none */

static void caseless_make_locale(void)
{
	caseless_locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
}

uint32_t caseless_next(const char **at)
{
	uint32_t character = (unsigned char)**at;
	size_t size;

	if (character < 0x80) {
		++*at;
		return character >= 'A' && character <= 'Z' ? character - 'A' + 'a' : character;
	}
	pthread_once(&caseless_once, caseless_make_locale);
	size = utf8_decode(*at, strnlen(*at, UTF8_LONGEST), &character);
	*at += size ? size : 1;
	return size && caseless_locale ? (uint32_t)towlower_l((wint_t)character, caseless_locale) : character;
}

static bool caseless_is_ascii(const char *text)
{
	while (*text && (unsigned char)*text < 0x80)
		text++;
	return *text == '\0';
}

/* The text in lower case.  free() it.  NULL: out of memory. */
static char *caseless_copy(const char *text)
{
	/* No character of n bytes has one of more than 2 n. */
	char *copy = malloc(2 * strlen(text) + UTF8_LONGEST), *end = copy;
	while (copy && *text) {
		bool broken = !utf8_character(text, strnlen(text, UTF8_LONGEST));
		uint32_t character = caseless_next(&text);
		size_t size = broken ? 0 : utf8_write(character, end);
		if (size == 0)
			*end = (char)character;
		end += size ? size : 1;
	}
	if (copy)
		*end = '\0';
	return copy;
}

/* No form of the text has room for it: lower case makes a text at most twice as long, and the part a quarter. */
static bool caseless_is_too_long(const char *part, const char *text)
{
	size_t most = 2 * UTF8_LONGEST * strlen(text);
	return strnlen(part, most + 1) > most;
}

int caseless_has(const char *text, const char *part)
{
	if (caseless_is_too_long(part, text))
		return 0;
	/* The library needs no copies. */
	if (caseless_is_ascii(part))
		return strcasestr(text, part) != NULL;
	char *in = caseless_copy(text), *sought = caseless_copy(part);
	/* strstr() may take the product of both lengths. */
	int has = !in || !sought ? -ENOMEM : memmem(in, strlen(in), sought, strlen(sought)) != NULL;
	free(in);
	free(sought);
	return has;
}
