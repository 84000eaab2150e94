/*
 * The screen as a whole: the stack of views, and what all views use: the server, the configuration, and the
 * message line.
 */
#ifndef KRTASK_TUI_SCREEN_APP_H
#define KRTASK_TUI_SCREEN_APP_H

#include <stdint.h>

#include "engine/task/task.h"
#include "engine/wire/client/client.h"
#include "tui/confirm/confirm.h"
#include "tui/screen/feed.h"
#include "tui/screen/view.h"

struct arguments;
struct form_kept;
struct host;
struct typed_command;
struct table_view;

struct app {
	const struct arguments *arguments; /* from the command line and the configuration, for commands */
	struct confirm_options options;
	struct host *hosts; /* the servers (host.h) */
	size_t host_count;
	struct host *host;             /* the current one: that of the selected row */
	struct feed *feed;             /* its feed */
	struct feed_gate gate;         /* for the connections of several */
	struct pollfd *ready;          /* for all that is waited for */
	struct typed_command *command; /* runs lines of the batch language */

	struct view *top;         /* of the stack; overlays are above all others */
	struct table_view *table; /* the lowest view */

	struct terminal_event held; /* a key for a task that is not known yet; later keys wait, too */
	int64_t held_until;         /* 0: no key waits */

	char *message; /* NULL: none */
	bool message_bad;
	bool message_is_news; /* it is what servers said: host_tell_news() */
	char *notice; /* a message for an overlay, which covers the other, until the next key; NULL: none */
	bool asking;  /* a question was opened but is not on the terminal yet; no key may answer it */
	bool asked;   /* it was drawn, and the terminal has not answered yet */
	bool resting; /* somebody types elsewhere, as the terminal says */
	int64_t drawn_at;
	char copied[TASK_ID_MAX + 1]; /* the task whose menu of copies was opened last */
	struct host *copied_host;     /* its server */
	struct form_kept *kept;       /* of forms that were left (form_recall.h); NULL: nothing */
	size_t forms;                 /* that were opened */
	bool quit;
	char *failure; /* why it quits by itself, for standard error */
	int status;    /* exit status */
};

/* Milliseconds since boot: nobody sets that clock. */
int64_t app_now(void);

/* Puts a view of this class onto the stack: the first member of a block that app_close() frees. */
void app_open(struct app *app, struct view *view, const struct view_class *class);
/* Closes a view anywhere in the stack, except the lowest one. */
void app_close(struct view *view);
/* All views, from the top down. */
void app_release_views(struct app *app);
/* The highest view that is not an overlay. */
struct view *app_view(const struct app *app);
/* The highest view of this class; NULL: none is open. */
struct view *app_find(const struct app *app, const struct view_class *class);

/* Shows a message, and takes over the malloc'ed text.  NULL removes the message. */
void app_say(struct app *app, char *text, bool bad);
/* Tells why typed or pasted input was not accepted.  Takes over the text. */
void app_input_error(struct app *app, char *text);
/* The message of an error reply, malloc'ed; NULL: it is not an error. */
char *app_error(const struct client_reply *reply);
/* Says why a call has no result: an error, or NULL, since the connection was lost. */
void app_say_failure(struct app *app, const struct client_reply *reply);

/* True if a call has no result, which is then said.  Here, so that analyzers see that the reply is not NULL otherwise. */
static inline bool app_failed(struct app *app, const struct client_reply *reply)
{
	if (reply && !reply->error)
		return false;
	app_say_failure(app, reply);
	return true;
}

/* Calls the functions of all views. */
void app_draw(struct app *app);
void app_shown(struct app *app);
void app_resize(struct app *app);
void app_turn(struct app *app);
void app_news(struct app *app);
int app_wait(const struct app *app);

#endif
