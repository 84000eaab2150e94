/*
 * What stands under a field of the form: what is wrong with it, or what will be done with it.
 */
#ifndef KRTASK_TUI_SCREEN_FORM_NOTES_H
#define KRTASK_TUI_SCREEN_FORM_NOTES_H

#include <stdbool.h>

#include "tui/view/form.h"

struct form_notes {
	char *looked; /* the directory that was looked for; owned; NULL: none yet */
	bool missing; /* it is not there */
};

void form_notes_release(struct form_notes *notes);
/* malloc'ed; NULL: nothing.  current: the user is in that field; here: the task will run on this machine. */
char *form_notes_of(struct form_notes *notes, const struct form_field *field, bool current, bool here);

#endif
