/*
 * The form for a task: what is asked for, and the words of the command that does it.  Its fields are the command, and
 * the options that the command line's table has for it (tui/cli/options.h).  Pure.
 *
 *     form_init(), form_fill() with what the task has
 *     form_words() or form_line()      when the user is done
 *     form_blame()                     after it was refused
 *     form_release()
 */
#ifndef KRTASK_TUI_VIEW_FORM_H
#define KRTASK_TUI_VIEW_FORM_H

#include "tui/cli/command.h"
#include "tui/view/edit.h"

enum form_purpose {
	FORM_NEW,   /* new … */
	FORM_AGAIN, /* again ID …, with what was changed */
	FORM_EDIT,  /* new --id ID …, with all that the task has: for an edit */
	FORM_PURPOSES
};

enum { FORM_FIELDS_MAX = 64, FORM_COMMAND = 0 };

struct form_field {
	enum option_id option; /* OPTION_TOTAL: the command */
	char *label;           /* owned */
	char *help;            /* owned, as label */
	const char *head;      /* the heading before it; NULL: none */
	struct edit text;
	bool on;      /* of a flag, which has no text */
	char *before; /* the text as it was filled in; owned */
	bool was_on;
	char *error; /* what is wrong with it; owned; NULL: nothing */
};

struct form {
	enum form_purpose purpose;
	char *id; /* of the task; owned; NULL: none */
	struct form_field fields[FORM_FIELDS_MAX];
	size_t count, current;
	/* The first words of the last form_words(). */
	struct form_word {
		size_t field;    /* that it belongs to */
		bool name;       /* of an option */
		unsigned column; /* in the last form_line() */
	} words[512];
	size_t word_count;
};

void form_init(struct form *form, enum form_purpose purpose, const char *id);
void form_release(struct form *form);
/* Fills in the words of a command that makes such a task: new --name … -- make. */
void form_fill(struct form *form, const struct strings *words);
/* What is in the form now counts as what the task has. */
void form_settle(struct form *form);
/* Something is not as it was filled in. */
bool form_is_changed(const struct form *form);
bool form_field_is_changed(const struct form_field *field);
/* The field of this option; NULL: the form has none. */
struct form_field *form_find(struct form *form, enum option_id option);
bool form_is_flag(const struct form_field *field);
/* The line that is typed in the field; NULL: it takes none. */
struct edit *form_edit(struct form_field *field);
void form_empty(struct form_field *field);
/* Moves to the next field, or (-1) to the previous one, and around the ends. */
void form_move(struct form *form, int by);
/* Says what is wrong with a field, and goes there.  Takes over the text. */
void form_fail(struct form *form, struct form_field *field, char *error);

/* The words of the command.  False: something is wrong with fields, and is said there. */
bool form_words(struct form *form, struct strings *words);
/* The same as a line of the batch language, malloc'ed; NULL: false. */
char *form_line(struct form *form);
/*
 * Puts an error about that line, or from the server, beside the field that it is about, without the column, which is of
 * a line that the user has not seen.  False: it is about none.
 */
bool form_blame(struct form *form, const char *error);

#endif
