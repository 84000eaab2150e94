/*
 * What Tab completes in a line of the batch language, or in a field: the word before the cursor, and what it may
 * become.  From the same tables as the completions of the shells.  Pure: what a server or a directory has is
 * offered by the caller, as the kind says (tui/cli/kinds.h; also @name).
 *
 *     completion_of_line() or completion_of_value()
 *     completion_offer()       for each candidate of completion->kind, if that is not empty
 *     completion_apply()       puts what all candidates have in common into the line
 *     completion_release()
 */
#ifndef KRTASK_TUI_VIEW_COMPLETION_H
#define KRTASK_TUI_VIEW_COMPLETION_H

#include <stdbool.h>
#include <stddef.h>

#include "engine/task/strings.h"
#include "tui/cli/kinds.h"
#include "tui/view/edit.h"

struct completion {
	size_t from;          /* where the word begins in the line */
	size_t to;            /* the cursor */
	char *word;           /* what was typed of it, without quotes; owned */
	char kind[KIND_SIZE]; /* what else must be offered; "": nothing */
	struct strings found; /* the candidates, in order */
	size_t count;
	bool joins; /* another value may follow behind a comma, so no blank is put there */
};

/* line is what stands before the cursor. */
void completion_of_line(struct completion *completion, const char *line, size_t length);
/* The same for a text that is a value of this kind, or several of them with commas between. */
void completion_of_value(struct completion *completion, const char *kind, const char *text, size_t length);
void completion_release(struct completion *completion);

/* Adds the candidate if it begins with what was typed, in any case. */
void completion_offer(struct completion *completion, const char *candidate);
/* Adds a candidate for what was typed, which begins otherwise. */
void completion_offer_instead(struct completion *completion, const char *candidate);
/*
 * Replaces the word by what all candidates begin with.  quotes: in the quotes that a line of the batch language needs.
 * False: the line is as it was.
 */
bool completion_apply(const struct completion *completion, struct edit *edit, bool quotes);

#endif
