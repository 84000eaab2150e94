/*
 * The screen is a stack of views.  Each view has its state in a struct of its own, whose first member is a
 * struct view. A const struct view_class has its functions.
 *
 * A function of the view opens it with app_open(), and app_close() frees it.  Functions for keys change the
 * view, and the loop draws it.
 */
#ifndef KRTASK_TUI_SCREEN_VIEW_H
#define KRTASK_TUI_SCREEN_VIEW_H

#include <stdbool.h>

#include "tui/screen/terminal.h"

struct app;
struct edit;
struct view;

/* A row of a table of keys.  The key line and the help are made from it. */
struct key {
	int codes[4];      /* characters or enum terminal_key, 0 after the last */
	const char *name;  /* for people: "PgUp" */
	const char *label; /* in the key line, or "in a long line|in a short one"; NULL: only in the help */
	const char *help;  /* NULL: the help of the row before it covers this key */
	void (*run)(struct view *view);
	bool on_task; /* it is for the selected task, which must be known */
};

/* All functions except draw may be NULL. */
struct view_class {
	const char *title;      /* in the help */
	const struct key *keys; /* ended by a row without codes */
	bool overlay;           /* it is drawn above the view below it, which stays visible */
	void (*draw)(struct view *view);
	void (*shown)(struct view *view); /* what was drawn is on the terminal */
	void (*type)(struct view *view, const struct terminal_event *event); /* any other key */
	void (*mouse)(struct view *view, const struct terminal_event *event);
	/* The line that the user is editing, which also takes pasted text; NULL: none. */
	struct edit *(*line)(struct view *view);
	const char *opens;                    /* the keys that open such a line, as characters; NULL: none */
	bool (*interrupt)(struct view *view); /* Ctrl-C; true: it was handled.  NULL: the same as Esc */
	void (*resize)(struct view *view);
	void (*turn)(struct view *view); /* before each drawing */
	void (*news)(struct view *view); /* tasks have changed */
	/* Milliseconds until its content changes with time alone; -1: never. */
	int (*wait)(const struct view *view);
	bool (*due)(const struct view *view); /* true: the selected task will soon be known */
	/* false: it changed by itself, and the terminal has not shown that yet; NULL: it does not change */
	bool (*knows)(const struct view *view);
	bool (*holds)(
		const struct view *view);   /* true: a question is about to open, and no key may act before */
	void (*release)(struct view *view); /* frees what it owns; then the view itself is freed */
};

struct view {
	const struct view_class *class;
	struct app *app;
	struct view *below; /* NULL: this is the lowest */
};

#endif
