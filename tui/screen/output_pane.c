#include "tui/screen/output_pane.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tui/fields/decode.h"
#include "tui/fields/format.h"
#include "tui/screen/app.h"
#include "tui/screen/host.h"
#include "tui/text/cells.h"
#include "tui/text/screen_messages.h"
#include "tui/text/text.h"

/*
 * From so many lines on, the pane has a third of them; on a shorter terminal it is one line, and on a small one it is
 * not there.
 */
enum { PANE_TALL = 30, PANE_LEAST = 12 };

/* Milliseconds that a task must be selected before it is read; bytes that are read so that their lines are counted. */
enum { PANE_REST = 80, PANE_COUNT_MAX = 1 << 20 };

/* Columns of a command in the heading: with fewer it says nothing; those around it. */
enum { COMMAND_MIN = 10, COMMAND_AROUND = 6 };

static const char *const output_pane_streams[OUTPUT_PANE_STREAMS] = { "stdout", "stderr" };

void output_pane_open(struct output_pane *pane, struct app *app)
{
	*pane = (struct output_pane){ .app = app };
	excerpt_init(&pane->excerpt);
}

void output_pane_close(struct output_pane *pane)
{
	if (pane->feed)
		feed_forget(pane->feed, pane);
	excerpt_release(&pane->excerpt);
}

int output_pane_lines(const struct output_pane *pane, int lines)
{
	if (pane->off || lines < PANE_LEAST)
		return 0;
	return lines < PANE_TALL ? 1 : lines / 3;
}

/* Forgets what was read.  Replies that are on their way are dropped. */
static void output_pane_anew(struct output_pane *pane)
{
	excerpt_clear(&pane->excerpt);
	pane->generation++;
	pane->asked = 0;
	pane->shown = 0;
	pane->attempt = 0;
	pane->sizes[0] = pane->sizes[1] = -1;
}

static void output_pane_call(struct output_pane *pane, int stream, const char *key, int64_t value,
                             channel_answer *answer)
{
	struct jsonw params = JSONW_INIT;

	jsonw_object(&params);
	jsonw_key(&params, "id");
	jsonw_string(&params, pane->id);
	jsonw_key(&params, "stream");
	jsonw_string(&params, output_pane_streams[stream]);
	jsonw_key(&params, key);
	jsonw_int(&params, value);
	jsonw_end_object(&params);
	pane->asked++;
	feed_call(pane->feed, "Log", &params, answer, pane,
	          pane->generation * OUTPUT_PANE_STREAMS + (size_t)stream);
}

static int64_t output_pane_number(const struct client_reply *reply, const char *name)
{
	return json_integer_value(json_object_get(reply->parameters, name));
}

/* False: the reply is about something else.  After an error, the next news of the task is waited for. */
static bool output_pane_takes(struct output_pane *pane, size_t tag, const struct client_reply *reply)
{
	if (tag / OUTPUT_PANE_STREAMS != pane->generation)
		return false;
	pane->asked--;
	if (reply && !reply->error)
		return true;
	output_pane_anew(pane);
	pane->stale |= !reply;
	return false;
}

static void output_pane_read(struct output_pane *pane);

static void output_pane_got(void *ctx, size_t tag, const struct client_reply *reply)
{
	struct output_pane *pane = ctx;
	const json_t *data;
	void *bytes = NULL;
	size_t count = 0;

	if (!output_pane_takes(pane, tag, reply))
		return;
	data = json_object_get(reply->parameters, "data");
	if (!json_is_string(data) ||
	    !decode_bytes(json_string_value(data), json_string_length(data), &bytes, &count))
		return;
	excerpt_put(&pane->excerpt, output_pane_number(reply, "next") - (int64_t)count, bytes, count);
	free(bytes);
	if (count > 0 && pane->excerpt.end < pane->sizes[pane->shown])
		output_pane_read(pane);
}

/* Reads what has been added, or, if that is much, the end of it. */
static void output_pane_read(struct output_pane *pane)
{
	int64_t size = pane->sizes[pane->shown], from = pane->excerpt.end;

	if (size < from) { /* it was truncated */
		excerpt_clear(&pane->excerpt);
		from = 0;
	}
	if (size - from > PANE_COUNT_MAX)
		from = size - EXCERPT_BYTES;
	if (size > from)
		output_pane_call(pane, pane->shown, "offset", from, output_pane_got);
}

/* A task that has failed shows its errors.  A stream without anything shows the other. */
static void output_pane_choose(struct output_pane *pane)
{
	int stream = pane->state == TASK_FAILED;

	if (pane->sizes[stream] <= 0 && pane->sizes[!stream] > 0)
		stream = !stream;
	if (stream != pane->shown)
		excerpt_clear(&pane->excerpt);
	pane->shown = stream;
}

static void output_pane_sized(void *ctx, size_t tag, const struct client_reply *reply)
{
	struct output_pane *pane = ctx;
	int64_t attempt;

	if (!output_pane_takes(pane, tag, reply))
		return;
	attempt = output_pane_number(reply, "attempt");
	if (pane->attempt && attempt != pane->attempt)
		excerpt_clear(&pane->excerpt);
	pane->attempt = attempt;
	pane->sizes[tag % OUTPUT_PANE_STREAMS] = output_pane_number(reply, "next");
	if (pane->asked)
		return;
	output_pane_choose(pane);
	output_pane_read(pane);
}

static void output_pane_select(struct output_pane *pane, const struct window_row *row)
{
	bool first = !pane->number;

	output_pane_anew(pane);
	pane->feed = pane->app->feed;
	pane->number = row ? row->number : 0;
	pane->stale = true;
	pane->received = -1;
	pane->due = first ? 0 : app_now() + PANE_REST;
	snprintf(pane->id, sizeof(pane->id), "%s", row ? row->id : "");
}

static bool output_pane_ready(const struct output_pane *pane)
{
	return pane->number && pane->stale && !pane->asked && pane->state != TASK_CREATED &&
	       channel_up(&pane->feed->calls);
}

void output_pane_turn(struct output_pane *pane, const struct window_row *row, int lines)
{
	if (lines < 1)
		row = NULL;
	if ((row ? row->number : 0) != pane->number || (row && pane->feed != pane->app->feed))
		output_pane_select(pane, row);
	if (!row)
		return;
	pane->stale |= row->received != pane->received || row->state != pane->state;
	pane->received = row->received;
	pane->state = row->state;
	if (!output_pane_ready(pane) || app_now() < pane->due)
		return;
	pane->stale = false;
	for (int stream = 0; stream < OUTPUT_PANE_STREAMS; stream++)
		output_pane_call(pane, stream, "tail", 0, output_pane_sized);
}

int output_pane_wait(const struct output_pane *pane)
{
	int64_t now = app_now();

	if (!output_pane_ready(pane))
		return -1;
	return pane->due > now ? (int)(pane->due - now) : 0;
}

/* --- drawing */

static void output_pane_add_rule(struct text *text, size_t columns)
{
	const char *rule = cells_plain() ? " " : cells_in_utf8() ? "─" : "-";

	for (size_t i = 0; i < columns; i++)
		text_add_string(text, rule);
}

static void output_pane_add_part(struct text *text, const char *part)
{
	text_add_string(text, part);
	text_add(text, " ", 1);
	output_pane_add_rule(text, 1);
	text_add(text, " ", 1);
}

/* "line 212/212", or how long the output is. */
static void output_pane_place(const struct output_pane *pane, char *buf, size_t size)
{
	int64_t lines = excerpt_lines(&pane->excerpt);
	char bytes[FORMAT_SHORT];

	if (lines >= 0) {
		snprintf(buf, size, MSG_TAIL_LINE, (long long)lines, (long long)lines);
		return;
	}
	format_bytes(pane->excerpt.end, bytes, sizeof(bytes));
	snprintf(buf, size, MSG_TAIL_SIZE, bytes);
}

/* The command, cut, if there is room for enough of it before the place. */
static void output_pane_add_command(struct text *text, const char *command, size_t right)
{
	size_t columns = (size_t)terminal_columns(), used = cells_width(text->data) + right + COMMAND_AROUND;
	char part[1024];

	if (!*command || used + COMMAND_MIN > columns)
		return;
	cells_fit(command, columns - used, part, sizeof(part));
	output_pane_add_rule(text, 1);
	text_format(text, " %s ", part);
}

static void output_pane_draw_heading(const struct output_pane *pane, const char *name, const char *command,
                                     int y)
{
	size_t columns = (size_t)terminal_columns(), used, right;
	struct text text = TEXT_INIT;
	char part[256], place[64] = "", *id = host_id(pane->app->host, pane->id);

	output_pane_add_rule(&text, 2);
	snprintf(part, sizeof(part), " %s %s", id, name);
	output_pane_add_part(&text, part);
	snprintf(part, sizeof(part), "%s (%s: %lld)", output_pane_streams[pane->shown],
	         output_pane_streams[!pane->shown],
	         (long long)(pane->sizes[!pane->shown] < 0 ? 0 : pane->sizes[!pane->shown]));
	output_pane_add_part(&text, part);
	if (!task_state_terminal(pane->state) && pane->state != TASK_CREATED)
		output_pane_add_part(&text, MSG_TAIL_FOLLOWING);
	text_add_string(&text, MSG_TAIL_WRAP " ");
	output_pane_place(pane, place, sizeof(place));
	right = cells_width(place) + 4;
	output_pane_add_command(&text, command, right);
	used = cells_width(text.data);
	output_pane_add_rule(&text, used + right < columns ? columns - used - right : 0);
	if (used + right < columns) {
		text_format(&text, " %s ", place);
		output_pane_add_rule(&text, 1);
	}
	terminal_put(y, 0, STYLE_DIM, text.data);
	terminal_put(y, 3, STYLE_STRONG, id);
	text_release(&text);
	free(id);
}

static void output_pane_draw_nothing(const struct output_pane *pane, int y)
{
	char text[128];

	if (pane->state != TASK_CREATED && (pane->sizes[0] < 0 || pane->sizes[1] < 0))
		return;
	snprintf(text, sizeof(text), task_state_terminal(pane->state) ? MSG_LOG_NONE : MSG_LOG_NONE_YET,
	         task_state_name(pane->state));
	terminal_put(y, 1, STYLE_DIM, text);
}

static void output_pane_draw_row(struct output_pane *pane, const struct excerpt_row *row, int y, int x)
{
	const struct printed *printed = &pane->excerpt.printed;
	size_t end = excerpt_print(&pane->excerpt, row, (size_t)(terminal_columns() - x));

	for (size_t i = row->column; i < end; i++) {
		if (printed->cells[i].columns)
			terminal_glyph(y, x + (int)(i - row->column), &printed->cells[i].sgr,
			               printed->cells[i].text);
	}
}

/* The last line of the output itself; what the list says of it until it was read. */
static void output_pane_draw_line(struct output_pane *pane, const struct window_row *row, int y)
{
	bool read = row && pane->number == row->number;

	if (read)
		excerpt_layout_last(&pane->excerpt);
	if (read && pane->excerpt.count)
		output_pane_draw_row(pane, &pane->excerpt.rows[0], y, 1);
	else if (row && row->said)
		terminal_put(y, 1, STYLE_DIM, row->said);
}

void output_pane_draw(struct output_pane *pane, const struct window_row *row, const char *name,
                      const char *command, int y, int lines)
{
	struct excerpt *excerpt = &pane->excerpt;

	if (lines == 1)
		output_pane_draw_line(pane, row, y);
	if (lines < 2 || !pane->number)
		return;
	output_pane_draw_heading(pane, name, command, y);
	excerpt_layout(excerpt, (size_t)terminal_columns(), (size_t)lines - 1);
	for (size_t i = 0; i < excerpt->count; i++)
		output_pane_draw_row(pane, &excerpt->rows[i], y + 1 + (int)i, 0);
	if (!excerpt->count)
		output_pane_draw_nothing(pane, y + 1);
}
