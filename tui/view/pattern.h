/*
 * What is searched for in text: an extended regular expression, or the text itself if it is no such expression.
 * A capital letter in it makes case matter, as in less -i.  Pure except for the locale.
 */
#ifndef KRTASK_TUI_VIEW_PATTERN_H
#define KRTASK_TUI_VIEW_PATTERN_H

#include <regex.h>
#include <stdbool.h>
#include <stddef.h>

#include "tui/view/pattern_words.h"

struct pattern {
	char *text; /* as it was typed; NULL: there is no pattern */
	bool literal, any_case;
	bool wrong; /* it is no expression, and so the text itself is looked for */
	size_t length;
	regex_t regex;
	struct pattern_words words; /* what a line must show one of to match */
};

/* text NULL or "": no pattern. */
void pattern_set(struct pattern *pattern, const char *text);
void pattern_release(struct pattern *pattern);
bool pattern_given(const struct pattern *pattern);
/* The first match at or after *from.  True: it is from *from to *to. */
bool pattern_next(const struct pattern *pattern, const char *text, size_t length, size_t *from, size_t *to);

#endif
