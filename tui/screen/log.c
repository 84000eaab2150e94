#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tui/screen/app.h"
#include "tui/text/alloc.h"

/* Lines asked for at first, milliseconds between attempts to reconnect. */
enum { FIRST_LINES = 2000, RETRY = 1000 };

struct log {
	struct link link;
	struct lines lines;
	char id[TASK_ID_MAX + 1];
	bool error_stream;
	bool began;   /* next is known: after a loss, go on there */
	int64_t next; /* byte of the stream */
	bool over;    /* nothing follows */
	char state[16];
	char *trouble; /* NULL: none */
	int64_t retry_at;
};

static void note_skipped(struct log *log, int64_t skipped)
{
	char note[80];

	if (skipped > 0) {
		snprintf(note, sizeof(note), "[%lld bytes were not kept]\n", (long long)skipped);
		tail_feed(&log->lines.tail, note, strlen(note));
	}
}

static void take(struct log *log, const json_t *reply)
{
	const json_t *data = json_object_get(reply, "data"), *state = json_object_get(reply, "state");
	void *bytes = NULL;
	size_t count = 0;

	note_skipped(log, json_integer_value(json_object_get(reply, "skipped")));
	if (json_is_string(data) &&
	    !base64_decode(json_string_value(data), json_string_length(data), &bytes, &count))
		tail_feed(&log->lines.tail, bytes, count);
	free(bytes);
	log->next = json_integer_value(json_object_get(reply, "next"));
	log->began = true;
	if (json_is_string(state))
		snprintf(log->state, sizeof(log->state), "%s", json_string_value(state));
}

static void answer(void *ctx, size_t tag, const struct client_reply *reply)
{
	struct log *log = ctx;

	(void)tag;
	if (!reply) {
		log->retry_at = app_now() + RETRY / 4;
		return;
	}
	free(log->trouble);
	log->trouble = app_error(reply);
	if (!reply->error)
		take(log, reply->parameters);
	log->over = !reply->continues;
}

static void request(struct log *log)
{
	struct jsonw params = JSONW_INIT;

	jsonw_object(&params);
	jsonw_key(&params, "id");
	jsonw_string(&params, log->id);
	jsonw_key(&params, "stream");
	jsonw_string(&params, log->error_stream ? "stderr" : "stdout");
	jsonw_key(&params, log->began ? "offset" : "tail");
	jsonw_int(&params, log->began ? log->next : FIRST_LINES);
	jsonw_end_object(&params);
	link_send(&log->link, "Log", &params, true, answer, log, 0);
}

static void log_connect(struct app *app)
{
	struct log *log = app->log;
	char *error = NULL;

	if (link_open(&log->link, app->address, CLIENT_START_NEVER, &error) == 0) {
		request(log);
		return;
	}
	free(log->trouble);
	log->trouble = error;
	log->retry_at = app_now() + RETRY;
}

int log_retry(struct app *app)
{
	int64_t now = app_now();

	if (!app->log || app->log->over || link_up(&app->log->link))
		return -1;
	if (now >= app->log->retry_at)
		log_connect(app);
	if (link_up(&app->log->link))
		return -1;
	return app->log->retry_at > now ? (int)(app->log->retry_at - now) : 0;
}

struct link *log_link(const struct app *app)
{
	return app->log ? &app->log->link : NULL;
}

void log_work(struct app *app)
{
	link_receive(&app->log->link);
	if (app->log->over)
		link_close(&app->log->link);
}

static void log_close(struct app *app)
{
	link_close(&app->log->link);
	tail_release(&app->log->lines.tail);
	free(app->log->trouble);
	free(app->log);
	app->log = NULL;
}

void log_open(struct app *app)
{
	const struct window_row *row = list_selected(&app->list);
	bool details = app_view(app) == &details_view;

	if ((!row && !details) || app->log)
		return;
	app->log = alloc_zero(1, sizeof(*app->log));
	snprintf(app->log->id, sizeof(app->log->id), "%s", details ? app->details_id : row->id);
	tail_init(&app->log->lines.tail);
	app_open(app, &log_view);
	log_connect(app);
}

static void draw_status(const struct log *log)
{
	char left[160], right[80];

	snprintf(left, sizeof(left), "Task %s  %s  %s", log->id,
	         log->error_stream ? "standard error" : "standard output", log->state);
	lines_place(&log->lines, log->over, right, sizeof(right));
	draw_title(left, right);
}

static void log_draw(struct app *app)
{
	struct log *log = app->log;

	lines_draw(&log->lines);
	draw_status(log);
	if (tail_end(&log->lines.tail) == 0 && (log->over || log->began))
		terminal_put(1, 0, STYLE_DIM,
		             log->over ? "It has printed nothing." : "It has printed nothing yet.");
	draw_bottom(app);
	if (log->trouble)
		terminal_put(terminal_lines() > 2 ? 1 : 0, 0, STYLE_BANNER, log->trouble);
}

struct lines *log_lines(struct app *app)
{
	return &app->log->lines;
}

static void key_follow(struct app *app)
{
	tail_follow(&app->log->lines.tail, !app->log->lines.tail.follow);
}

static void key_stream(struct app *app)
{
	struct log *log = app->log;

	link_close(&log->link);
	tail_release(&log->lines.tail);
	tail_init(&log->lines.tail);
	log->error_stream = !log->error_stream;
	log->began = log->over = false;
	log_connect(app);
}

static const struct key log_keys[] = {
	{ { '?', TERMINAL_F1 }, "?", "Help", "this help (F1 too)", help_open, false },
	{ { 'q', TERMINAL_ESCAPE, TERMINAL_F10 }, "q", "Back", "leave the log (Esc too)", app_leave, false },
	{ { 'f' }, "f", "Follow", "follow the end, or stay", key_follow, false },
	{ { 'e' }, "e", "Error", "standard error instead of output, and back", key_stream, false },
	LINES_KEYS,
};

const struct view log_view = {
	.title = "Log",
	.keys = log_keys,
	.draw = log_draw,
	.mouse = lines_mouse,
	.close = log_close,
};
