/*
 * What was typed in a form that was left, for the next form of its kind and its task.  Pure.
 *
 *     form_kept_put()       when a form is left
 *     form_kept_fits()      when one is opened
 *     form_kept_exchange()  when the user wants it; again: what the form had
 *     form_kept_release()   when it is of no use any more
 */
#ifndef KRTASK_TUI_VIEW_FORM_KEPT_H
#define KRTASK_TUI_VIEW_FORM_KEPT_H

#include "tui/view/form.h"

struct form_kept {
	enum form_purpose purpose;
	char *id;    /* of the task; NULL: a new one; owned */
	size_t host; /* the server of that task */
	struct form_typed {
		char *text; /* owned */
		bool on;
	} typed[FORM_FIELDS_MAX];
	size_t count;  /* of fields; 0: nothing is kept */
	size_t number; /* of the form that was left, for the caller */
};

/* Keeps what is in the form.  False: that is as it was filled in, and what was kept before stays. */
bool form_kept_put(struct form_kept *kept, struct form *form, size_t host);
bool form_kept_fits(const struct form_kept *kept, const struct form *form, size_t host);
/* Of a form that it fits. */
void form_kept_exchange(struct form_kept *kept, struct form *form);
void form_kept_release(struct form_kept *kept);

#endif
