#include "tui/screen/log_view.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/task/task.h"
#include "tui/screen/app.h"
#include "tui/screen/draw.h"
#include "tui/screen/help_view.h"
#include "tui/screen/lines.h"
#include "tui/text/alloc.h"
#include "tui/text/messages.h"

/* The number of lines of the first request. */
enum { FIRST_LINES = 2000 };

struct log_view {
	struct lines_view base;
	struct channel channel; /* for Log, which goes on until the task ends */
	struct lines lines;
	char id[TASK_ID_MAX + 1];
	bool error_stream;
	bool began;   /* next is known: after a loss, go on there */
	int64_t next; /* byte of the stream, of that attempt */
	int64_t attempt;
	bool over; /* no more output will come */
	char state[16];
	char *error; /* what the server said instead; NULL: it did not */
};

static void log_view_note_skipped(struct log_view *log, int64_t skipped)
{
	char note[80];

	if (skipped > 0) {
		snprintf(note, sizeof(note), MSG_LOG_CUT, (long long)skipped);
		tail_feed(&log->lines.tail, note, strlen(note));
	}
}

static void log_view_take(struct log_view *log, const json_t *reply)
{
	const json_t *data = json_object_get(reply, "data"), *state = json_object_get(reply, "state");
	void *bytes = NULL;
	size_t count = 0;

	log_view_note_skipped(log, json_integer_value(json_object_get(reply, "skipped")));
	if (json_is_string(data) &&
	    !base64_decode(json_string_value(data), json_string_length(data), &bytes, &count))
		tail_feed(&log->lines.tail, bytes, count);
	free(bytes);
	log->next = json_integer_value(json_object_get(reply, "next"));
	log->attempt = json_integer_value(json_object_get(reply, "attempt"));
	log->began = true;
	if (json_is_string(state))
		snprintf(log->state, sizeof(log->state), "%s", json_string_value(state));
}

static void log_view_answer(void *ctx, size_t tag, const struct client_reply *reply)
{
	struct log_view *log = ctx;

	(void)tag;
	if (!reply)
		return; /* the request is sent again after a reconnect */
	free(log->error);
	log->error = app_error(reply);
	if (!reply->error)
		log_view_take(log, reply->parameters);
	log->over = !reply->continues;
	if (log->over)
		feed_rest(&log->channel);
}

static void log_view_request(void *ctx)
{
	struct log_view *log = ctx;
	struct jsonw params = JSONW_INIT;

	jsonw_object(&params);
	jsonw_key(&params, "id");
	jsonw_string(&params, log->id);
	jsonw_key(&params, "stream");
	jsonw_string(&params, log->error_stream ? "stderr" : "stdout");
	jsonw_key(&params, log->began ? "offset" : "tail");
	jsonw_int(&params, log->began ? log->next : FIRST_LINES);
	if (log->began && log->attempt > 0) {
		jsonw_key(&params, "attempt");
		jsonw_int(&params, log->attempt);
	}
	jsonw_end_object(&params);
	channel_send(&log->channel, "Log", &params, true, log_view_answer, log, 0);
}

static void log_view_release(struct view *view)
{
	struct log_view *log = (struct log_view *)view;

	feed_drop(&view->app->feed, &log->channel);
	tail_release(&log->lines.tail);
	free(log->error);
}

static void log_view_draw_status(const struct log_view *log)
{
	char left[160], right[80];

	snprintf(left, sizeof(left), "Task %s  %s  %s", log->id,
	         log->error_stream ? "standard error" : "standard output", log->state);
	lines_place(&log->lines, log->over, right, sizeof(right));
	draw_title(left, right);
}

/* The reason why there is no output, or no more of it; NULL: there is no problem. */
static const char *log_view_trouble(const struct log_view *log)
{
	if (log->error)
		return log->error;
	return channel_up(&log->channel) || log->over ? NULL : log->base.view.app->feed.trouble;
}

static void log_view_draw(struct view *view)
{
	struct log_view *log = (struct log_view *)view;
	const char *trouble = log_view_trouble(log);

	lines_draw(&log->lines);
	log_view_draw_status(log);
	if (tail_end(&log->lines.tail) == 0 && (log->over || log->began))
		terminal_put(1, 0, STYLE_DIM, log->over ? MSG_LOG_NONE : MSG_LOG_NONE_YET);
	draw_bottom(view);
	if (trouble)
		terminal_put(terminal_lines() > 2 ? 1 : 0, 0, STYLE_BANNER, trouble);
}

static void log_view_follow(struct view *view)
{
	struct tail *tail = &((struct log_view *)view)->lines.tail;

	tail_follow(tail, !tail->follow);
}

static void log_view_stream(struct view *view)
{
	struct log_view *log = (struct log_view *)view;

	tail_release(&log->lines.tail);
	tail_init(&log->lines.tail);
	log->error_stream = !log->error_stream;
	log->began = log->over = false;
	feed_again(&view->app->feed, &log->channel);
}

static const struct key log_view_keys[] = {
	{ { '?', TERMINAL_F1 }, "?", "Help", "show this help; also F1", help_view_open, false },
	{ { 'q', TERMINAL_ESCAPE, TERMINAL_F10 }, "q", "Back", "leave the log; also Esc", app_close, false },
	{ { 'f' }, "f", "Follow", "follow the end, or stay here", log_view_follow, false },
	{ { 'e' },
	  "e",
	  "Error",
	  "switch between standard output and standard error",
	  log_view_stream,
	  false },
	LINES_KEYS,
};

const struct view_class log_view_class = {
	.title = "Log",
	.keys = log_view_keys,
	.draw = log_view_draw,
	.mouse = lines_mouse,
	.release = log_view_release,
};

void log_view_open(struct app *app, const char *id)
{
	struct log_view *log = alloc_zero(1, sizeof(*log));

	snprintf(log->id, sizeof(log->id), "%s", id);
	tail_init(&log->lines.tail);
	log->base.lines = &log->lines;
	log->channel = (struct channel){ .connected = log_view_request, .ctx = log };
	app_open(app, &log->base.view, &log_view_class);
	feed_add(&app->feed, &log->channel);
}
