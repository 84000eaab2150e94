#include "config.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "engine/task/caseless.h"
#include "engine/task/glob.h"

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
		uint32_t first = caseless_next(&at), last = first;
		if (*at == '-' && at + 1 < end - 1) {
			at++;
			last = caseless_next(&at);
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
	return caseless_next(&pattern) == character ? pattern : NULL;
}

/*
 * Only the last of several stars needs to be tried again.  A different match of an earlier star could not
 * help.
 */
bool glob_matches(const char *pattern, const char *text)
{
	const char *star = NULL, *taken = NULL;
	while (*text) {
		const char *behind = text;
		if (*pattern == '*') {
			star = ++pattern;
			taken = text;
			continue;
		}
		const char *next = *pattern ? glob_step(pattern, caseless_next(&behind)) : NULL;
		if (next) {
			pattern = next;
			text = behind;
		} else if (star) {
			(void)caseless_next(&taken);
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
