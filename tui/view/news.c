#include "tui/view/news.h"

#include <stdlib.h>
#include <string.h>

#include "tui/fields/format.h"
#include "tui/text/alloc.h"
#include "tui/text/screen_messages.h"
#include "tui/text/text.h"

/* Rows for what an older server does not count. */
enum { NEWS_LOOK = 200 };

void news_init(struct news *news, const char *server)
{
	*news = (struct news){ .server = server };
}

void news_release(struct news *news)
{
	json_decref(news->failed);
	news_init(news, news->server);
}

void news_request(struct jsonw *params)
{
	jsonw_object(params);
	jsonw_key(params, "rows");
	jsonw_int(params, NEWS_LOOK);
	jsonw_end_object(params);
}

const char *news_text(const json_t *item, const char *key)
{
	const char *text = json_string_value(json_object_get(json_object_get(item, "task"), key));

	return text ? text : "";
}

int news_state(const json_t *item)
{
	return task_state_parse(news_text(item, "state"));
}

/* Counts what an older server has sent. */
static void news_take_rows(struct news *news, const json_t *reply)
{
	const json_t *list = json_object_get(reply, "news");
	json_t *item;
	size_t i;

	json_array_foreach((json_t *)list, i, item)
	{
		int state = news_state(item);

		if (state < 0)
			continue;
		news->counts[state]++;
		if (state == TASK_FAILED) {
			json_decref(news->failed);
			news->failed = json_incref(item);
		}
	}
	news->left = json_is_true(json_object_get(reply, "left"));
}

void news_take(struct news *news, const json_t *reply)
{
	const json_t *counts = json_object_get(reply, "counts"), *count;
	const char *name;

	news_release(news);
	if (!json_is_object(counts)) {
		news_take_rows(news, reply);
		return;
	}
	json_object_foreach((json_t *)counts, name, count)
	{
		int state = task_state_parse(name);

		if (state >= 0)
			news->counts[state] = (size_t)json_integer_value(count);
	}
	if (json_is_object(json_object_get(reply, "failed")))
		news->failed = json_incref(json_object_get(reply, "failed"));
}

size_t news_count(const struct news *news)
{
	size_t count = 0;

	for (size_t state = 0; state < TASK_STATE_COUNT; state++)
		count += news->counts[state];
	return count;
}

const char *news_error(const json_t *item)
{
	const json_t *progress = json_object_get(json_object_get(item, "task"), "progress");
	const char *error = json_string_value(json_object_get(item, "lastError"));
	const char *message = json_string_value(json_object_get(progress, "statusMessage"));

	if (error)
		return error;
	return news_state(item) != TASK_COMPLETED && message && format_says_more(message) ? message : NULL;
}

/* Times are UTC, so their texts are in the same order. */
static bool news_is_later(const json_t *item, const json_t *than)
{
	return strcmp(news_text(item, "completedAt"), news_text(than, "completedAt")) > 0;
}

void news_add_up(struct news_sum *sum, const struct news *news)
{
	const json_t *failed = news->failed;

	for (size_t state = 0; state < TASK_STATE_COUNT; state++)
		sum->counts[state] += news->counts[state];
	sum->left |= news->left;
	if (failed && (!sum->failed || news_is_later(failed, sum->failed))) {
		sum->failed = failed;
		sum->server = news->server;
	}
}

char *news_id(const char *server, const json_t *item)
{
	return alloc_format("%s%s%s", server ? server : "", server ? ":" : "", news_text(item, "id"));
}

static void news_add_failed(struct text *strip, const struct news_sum *sum)
{
	const char *error = news_error(sum->failed);
	char *id = news_id(sum->server, sum->failed);

	text_format(strip, "; %s %s%s%s", id, news_text(sum->failed, "name"), error ? ": " : "",
	            error ? error : "");
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
