/*
 * The table of what is shown of a task.  Each row is a field.  The tables and JSON of `get` and `watch`, the
 * table, the details and the sort menu of the screen, and the completions all come from it.  The list of
 * columns in the manual is checked against it.
 *
 * A field has the same name in `--columns`, in `--sort`, in JSON, and as a sort key of List.  So it means the
 * same everywhere.
 */
#ifndef KRTASK_TUI_FIELDS_FIELDS_H
#define KRTASK_TUI_FIELDS_FIELDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/wire/jsonw.h"
#include "tui/fields/rows.h"

/* A table has at most FIELD_MAX columns; the details have more. */
enum { FIELD_TOTAL = 35, FIELD_SOURCES = 8, FIELD_MAX = 40, FIELD_ROOM = 60 };
enum { FIELD_VALUES = FIELD_SOURCES * FIELD_ROOM };

/* A piece of text, without a NUL at its end. */
struct slice {
	const char *text;
	size_t length;
	size_t tinted; /* this many bytes at its beginning get the colour of the task's state */
};

/* How a field is shown.  If all is 0: on a line of any length, as the server has sent it. */
struct field_look {
	int64_t age_ms; /* how long ago the server wrote the row: what runs has run that much longer; 0: as it was */
	size_t width; /* columns that there are for it: progress draws its bar; 0: any number, and no bar */
	bool waits,
		ended;  /* the task does not run yet, or no more: progress says why, or what was said last */
	bool halted;    /* it does not get on: it is paused, or about to end */
	bool exit_seen; /* its exit status has a column */
	struct slice said; /* the last line of its output */
	double rate;       /* of its work in a millisecond, lately (speed.h); 0: not known */
	const char *
		server; /* its address, which is added to a command for this task; NULL: it is the usual one */
	int64_t silent_ms; /* how long it has printed nothing; 0: not long, or that is not known */
};

struct field {
	const char *name;    /* in JSON, in --columns and --sort, and for List */
	const char *heading; /* of its column; also accepted as a name */
	const char *label;   /* before it on the page with the details of a task; NULL: it is not there */
	const char *sources[FIELD_SOURCES]; /* columns of List */
	int min;                            /* with fewer columns it is useless */
	int max;                            /* more columns are hardly better; 0: it takes what is left */
	int early;                          /* up to so many columns it grows before all others */
	int ample;     /* up to so many it grows once the others have what they want; 0: no more than max */
	int priority;  /* in a narrow table, the field with priority 0 is omitted last */
	bool measured; /* its column grows with its content, from min to max; otherwise it wants max */
	bool right;    /* aligned to the right, as numbers are */
	bool quiet;    /* dimmed, if the terminal can do that */
	bool rare;     /* no column, if no row has anything there */
	bool spare;    /* a column only where the others leave room */
	bool late;     /* no column before a row has something there */
	bool in_json;  /* a key of a task in JSON */
	bool members;  /* its JSON is several members, with their keys */
	/*
	 * Its text: a string of the row, or one that is made in scratch; empty if there is none.  values are
	 * those of its sources, in order.
	 */
	struct slice (*text)(const struct value *values, const struct field_look *look, struct text *scratch);
	void (*json)(struct jsonw *w, const struct value *values);
};

extern const struct field field_table[FIELD_TOTAL + 1]; /* ended by a NULL name */
extern const struct field field_eta;                    /* only on the screen, which counts it down */

/* The same, but "-" if there is no text. */
struct slice field_text(const struct field *field, const struct value *values, const struct field_look *look,
                        struct text *scratch);
/* How many values of a row belong to the field. */
size_t field_width(const struct field *field);
/* Finds a field by its name or heading, in any case.  NULL: there is none. */
const struct field *field_find(const char *name);
/* The same, with those that only the screen has. */
const struct field *field_find_on_screen(const char *name);
/* "id, name, …".  malloc'ed. */
char *field_names(void);

#endif
