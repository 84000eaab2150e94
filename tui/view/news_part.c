#include "tui/view/news_part.h"

#include "tui/text/alloc.h"
#include "tui/view/news.h"

void news_part_init(struct news_part *part, const char *server)
{
	*part = (struct news_part){ .server = server };
}

void news_part_release(struct news_part *part)
{
	json_decref(part->items);
	news_part_init(part, part->server);
}

size_t news_part_count(const struct news_part *part)
{
	return json_array_size(part->items);
}

static json_t *news_part_checked(json_t *items)
{
	if (!items)
		alloc_failed();
	return items;
}

static int64_t news_part_cursor(const struct news_part *part, size_t item)
{
	return json_integer_value(json_object_get(json_array_get(part->items, item), "cursor"));
}

static void news_part_put(struct jsonw *params, const char *key, int64_t value)
{
	jsonw_key(params, key);
	jsonw_int(params, value);
}

void news_part_request(const struct news_part *part, enum news_wish wish, struct jsonw *params)
{
	jsonw_object(params);
	news_part_put(params, "rows", NEWS_ROWS);
	if (part->items)
		news_part_put(params, "after", wish == NEWS_AFTER ? part->cursor : part->start);
	if (wish == NEWS_BEFORE)
		news_part_put(params, "until", news_part_cursor(part, 0) - 1);
	else if (wish == NEWS_END)
		news_part_put(params, "until", INT64_MAX);
	jsonw_end_object(params);
}

/* How many there are behind the cursor of the request. */
static size_t news_part_sum(const json_t *reply)
{
	struct news news;
	size_t count;

	news_init(&news, NULL);
	news_take(&news, reply);
	count = news_count(&news);
	news_release(&news);
	return count;
}

/* Those that are further away than any screen shows are asked for again when they are needed. */
static void news_part_shorten(struct news_part *part, bool front)
{
	size_t count = news_part_count(part), more = count > NEWS_KEPT ? count - NEWS_KEPT : 0;

	if (more == 0 || part->old)
		return;
	for (size_t i = 0; i < more; i++)
		json_array_remove(part->items, front ? 0 : news_part_count(part) - 1);
	if (front) {
		part->dropped = more;
		part->place += more;
		part->preceded = true;
	} else {
		part->cursor = news_part_cursor(part, NEWS_KEPT - 1);
		part->left = true;
	}
}

/* The first ones, or the last: in place of those that were here. */
static void news_part_take_anew(struct news_part *part, bool last, const json_t *reply)
{
	bool more = json_is_true(json_object_get(reply, "left"));

	if (!part->items)
		part->start = json_integer_value(json_object_get(reply, "seen"));
	json_decref(part->items);
	part->items = news_part_checked(json_array());
	json_array_extend(part->items, json_object_get(reply, "news"));
	part->cursor = json_integer_value(json_object_get(reply, "cursor"));
	part->total = news_part_sum(reply);
	part->place = last && part->total > news_part_count(part) ? part->total - news_part_count(part) : 0;
	part->preceded = last && more;
	part->left = !last && more;
}

static void news_part_take_before(struct news_part *part, const json_t *reply)
{
	json_t *items = news_part_checked(json_copy(json_object_get(reply, "news")));

	part->before = json_array_size(items);
	part->preceded = json_is_true(json_object_get(reply, "left"));
	part->place = part->preceded && part->place > part->before ? part->place - part->before : 0;
	part->total = news_part_sum(reply);
	json_array_extend(items, part->items);
	json_decref(part->items);
	part->items = items;
	news_part_shorten(part, false);
}

static void news_part_take_after(struct news_part *part, const json_t *reply)
{
	part->total = part->place + news_part_count(part) + news_part_sum(reply);
	part->cursor = json_integer_value(json_object_get(reply, "cursor"));
	part->left = json_is_true(json_object_get(reply, "left"));
	json_array_extend(part->items, json_object_get(reply, "news"));
	news_part_shorten(part, true);
}

void news_part_take(struct news_part *part, enum news_wish wish, const json_t *reply)
{
	part->old = !json_is_object(json_object_get(reply, "counts"));
	part->before = part->dropped = 0;
	if (wish == NEWS_BEFORE)
		news_part_take_before(part, reply);
	else if (wish == NEWS_AFTER)
		news_part_take_after(part, reply);
	else
		news_part_take_anew(part, wish == NEWS_END, reply);
}
