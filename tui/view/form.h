/*
 * The form for a new task: what was typed, and the line of the batch language that makes it.  Pure.
 */
#ifndef KRTASK_TUI_VIEW_FORM_H
#define KRTASK_TUI_VIEW_FORM_H

#include <jansson.h>
#include <stdbool.h>

#include "tui/view/edit.h"

enum form_field { FORM_COMMAND, FORM_NAME, FORM_DIRECTORY, FORM_GROUP, FORM_START, FORM_FIELDS };

struct form_row {
	const char *label, *hint; /* hint: what an empty one means */
	const char *option;       /* of new; NULL: none takes the text */
};
extern const struct form_row form_rows[FORM_FIELDS];

struct form {
	struct edit texts[FORM_START]; /* all but the last field, which is on or off */
	bool start;
	enum form_field current;
};

void form_release(struct form *form);
/* To the next field, or (-1) the previous one, round the ends. */
void form_move(struct form *form, int by);

/*
 * The line, malloc'ed; NULL with *error (free() it) a sentence: the command is cut into words by the quoting
 * rules of the batch language, and has no variables and no pipeline.
 */
char *form_line(const struct form *form, char **error);

/* The line that makes a task like this one, a Task of io.krtask; malloc'ed, NULL: it is none. */
char *form_again(const json_t *task);

#endif
