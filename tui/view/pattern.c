#include "tui/view/pattern.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "tui/text/alloc.h"

static bool pattern_has_capital(const char *text)
{
	while (*text && !isupper((unsigned char)*text))
		text++;
	return *text != '\0';
}

void pattern_release(struct pattern *pattern)
{
	if (pattern->text && !pattern->literal)
		regfree(&pattern->regex);
	free(pattern->text);
	*pattern = (struct pattern){ 0 };
}

void pattern_set(struct pattern *pattern, const char *text)
{
	bool plain = true, ascii = true;

	pattern_release(pattern);
	if (!text || !*text)
		return;
	pattern->text = alloc_string(text);
	pattern->length = strlen(text);
	pattern->any_case = !pattern_has_capital(text);
	for (const char *c = text; *c; c++) {
		plain = plain && !strchr("\\^$.[]|()*+?{}", *c);
		ascii = ascii && (unsigned char)*c < 0x80;
	}
	/* Looking for plain text is much faster. */
	if (!plain || !ascii)
		pattern->wrong = regcomp(&pattern->regex, text,
		                         REG_EXTENDED | (pattern->any_case ? REG_ICASE : 0)) != 0;
	pattern->literal = (plain && ascii) || pattern->wrong;
	if (pattern->literal)
		pattern_words_literal(&pattern->words, text);
	else
		pattern_words_of(&pattern->words, text);
}

bool pattern_given(const struct pattern *pattern)
{
	return pattern->text != NULL;
}

static const char *pattern_literal(const struct pattern *pattern, const char *text, const char *end)
{
	const char *first = pattern->text;
	int lower = tolower((unsigned char)*first), upper = toupper((unsigned char)*first);

	if (!pattern->any_case)
		return memmem(text, (size_t)(end - text), first, pattern->length);
	for (; (size_t)(end - text) >= pattern->length; text++) {
		if (*text != lower && *text != upper)
			continue;
		if (strncasecmp(text, first, pattern->length) == 0)
			return text;
	}
	return NULL;
}

bool pattern_next(const struct pattern *pattern, const char *text, size_t length, size_t *from, size_t *to)
{
	regmatch_t match;
	const char *found;
	char *copy;
	int code;

	if (!pattern->text || *from > length)
		return false;
	if (pattern->literal) {
		found = pattern_literal(pattern, text + *from, text + length);
		if (!found)
			return false;
		*from = (size_t)(found - text);
		*to = *from + pattern->length;
		return true;
	}
	/* POSIX knows only whole strings. */
	copy = alloc_checked(strndup(text + *from, length - *from));
	code = regexec(&pattern->regex, copy, 1, &match, *from ? REG_NOTBOL : 0);
	free(copy);
	if (code != 0)
		return false;
	*to = *from + (size_t)match.rm_eo;
	*from += (size_t)match.rm_so;
	return true;
}
