/*
 * What the parts of the screen share: the connections, the table, the action under way, and the stack of
 * views.
 */
#ifndef KRTASK_TUI_SCREEN_APP_H
#define KRTASK_TUI_SCREEN_APP_H

#include <stdbool.h>
#include <stdint.h>

#include "tui/screen/interpreter.h"
#include "tui/screen/link.h"
#include "tui/screen/terminal.h"
#include "tui/view/action.h"
#include "tui/view/columns.h"
#include "tui/view/dialog.h"
#include "tui/view/edit.h"
#include "tui/view/form.h"
#include "tui/view/list.h"
#include "tui/view/pager.h"
#include "tui/view/tail.h"
#include "tui/view/tree.h"

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
	void (*type)(struct app *app, const struct terminal_event *event);  /* keys not bound; NULL: none */
};

extern const struct view table_view, log_view, details_view, help_view, what_if_view, command_view, form_view,
	sort_view, family_view;

enum { VIEWS_MAX = 8 };

/* Output that is scrolled through. */
struct lines {
	struct tail tail;
	int left; /* first column visible */
};

/* What a line at the bottom is asked for. */
enum prompt_kind { PROMPT_COMMAND, PROMPT_SEARCH, PROMPT_FILTER, PROMPT_KINDS };

/* A command has ended; output, its first line, is malloc'ed and taken over. */
typedef void command_over(struct app *app, int status, char *output);

struct app {
	const struct address *address;
	const struct arguments *arguments; /* of the command line and the configuration, for commands */
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

	char *search;        /* what was searched for last; NULL: nothing yet */
	json_t *matches;     /* of a search that is under way */
	bool seeking;        /* the server has been asked for the task that is to be selected */
	enum column_id sort; /* COLUMN_COUNT: order of creation */
	int sort_cursor;

	struct tree tree;
	size_t tree_cursor;
	bool tree_asked; /* a List for it is outstanding */

	bool prompting; /* a line is being asked for */
	enum prompt_kind prompt;
	struct edit edit;
	struct history histories[PROMPT_KINDS];

	struct form form;
	bool form_starts; /* the task that is being made is started, too */

	struct interpreter interpreter;
	char *command;       /* the one that is running, or ran last */
	struct lines output; /* of it */
	command_over *command_over;
	int command_status;
	bool asking_command; /* the question on the screen is the command's */
	bool question_due;   /* and this one waits for another to be answered */
	enum confirm_operation question;
	char question_target[TASK_ID_MAX + 1];

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

#define CONTROL(letter) ((letter)&0x1f)

/* keys.c */
const struct key *keys_find(const struct view *view, int code); /* NULL: the key does nothing here */
void keys_draw(const struct key *keys, int y);
void keys_help(const char *title, const struct key *keys, struct pager *pager);

/* act.c: Start, Cancel, Remove on the tagged tasks, else the selected one. */
void act_begin(struct app *app, enum confirm_operation operation, bool kill);
void act_answer(struct app *app, enum confirm_choice choice);

/* After another question was answered. */
void act_go_on(struct app *app);

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

/* Selects the task, when the server has told where it is. */
void feed_select(struct app *app, const char *id);

/* Asks for the list anew, as its query is now. */
void feed_anew(struct app *app);
bool feed_connected(const struct app *app);

/* find.c: searching, filtering, sorting. */
void find_search(struct app *app, const char *text); /* "": the same again */
void find_filter(struct app *app, const char *text); /* "": all tasks */
void find_sort_left(struct app *app);
void find_sort_right(struct app *app);
void find_sort_open(struct app *app);

/* family.c: the tree of parents and children. */
void family_open(struct app *app);
void family_refresh(struct app *app);

/* create.c: new tasks. */
void create_open(struct app *app);
void create_again(struct app *app); /* one like the selected one */

/* pages.c */
void details_open(struct app *app);
void details_refresh(struct app *app);
void help_open(struct app *app);
void what_if_open(struct app *app);

/* lines.c: output, and the keys that every view of it has. */
void lines_draw(struct lines *lines);
/* Where in it one is; over: nothing follows. */
void lines_place(const struct lines *lines, bool over, char *buf, size_t size);
void lines_up(struct app *app);
void lines_down(struct app *app);
void lines_page_up(struct app *app);
void lines_page_down(struct app *app);
void lines_home(struct app *app);
void lines_end(struct app *app);
void lines_left(struct app *app);
void lines_right(struct app *app);
void lines_mouse(struct app *app, const struct terminal_event *event);

#define LINES_KEYS                                                                                                \
	{ { TERMINAL_UP, 'k' }, "Up k", NULL, "a line up", lines_up, false },                                     \
		{ { TERMINAL_DOWN, 'j' }, "Down j", NULL, "a line down", lines_down, false },                     \
		{ { TERMINAL_PAGE_UP }, "PgUp", NULL, "a page up", lines_page_up, false },                        \
		{ { TERMINAL_PAGE_DOWN, ' ' }, "PgDn", NULL, "a page down (Space too)", lines_page_down, false }, \
		{ { TERMINAL_HOME }, "Home", NULL, "the first line that is kept", lines_home, false },            \
		{ { TERMINAL_END }, "End", NULL, "the end, following it", lines_end, false },                     \
		{ { TERMINAL_LEFT }, "Left", NULL, "to the left", lines_left, false },                            \
		{ { TERMINAL_RIGHT }, "Right", NULL, "to the right", lines_right, false },                        \
	{                                                                                                         \
		{ 0 }, NULL, NULL, NULL, NULL, false                                                              \
	}

/* prompt.c: a line at the bottom. */
void prompt_open(struct app *app, enum prompt_kind kind);
void prompt_close(struct app *app);
void prompt_key(struct app *app, const struct terminal_event *event);
void prompt_draw(struct app *app, int y);
extern const struct key prompt_keys[];
/* The keys of readline; false: it is none of them. */
bool edit_key(struct edit *edit, const struct history *history, const struct terminal_event *event);
/* The line in width columns from x on, with the cursor if it is there that the user types. */
void edit_draw(struct edit *edit, int y, int x, int width, bool cursor);
void edit_help(struct pager *pager);

/* command.c: lines of the batch language. */
void command_run(struct app *app, const char *line);
/* The same for one whose end is somebody's business.  False: it was not started, and the user was told. */
bool command_start(struct app *app, const char *line, command_over *over);
/* After poll(2), or at any time: takes what has come. */
void command_work(struct app *app);
/* The question that is due comes onto the screen when there is no other. */
void command_ask(struct app *app);
void command_answer(struct app *app, enum confirm_choice choice);
void command_interrupt(struct app *app);
void command_close(struct app *app);

/* log.c */
void log_open(struct app *app);
struct lines *log_lines(struct app *app);     /* while one is open */
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
