/*
 * A line that the user edits as with readline: the text, the cursor, what was cut last, and the lines before
 * it.  Pure.
 *
 * The text is UTF-8.  Only where it was pasted can it have control characters, which are shown as such (an end
 * of a line as ⏎), and bytes that are no characters, which are shown as that and refused by edit_line().  The
 * cursor stands before a character, with the marks that combine with it.
 */
#ifndef KRTASK_TUI_VIEW_EDIT_H
#define KRTASK_TUI_VIEW_EDIT_H

#include <stdbool.h>
#include <stddef.h>

/* The lines entered before, oldest first. */
struct history {
	char **lines;
	size_t count, size;
};

enum { HISTORY_MAX = 500 };

/* Empty lines, and the same twice in a row, are not kept. */
void history_add(struct history *history, const char *line);
void history_release(struct history *history);

struct edit {
	char *text; /* NUL-ended; NULL before the first change: use edit_text() */
	size_t length, size, cursor;
	size_t shown; /* byte of the first character visible */
	char *cut;    /* NULL: nothing was cut yet */
	size_t at;    /* lines of the history behind the one shown; 0: none, it is the user's own */
	char *own;    /* the user's own, while another is shown */
};

#define EDIT_INIT                                                                                            \
	{                                                                                                    \
		0                                                                                            \
	}

enum edit_command {
	EDIT_BACK,
	EDIT_FORWARD,
	EDIT_BEGINNING,
	EDIT_END,
	EDIT_ERASE,     /* the character before the cursor */
	EDIT_DELETE,    /* the one at the cursor */
	EDIT_CUT_LINE,  /* from the beginning to the cursor */
	EDIT_CUT_REST,  /* from the cursor to the end */
	EDIT_CUT_WORD,  /* back to a blank */
	EDIT_PASTE,     /* what was cut last */
	EDIT_WORD_BACK, /* words of letters and digits: to the beginning of this one, or of the one before */
	EDIT_WORD_FORWARD,
	EDIT_CUT_WORD_BACK,
	EDIT_CUT_WORD_FORWARD,
	EDIT_OLDER,
	EDIT_NEWER,
	EDIT_COMMAND_COUNT
};

/* history is for EDIT_OLDER and EDIT_NEWER, and may be NULL. */
void edit_do(struct edit *edit, enum edit_command command, const struct history *history);
/* A character typed, in Unicode.  False: it is none that can stand in a line. */
bool edit_type(struct edit *edit, int character);
/* Text at the cursor, whatever it is.  False: the line would be too long, and is as it was. */
bool edit_add(struct edit *edit, const char *text);
void edit_set(struct edit *edit, const char *text); /* the cursor behind it */
const char *edit_text(const struct edit *edit);
/*
 * The line that the user enters, without newlines at its end; malloc'ed.  NULL, and *error (free() it), if it has
 * a byte that is not a character.
 */
char *edit_line(const struct edit *edit, char **error);
void edit_release(struct edit *edit);

/*
 * The part of the text that is visible in width columns, around the cursor: in buf as UTF-8.  Returns the
 * column of the cursor in it, less than width; *under (5 bytes or more) is what stands there, " " behind the
 * end.
 */
int edit_show(struct edit *edit, int width, char *buf, size_t size, char *under, size_t under_size);

#endif
