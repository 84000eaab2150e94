/*
 * The form for a new task: its fields, and the line of the batch language that creates the task.  Pure.
 */
#ifndef KRTASK_TUI_VIEW_FORM_H
#define KRTASK_TUI_VIEW_FORM_H

#include <jansson.h>
#include <stdbool.h>

#include "tui/view/edit.h"

enum form_field { FORM_COMMAND, FORM_NAME, FORM_DIRECTORY, FORM_GROUP, FORM_START, FORM_FIELDS };

struct form_row {
	const char *label, *hint; /* hint: what an empty field means */
	const char *option;       /* of new; NULL: none takes the text */
};
extern const struct form_row form_rows[FORM_FIELDS];

struct form {
	struct edit texts[FORM_START]; /* all fields but the last, which is on or off */
	bool start;
	enum form_field current;
};

void form_release(struct form *form);
/* Moves to the next field, or (-1) to the previous one, and around the ends. */
void form_move(struct form *form, int by);

/*
 * The line, malloc'ed.  NULL: *error (free() it) is a sentence.  The command is split into words by the
 * quoting rules of the batch language, and must not have variables or a pipeline.
 */
char *form_line(const struct form *form, char **error);

/* The line that creates a task like this one, a Task of io.krtask; malloc'ed.  NULL: it is not a Task. */
char *form_again(const json_t *task);

#endif
