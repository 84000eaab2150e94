#include "config.h"

#include <locale.h>
#include <pthread.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <wctype.h>

#include "engine/task/glob.h"
#include "engine/task/utf8.h"

static pthread_once_t glob_once = PTHREAD_ONCE_INIT;
static locale_t glob_locale; /* knows every character, unlike that of the process; 0: there is none */

static void glob_make_locale(void)
{
	glob_locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
}

/* Returns the next character in lower case, and moves *at behind it. */
static uint32_t glob_character(const char **at)
{
	uint32_t character = (unsigned char)**at;
	size_t size = utf8_decode(*at, strlen(*at), &character);
	*at += size ? size : 1;
	if (glob_locale)
		return (uint32_t)towlower_l((wint_t)character, glob_locale);
	return character >= 'A' && character <= 'Z' ? character - 'A' + 'a' : character;
}

/*
 * Returns the text behind the ']' of the set at pattern; NULL: the set is not closed.  A ']' at its start
 * belongs to the set.
 */
static const char *glob_set_end(const char *pattern)
{
	const char *at = pattern + 1;
	if (*at == '!' || *at == '^')
		at++;
	if (*at == ']')
		at++;
	while (*at && *at != ']')
		at++;
	return *at ? at + 1 : NULL;
}

static bool glob_set_has(const char *pattern, const char *end, uint32_t character)
{
	const char *at = pattern + 1;
	bool outside = *at == '!' || *at == '^', found = false;
	if (outside)
		at++;
	while (at < end - 1) {
		uint32_t first = glob_character(&at), last = first;
		if (*at == '-' && at + 1 < end - 1) {
			at++;
			last = glob_character(&at);
		}
		found |= character >= first && character <= last;
	}
	return found != outside;
}

/*
 * Compares one character of both, neither of which is at its end.  Returns the pattern behind it; NULL: they
 * differ.
 */
static const char *glob_step(const char *pattern, uint32_t character)
{
	const char *end = *pattern == '[' ? glob_set_end(pattern) : NULL;
	if (end)
		return glob_set_has(pattern, end, character) ? end : NULL;
	if (*pattern == '?')
		return pattern + 1;
	if (*pattern == '\\' && pattern[1])
		pattern++;
	return glob_character(&pattern) == character ? pattern : NULL;
}

/*
 * Only the last of several stars needs to be tried again.  A different match of an earlier star could not
 * help.
 */
bool glob_matches(const char *pattern, const char *text)
{
	const char *star = NULL, *taken = NULL;
	pthread_once(&glob_once, glob_make_locale);
	while (*text) {
		const char *behind = text;
		if (*pattern == '*') {
			star = ++pattern;
			taken = text;
			continue;
		}
		const char *next = *pattern ? glob_step(pattern, glob_character(&behind)) : NULL;
		if (next) {
			pattern = next;
			text = behind;
		} else if (star) {
			(void)glob_character(&taken);
			text = taken;
			pattern = star;
		} else {
			return false;
		}
	}
	while (*pattern == '*')
		pattern++;
	return !*pattern;
}
