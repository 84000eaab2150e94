/*
 * What the parts of the screen share: the connections, the table, the action under way, and the stack of
 * views.
 */
#ifndef KRTASK_TUI_SCREEN_APP_H
#define KRTASK_TUI_SCREEN_APP_H

#include <stdbool.h>
#include <stdint.h>

#include "tui/screen/link.h"
#include "tui/screen/terminal.h"
#include "tui/view/action.h"
#include "tui/view/columns.h"
#include "tui/view/dialog.h"
#include "tui/view/list.h"
#include "tui/view/pager.h"

struct app;
struct log;

/* A row of a key table: what the key line and the help show is made from it. */
struct key {
	int codes[4];      /* characters or enum terminal_key, 0 behind the last */
	const char *name;  /* as it is written: "PgUp" */
	const char *label; /* in the key line; NULL: only in the help */
	const char *help;  /* NULL: with the key before it */
	void (*run)(struct app *app);
	bool on_task; /* it needs to know which task is selected */
};

/* A full screen of something.  Handlers change the app and leave drawing to the loop. */
struct view {
	const char *title;      /* in the help */
	const struct key *keys; /* ended by one without codes */
	void (*draw)(struct app *app);
	void (*mouse)(struct app *app, const struct terminal_event *event); /* NULL: none */
	void (*close)(struct app *app);                                     /* NULL: nothing to do */
};

extern const struct view table_view, log_view, details_view, help_view, what_if_view;

enum { VIEWS_MAX = 4 };

struct app {
	const struct address *address;
	struct confirm_options options;

	/*
	 * The window has a connection of its own, since its List never ends and would hold back all calls
	 * behind it.
	 */
	struct link window, calls;
	int64_t retry_at;  /* milliseconds of app_now(), when either is not connected */
	bool window_ended; /* its List is over: it must be closed, and opened anew */
	bool locating;     /* a Position is outstanding */

	struct list list;
	struct column_widths widths;

	struct action action;
	bool acting, asking; /* an action is under way; its question is on the screen */
	bool proceeding;     /* act.c is in the middle of it */
	struct dialog dialog;

	const struct view *views[VIEWS_MAX];
	int depth;
	struct pager details, help, what_if;
	char details_id[TASK_ID_MAX + 1];
	bool details_asked; /* a Get is outstanding */
	struct log *log;

	struct terminal_event held; /* a key on a task that is not known yet: it and those behind it wait */
	int64_t held_until;

	char *message; /* NULL: none */
	bool message_bad;
	bool quit;
	int status; /* exit status */
};

/* Milliseconds since 1970. */
int64_t app_now(void);
const struct view *app_view(const struct app *app);
bool app_has(const struct app *app, const struct view *view); /* it is open, perhaps below another */
void app_open(struct app *app, const struct view *view);
void app_leave(struct app *app); /* the view; the last one: the program */
/* Takes over the malloc'ed text; NULL takes the message away. */
void app_say(struct app *app, char *text, bool bad);
/* What an error answer says, malloc'ed; NULL where it is none. */
char *app_error(const struct client_reply *reply);

/* keys.c */
const struct key *keys_find(const struct view *view, int code); /* NULL: the key does nothing here */
void keys_draw(struct app *app, int y);
void keys_help(const struct view *view, struct pager *pager);

/* act.c: Start, Cancel, Remove on the tagged tasks, else the selected one. */
void act_begin(struct app *app, enum confirm_operation operation, bool kill);
void act_answer(struct app *app, enum confirm_choice choice);

/* ask.c: the dialog. */
void ask_draw(struct app *app);
void ask_key(struct app *app, const struct terminal_event *event);

/* feed.c: the connections of the table. */
int feed_open(struct app *app, enum client_start start, char **error);
void feed_close(struct app *app);
/* After poll(2): takes what has come. */
void feed_receive(struct app *app, bool window_ready, bool calls_ready);
/* After anything that may have moved the table: asks for what is missing. */
void feed_ask(struct app *app);
/* Tries again when it is time.  Milliseconds until then, -1: all is connected. */
int feed_retry(struct app *app);
bool feed_up(const struct app *app);

/* pages.c */
void details_open(struct app *app);
void details_refresh(struct app *app);
void help_open(struct app *app);
void what_if_open(struct app *app);

/* log.c */
void log_open(struct app *app);
struct link *log_link(const struct app *app); /* NULL: no log is open */
void log_work(struct app *app);
int log_retry(struct app *app); /* as feed_retry() */

/* draw.c: what all views have in common. */
void draw_title(const char *left, const char *right); /* line 0 of a page */
void draw_bottom(struct app *app);                    /* message and key line */
int draw_body_lines(void);                            /* between title and bottom of a page */
void draw_pager(struct app *app, struct pager *pager, const char *title);

/* table.c: whether the clock changes something visible. */
bool table_ticks(const struct app *app);
void table_resize(struct app *app);

#endif
