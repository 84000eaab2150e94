/*
 * Names that a text could mean, and how they are listed in a message.
 *
 *     struct candidates c = candidates_of(text, length, true);
 *     for each name: if (candidates_offer(&c, name, id)) break;
 *     candidates_found(&c)
 *
 * A whole name is meant before any that begins so; a prefix is good if it is that of one name only.
 */
#ifndef KRTASK_TUI_TEXT_CANDIDATES_H
#define KRTASK_TUI_TEXT_CANDIDATES_H

#include <stdbool.h>
#include <stddef.h>

#include "tui/text/text.h"

struct candidates {
	const char *text;
	size_t length;
	bool any_case;
	bool whole;        /* found is the whole name */
	int found;         /* the last that was offered and begins so */
	unsigned prefixes; /* how many do */
};

enum { CANDIDATES_NONE = -1, CANDIDATES_MANY = -2 };

static inline struct candidates candidates_of(const char *text, size_t length, bool any_case)
{
	return (struct candidates){
		.text = text, .length = length, .any_case = any_case, .found = CANDIDATES_NONE
	};
}

/* candidates_offer() of a name that begins with the right letter, which nearly none does. */
bool candidates_compare(struct candidates *candidates, const char *name, size_t size, int id);

static inline bool candidates_likely(const struct candidates *candidates, const char *name)
{
	return candidates->length == 0 || ((name[0] ^ candidates->text[0]) & 0x1f) == 0;
}

/* One more name, an empty one is none; id: not negative.  True if it is the whole of it. */
static inline bool candidates_offer(struct candidates *candidates, const char *name, int id)
{
	return *name && candidates_likely(candidates, name) &&
	       candidates_compare(candidates, name, strlen(name), id);
}

/* The same, of size bytes. */
static inline bool candidates_offer_part(struct candidates *candidates, const char *name, size_t size, int id)
{
	return size > 0 && candidates_likely(candidates, name) &&
	       candidates_compare(candidates, name, size, id);
}

/* The id of the name that is meant, or CANDIDATES_NONE or _MANY.  Nothing means none. */
int candidates_found(const struct candidates *candidates);

/* One more name in a list for people: "--a, --b"; mark: what stands before each. */
void candidates_list(struct text *list, const char *mark, const char *name);

/* True if the text, without the blanks around it, is the letter or the label, in any case. */
bool candidates_answer(const char *text, char letter, const char *label);

#endif
