#include "tui/view/news.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/task/signals.h"
#include "tui/fields/format.h"
#include "tui/text/alloc.h"
#include "tui/text/messages.h"
#include "tui/text/text.h"

void news_init(struct news *news, const char *server)
{
	*news = (struct news){ .server = server, .cursor = -1 };
}

void news_release(struct news *news)
{
	json_decref(news->items);
	news_init(news, news->server);
}

void news_request(const struct news *news, int64_t rows, struct jsonw *params)
{
	jsonw_object(params);
	jsonw_key(params, "rows");
	jsonw_int(params, rows);
	if (news->cursor >= 0) {
		jsonw_key(params, "after");
		jsonw_int(params, news->cursor);
	}
	jsonw_end_object(params);
}

static const char *news_text(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

void news_take(struct news *news, const json_t *reply)
{
	const json_t *list = json_object_get(reply, "news");
	json_t *item;
	size_t i;

	if (!news->items)
		news->items = json_array();
	if (!news->items)
		alloc_failed();
	json_array_foreach((json_t *)list, i, item)
	{
		int state = task_state_parse(news_text(json_object_get(item, "task"), "state"));

		if (state < 0)
			continue;
		json_array_append(news->items, item);
		news->counts[state]++;
	}
	news->cursor = json_integer_value(json_object_get(reply, "cursor"));
	news->left = json_is_true(json_object_get(reply, "left"));
}

size_t news_count(const struct news *news)
{
	return json_array_size(news->items);
}

/* Its last error, or what its status does not say; NULL: neither. */
static const char *news_error(const json_t *item)
{
	const json_t *task = json_object_get(item, "task");
	const char *error = json_string_value(json_object_get(item, "lastError"));
	const char *message = news_text(json_object_get(task, "progress"), "statusMessage");

	if (error)
		return error;
	return strcmp(news_text(task, "state"), task_state_name(TASK_COMPLETED)) != 0 &&
	                       format_says_more(message)
	               ? message
	               : NULL;
}

/* The latest one that failed; NULL: none has. */
static const json_t *news_latest_failed(const struct news *news)
{
	for (size_t i = news_count(news); i-- > 0;) {
		const json_t *item = json_array_get(news->items, i);

		if (strcmp(news_text(json_object_get(item, "task"), "state"), task_state_name(TASK_FAILED)) ==
		    0)
			return item;
	}
	return NULL;
}

/* Times are UTC, so their texts are in the same order. */
static bool news_is_later(const json_t *item, const json_t *than)
{
	return strcmp(news_text(json_object_get(item, "task"), "completedAt"),
	              news_text(json_object_get(than, "task"), "completedAt")) > 0;
}

void news_add_up(struct news_sum *sum, const struct news *news)
{
	const json_t *failed = news_latest_failed(news);

	for (size_t state = 0; state < TASK_STATE_COUNT; state++)
		sum->counts[state] += news->counts[state];
	sum->left |= news->left;
	if (failed && (!sum->failed || news_is_later(failed, sum->failed))) {
		sum->failed = failed;
		sum->server = news->server;
	}
}

/* "7" or "a:7"; malloc'ed. */
static char *news_id(const char *server, const json_t *item)
{
	return alloc_format("%s%s%s", server ? server : "", server ? ":" : "",
	                    news_text(json_object_get(item, "task"), "id"));
}

static void news_add_failed(struct text *strip, const struct news_sum *sum)
{
	const char *error = news_error(sum->failed);
	char *id = news_id(sum->server, sum->failed);

	text_format(strip, "; %s %s%s%s", id, news_text(json_object_get(sum->failed, "task"), "name"),
	            error ? ": " : "", error ? error : "");
	free(id);
}

char *news_strip(const struct news_sum *sum)
{
	static const enum task_state order[] = { TASK_FAILED, TASK_STOPPED, TASK_COMPLETED };
	const char *between = MSG_NEWS_STRIP " ";
	struct text strip = TEXT_INIT;

	for (size_t i = 0; i < sizeof(order) / sizeof(*order); i++) {
		if (sum->counts[order[i]] == 0)
			continue;
		text_format(&strip, "%s%zu%s %s", between, sum->counts[order[i]], sum->left ? "+" : "",
		            task_state_name(order[i]));
		between = ", ";
	}
	if (sum->failed)
		news_add_failed(&strip, sum);
	return strip.data;
}

static void news_exit(const json_t *task, char *buf, size_t size)
{
	const json_t *code = json_object_get(task, "exitCode"), *number = json_object_get(task, "signal");

	snprintf(buf, size, "-");
	if (json_is_integer(code))
		snprintf(buf, size, "%" PRId64, (int64_t)json_integer_value(code));
	else if (json_is_integer(number))
		snprintf(buf, size, "%s", signal_name((int)json_integer_value(number)));
}

static void news_add(const struct news *news, const json_t *item, struct pager *pager)
{
	const json_t *task = json_object_get(item, "task");
	const char *state = news_text(task, "state"), *error = news_error(item);
	char status[24], ended[FORMAT_SHORT] = "-", *line, *id;
	enum style style = STYLE_STATE + (enum style)task_state_parse(state);

	news_exit(task, status, sizeof(status));
	if (*news_text(task, "completedAt"))
		format_time(news_text(task, "completedAt"), ended, sizeof(ended));
	line = alloc_format("%-9s %4s  %s  %s", state, status, ended, news_text(task, "name"));
	id = news_id(news->server, item);
	pager_add(pager, STYLE_KEY, id, style, line);
	free(id);
	free(line);
	if (error)
		pager_add(pager, STYLE_NORMAL, " ", STYLE_NORMAL, error);
}

void news_fill(struct news *news, struct pager *pager)
{
	for (; news->written < news_count(news); news->written++)
		news_add(news, json_array_get(news->items, news->written), pager);
}
