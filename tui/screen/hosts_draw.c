#include "tui/screen/hosts_draw.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tui/screen/app.h"
#include "tui/text/alloc.h"
#include "tui/text/candidates.h"
#include "tui/text/cells.h"
#include "tui/text/screen_messages.h"
#include "tui/text/text.h"
#include "tui/view/columns.h"
#include "tui/view/header.h"

/*
 * The dots and the names of servers have at most such a part of the width of the screen; columns between two parts of a head.
 * With fewer columns than HOST_ROOM there is none for both the server and the state of a task, and the state has precedence.
 */
enum { DOTS_PART = 3, HOST_PART = 5, HEAD_GAP = 2, HOST_ROOM = 24 };

/* What of each is in the header. */
enum hosts_form { HOSTS_NAMED, HOSTS_DOTS, HOSTS_COUNTED };

static const char *hosts_dot(enum host_state state)
{
	static const char *const dots[] = { [HOST_CONNECTING] = "◐", [HOST_UP] = "●", [HOST_DOWN] = "○" };
	static const char *const signs[] = { [HOST_CONNECTING] = "~", [HOST_UP] = "+", [HOST_DOWN] = "-" };

	return cells_in_utf8() ? dots[state] : signs[state];
}

static enum style hosts_style(enum host_state state)
{
	return STYLE_STATE + (state == HOST_UP     ? TASK_COMPLETED
	                      : state == HOST_DOWN ? TASK_FAILED
	                                           : TASK_QUEUED);
}

static enum hosts_form hosts_form(const struct app *app)
{
	size_t room = (size_t)terminal_columns() / DOTS_PART, names = 0;

	for (size_t i = 0; i < app->host_count; i++)
		names += cells_width(app->hosts[i].label) + 3;
	if (cells_plain())
		return HOSTS_COUNTED;
	return names <= room ? HOSTS_NAMED : app->host_count <= room / 2 ? HOSTS_DOTS : HOSTS_COUNTED;
}

/* "97 up, 3 down" */
static void hosts_count_text(const struct app *app, struct text *text)
{
	static const char *const words[] = {
		[HOST_UP] = "up", [HOST_CONNECTING] = "connecting", [HOST_DOWN] = "down"
	};
	static const enum host_state order[] = { HOST_UP, HOST_CONNECTING, HOST_DOWN };
	size_t counts[3] = { 0 };

	for (size_t i = 0; i < app->host_count; i++)
		counts[host_state(&app->hosts[i])]++;
	for (size_t i = 0; i < 3; i++) {
		enum host_state state = order[i];

		if (counts[state] && cells_plain())
			text_format(text, "%s%zu %s", text->length ? ", " : "", counts[state], words[state]);
		else if (counts[state])
			text_format(text, "%s%s%zu", text->length ? " " : "", hosts_dot(state),
			            counts[state]);
	}
}

void hosts_draw_text(const struct app *app, char buf[HOSTS_TEXT_SIZE])
{
	enum hosts_form form = hosts_form(app);
	struct text text = TEXT_INIT;

	if (form == HOSTS_COUNTED)
		hosts_count_text(app, &text);
	for (size_t i = 0; form != HOSTS_COUNTED && i < app->host_count; i++) {
		text_add_string(&text, form == HOSTS_NAMED && i ? " " : "");
		text_add_string(&text, hosts_dot(host_state(&app->hosts[i])));
		text_add_string(&text, form == HOSTS_NAMED ? app->hosts[i].label : "");
	}
	snprintf(buf, HOSTS_TEXT_SIZE, "%s", text.data ? text.data : "");
	text_release(&text);
}

bool hosts_draw_left_out(const struct app *app, char buf[HOSTS_TEXT_SIZE])
{
	struct text names = TEXT_INIT;

	for (size_t i = 0; i < app->host_count; i++) {
		if (host_left_out(&app->hosts[i]))
			candidates_list(&names, "", app->hosts[i].label);
	}
	snprintf(buf, HOSTS_TEXT_SIZE, "%s", names.data ? names.data : "");
	text_release(&names);
	return *buf;
}

void hosts_draw_dots(const struct app *app, int y)
{
	enum hosts_form form = hosts_form(app);
	int x = 0;

	for (size_t i = 0; form != HOSTS_COUNTED && i < app->host_count; i++) {
		enum host_state state = host_state(&app->hosts[i]);

		terminal_put(y, x, hosts_style(state), hosts_dot(state));
		x += 1 + (form == HOSTS_NAMED ? (int)cells_width(app->hosts[i].label) + 1 : 0);
	}
}

struct server_status hosts_draw_sum(const struct app *app)
{
	struct server_status sum = { .slots = 0 };
	bool limited = true;

	for (size_t i = 0; i < app->host_count; i++) {
		const struct server_status *status = &app->hosts[i].feed.status;

		if (host_state(&app->hosts[i]) != HOST_UP)
			continue;
		limited &= status->slots > 0;
		sum.slots += status->slots;
		sum.used += status->used;
		for (int state = 0; state < TASK_STATE_COUNT; state++)
			sum.tasks[state] += status->tasks[state];
	}
	sum.slots = limited ? sum.slots : 0;
	return sum;
}

int hosts_draw_width(const struct app *app)
{
	size_t width = strlen(MSG_HOST_HEADING), most = (size_t)terminal_columns() / HOST_PART;

	for (size_t i = 0; i < app->host_count; i++) {
		size_t label = cells_width(app->hosts[i].label);

		width = label > width ? label : width;
	}
	if (width > most)
		width = most;
	return width < strlen(MSG_HOST_HEADING) || terminal_columns() < HOST_ROOM ? 0 : (int)width + 1;
}

void hosts_draw_name(const struct host *host, int width, int y)
{
	char fitted[HOSTS_TEXT_SIZE];

	if (width == 0)
		return;
	cells_fit(host->label, (size_t)width - 1, fitted, sizeof(fitted));
	terminal_put(y, COLUMN_MARK_WIDTH, host_state(host) == HOST_UP ? STYLE_NORMAL : STYLE_DIM, fitted);
}

/* Adds a part at the place, if it fits. */
static int hosts_add_part(int y, int x, enum style style, const char *text)
{
	int left = terminal_columns() - x - HEAD_GAP;
	char fitted[HOSTS_TEXT_SIZE];

	if (!text || !*text || left < 4)
		return x;
	cells_fit(text, (size_t)left, fitted, sizeof(fitted));
	return terminal_put(y, x + HEAD_GAP, style, fitted);
}

static int hosts_draw_counts(const struct host *host, int y, int x)
{
	static const struct {
		enum shown shown;
		const char *one, *many;
		enum style style;
	} counts[] = {
		{ SHOWN_ACTIVE, "active", "active", STYLE_STATE + TASK_RUNNING },
		{ SHOWN_FAILED, "failed", "failed", STYLE_STATE + TASK_FAILED },
		{ SHOWN_ALL, "task", "tasks", STYLE_NORMAL },
	};
	const struct server_status *status = &host->feed.status;
	char text[64];

	for (size_t i = 0; i < sizeof(counts) / sizeof(*counts); i++) {
		long long count = header_count(status, counts[i].shown);

		snprintf(text, sizeof(text), "%lld %s", count,
		         text_plural(count, counts[i].one, counts[i].many));
		if (count || counts[i].shown == SHOWN_ALL)
			x = hosts_add_part(y, x, counts[i].style, text);
	}
	snprintf(text, sizeof(text), "%lld/%lld slots", (long long)status->used, (long long)status->slots);
	x = hosts_add_part(y, x, STYLE_DIM, status->slots > 0 ? text : NULL);
	return hosts_add_part(y, x, STYLE_NOTICE, status->paused ? MSG_SERVER_IS_PAUSED : NULL);
}

static void hosts_draw_trouble(const struct host *host, int y, int x)
{
	struct tm local = { 0 };
	char text[64] = MSG_HOST_CONNECTING;

	if (host_state(host) == HOST_DOWN) {
		localtime_r(&host->down_since, &local);
		strftime(text, sizeof(text), MSG_HOST_DOWN, &local);
	}
	x = hosts_add_part(y, x, hosts_style(host_state(host)), text);
	hosts_add_part(y, x, STYLE_DIM, host->feed.trouble);
}

/* The sign for folding, and the dot; what the dot says stands in words behind the name, too.  Returns the place of the name. */
static int hosts_draw_signs(const struct host *host, bool folded, int y)
{
	const char *sign = !cells_in_utf8() || cells_plain() ? folded ? "+" : "-" : folded ? "▸" : "▾";
	enum host_state state = host_state(host);

	terminal_put(y, 0, STYLE_KEY, sign);
	return cells_plain() ? 2 : terminal_put(y, 1, hosts_style(state), hosts_dot(state)) + 1;
}

void hosts_draw_head(const struct host *host, bool folded, bool selected, int y)
{
	enum host_state state = host_state(host);
	unsigned waiting = feed_waiting(&host->feed);
	char text[64];
	int x;

	if (selected)
		terminal_fill(y, 0, terminal_columns(), STYLE_SELECTED);
	terminal_highlight(selected);
	x = hosts_draw_signs(host, folded, y);
	x = terminal_put(y, x, STYLE_STRONG, host->label);
	if (state == HOST_UP)
		x = hosts_draw_counts(host, y, x);
	else
		hosts_draw_trouble(host, y, x);
	if (state == HOST_UP && waiting) {
		header_waiting(NULL, waiting, terminal_columns(), text, sizeof(text));
		hosts_add_part(y, x, STYLE_BANNER, text);
	}
	terminal_highlight(false);
}
