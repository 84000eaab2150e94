/*
 * A line that the user edits, with the keys of readline: the text, the cursor, what was cut last, and earlier
 * lines. Pure.
 *
 * The text is UTF-8.  If text was pasted, it can have control characters, which are made visible (a newline
 * as ⏎), and bytes that are not characters, which edit_line() does not accept.  The cursor is before a
 * character, together with the marks that combine with it.
 */
#ifndef KRTASK_TUI_VIEW_EDIT_H
#define KRTASK_TUI_VIEW_EDIT_H

#include <stdbool.h>
#include <stddef.h>

/* Lines that were entered earlier, the oldest first. */
struct history {
	char **lines;
	size_t count, size;
};

enum { HISTORY_MAX = 500 };

/* Adds a line.  Empty lines, and repetitions of the last line, are not kept. */
void history_add(struct history *history, const char *line);
void history_release(struct history *history);

struct edit {
	char *text; /* ends with a NUL; NULL before the first change, so use edit_text() */
	size_t length, size, cursor;
	size_t shown; /* offset of the first visible character */
	char *cut;    /* what was cut last; NULL: nothing yet */
	size_t at;    /* which line of the history is shown, from the newest; 0: the user's own line */
	char *own;    /* the user's own line, while another is shown */
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
	EDIT_CUT_WORD,  /* from the cursor back to a blank */
	EDIT_PASTE,     /* what was cut last */
	EDIT_WORD_BACK, /* to the beginning of this word or the one before; words are letters and digits */
	EDIT_WORD_FORWARD,
	EDIT_CUT_WORD_BACK,
	EDIT_CUT_WORD_FORWARD,
	EDIT_OLDER,
	EDIT_NEWER,
	EDIT_COMMAND_COUNT
};

/* history is for EDIT_OLDER and EDIT_NEWER, and may be NULL. */
void edit_do(struct edit *edit, enum edit_command command, const struct history *history);
/* Inserts a character, in Unicode.  False: a line cannot have this character. */
bool edit_type(struct edit *edit, int character);
/* Inserts any text.  False: the line would be too long; it is unchanged. */
bool edit_add(struct edit *edit, const char *text);
void edit_set(struct edit *edit, const char *text); /* with the cursor at its end */
const char *edit_text(const struct edit *edit);
/*
 * The line that the user enters, without newlines at its end; malloc'ed.  If it has a byte that is not a
 * character, returns NULL and sets *error (free() it).
 */
char *edit_line(const struct edit *edit, char **error);
void edit_release(struct edit *edit);

/*
 * Writes the part of the text that is visible in width columns to buf, in UTF-8.  Returns the column of the
 * cursor, which is less than width.  under (5 bytes or more) gets the character at the cursor, " " at the
 * end.
 */
int edit_show(struct edit *edit, int width, char *buf, size_t size, char *under, size_t under_size);

#endif
