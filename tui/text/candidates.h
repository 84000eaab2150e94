/*
 * Names that a text may be short for, and lists of names for messages.
 *
 *     struct candidates c = candidates_of(text, length, true);
 *     for each name: if (candidates_offer(&c, name, id)) break;
 *     candidates_found(&c)
 *
 * A whole name wins over names that only begin with the text.  A prefix is valid if only one name begins with
 * it.
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
	bool whole;        /* the text is the whole name of found */
	int found;         /* the last name that begins with the text */
	unsigned prefixes; /* how many names do */
};

enum { CANDIDATES_NONE = -1, CANDIDATES_MANY = -2 };

/* Where it is, because to copy what was written byte by byte takes long. */
static inline void candidates_begin(struct candidates *candidates, const char *text, size_t length,
                                    bool any_case)
{
	candidates->text = text;
	candidates->length = length;
	candidates->any_case = any_case;
	candidates->whole = false;
	candidates->found = CANDIDATES_NONE;
	candidates->prefixes = 0;
}

static inline struct candidates candidates_of(const char *text, size_t length, bool any_case)
{
	struct candidates candidates;

	candidates_begin(&candidates, text, length, any_case);
	return candidates;
}

/* Used by candidates_offer() if the first letters are equal.  For most names they are not. */
bool candidates_compare(struct candidates *candidates, const char *name, size_t size, int id);

static inline bool candidates_likely(const struct candidates *candidates, const char *name)
{
	return candidates->length == 0 || ((name[0] ^ candidates->text[0]) & 0x1f) == 0;
}

/* Offers a name; an empty one is ignored.  id must not be negative.  True if the text is the whole name. */
static inline bool candidates_offer(struct candidates *candidates, const char *name, int id)
{
	return *name && candidates_likely(candidates, name) &&
	       candidates_compare(candidates, name, strlen(name), id);
}

/* The same for a name of size bytes. */
static inline bool candidates_offer_part(struct candidates *candidates, const char *name, size_t size, int id)
{
	return size > 0 && candidates_likely(candidates, name) &&
	       candidates_compare(candidates, name, size, id);
}

/*
 * The id of the name that the text means, or CANDIDATES_NONE or CANDIDATES_MANY.  An empty text means no
 * name.
 */
int candidates_found(const struct candidates *candidates);

/* Adds a name to a list for people, "--a, --b".  The mark is put before each name. */
void candidates_list(struct text *list, const char *mark, const char *name);

/* True if the text, without the blanks around it, is the letter or the label, in any case. */
bool candidates_answer(const char *text, char letter, const char *label);

#endif
