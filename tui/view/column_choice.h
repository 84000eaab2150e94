/*
 * Choosing the columns of the table: all fields, first those that are shown, in their order.  Pure.
 */
#ifndef KRTASK_TUI_VIEW_COLUMN_CHOICE_H
#define KRTASK_TUI_VIEW_COLUMN_CHOICE_H

#include "tui/fields/field_list.h"
#include "tui/fields/fields.h"

enum { COLUMN_CHOICE_MAX = FIELD_TOTAL + 1 };

struct column_choice_line {
	const struct field *field;
	bool shown;
	int width; /* 0: what the rows need */
};

struct column_choice {
	struct column_choice_line lines[COLUMN_CHOICE_MAX];
	int count, cursor;
};

/* widths: in the order of the fields. */
void column_choice_init(struct column_choice *choice, const struct field_list *fields, const int *widths);
/* What is shown, for the table. */
void column_choice_take(const struct column_choice *choice, struct field_list *fields, int *widths);

void column_choice_move(struct column_choice *choice, int lines);
/* Shows or hides the column at the cursor; the last one stays. */
void column_choice_toggle(struct column_choice *choice);
/* Moves the column at the cursor up (-1) or down (1), which is left or right in the table. */
void column_choice_shift(struct column_choice *choice, int by);
/* Makes it wider or narrower.  now: its width in the table, if it follows the rows. */
void column_choice_resize(struct column_choice *choice, int by, int now);
/* Its width follows the rows again. */
void column_choice_fit(struct column_choice *choice);

#endif
