/*
 * The language of filters: what tasks are shown.  Words that must all be true of a task, in any case:
 *
 *     text                    its id, name or command has the text
 *     "a text"                the same with blanks, or with what would mean something else
 *     state:failed,queued     it is in one of these states; also active, done, ended; the beginning of one is enough
 *     group:x                 it is in this group; a task without one is in "default"
 *     name:x                  its name has the text
 *     id:x                    its id has the text
 *     -word                   the word is not true of it
 *
 * group, name and id take patterns for the whole value, too (glob.h).  Pure; any thread.
 */
#ifndef KRTASK_TASK_FILTER_H
#define KRTASK_TASK_FILTER_H

#include <stdbool.h>
#include <stddef.h>

enum filter_kind { FILTER_TEXT, FILTER_STATE, FILTER_GROUP, FILTER_NAME, FILTER_ID };

struct filter_term {
	enum filter_kind kind;
	bool negated;
	bool pattern;    /* value is a pattern for the whole text */
	unsigned states; /* of FILTER_STATE: a bit for each state */
	char *value;     /* owned */
};

struct filter {
	struct filter_term *terms; /* owned */
	size_t count, size;
};

/*
 * 0, -ENOMEM, or -EINVAL: a state that does not exist or is not clear, a value that is missing or a quote that is
 * not closed, and *at is the place of the word.  at may be NULL.
 */
int filter_read(struct filter *filter, const char *text, size_t *at);
/* 0 or -ENOMEM. */
int filter_copy(struct filter *to, const struct filter *from);
bool filter_is_same(const struct filter *a, const struct filter *b);
void filter_release(struct filter *filter);

/* 1 if the value has the text of the term, or is matched by its pattern; 0 if not; -ENOMEM. */
int filter_term_has(const struct filter_term *term, const char *value);

#endif
