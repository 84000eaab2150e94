/*
 * What is on the screen: a stack of views.  Each has its state in a struct of its own, of which struct view
 * is the first member, and one const struct view_class that says what it can do.
 *
 * A view is opened by a function of its own, by app_open() in the end, and is gone after app_close().
 * Handlers change the view and leave drawing to the loop.
 */
#ifndef KRTASK_TUI_SCREEN_VIEW_H
#define KRTASK_TUI_SCREEN_VIEW_H

#include <stdbool.h>

#include "tui/screen/terminal.h"

struct app;
struct edit;
struct view;

/* A row of a key table: what the key line and the help show is made from it. */
struct key {
	int codes[4];      /* characters or enum terminal_key, 0 behind the last */
	const char *name;  /* as it is written: "PgUp" */
	const char *label; /* in the key line; NULL: only in the help */
	const char *help;  /* NULL: with the key before it */
	void (*run)(struct view *view);
	bool on_task; /* it needs to know which task is selected */
};

/* All but keys and draw may be NULL: nothing is to be done. */
struct view_class {
	const char *title;      /* in the help */
	const struct key *keys; /* ended by one without codes */
	bool overlay;           /* it stands above the view below it, and the screen shows both */
	void (*draw)(struct view *view);
	void (*type)(struct view *view, const struct terminal_event *event); /* keys that are not bound */
	void (*mouse)(struct view *view, const struct terminal_event *event);
	/* The line that the user types in, NULL: none at the moment.  It takes what is pasted. */
	struct edit *(*line)(struct view *view);
	const char *opens;                    /* characters of keys that open one; NULL: none does */
	bool (*interrupt)(struct view *view); /* Ctrl-C; true: it was about this view.  NULL: as Esc */
	void (*resize)(struct view *view);
	void (*turn)(struct view *view); /* before each drawing */
	void (*news)(struct view *view); /* something about tasks is new */
	/* Milliseconds until it looks different by the clock alone, -1: never. */
	int (*wait)(const struct view *view);
	bool (*due)(const struct view *view); /* which task is selected will be known in a moment */
	void (*release)(struct view *view);   /* what it holds; it is freed after that */
};

struct view {
	const struct view_class *class;
	struct app *app;
	struct view *below; /* NULL: it is the lowest */
};

#endif
