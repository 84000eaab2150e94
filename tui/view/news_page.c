#include "tui/view/news_page.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "engine/task/signals.h"
#include "tui/fields/format.h"
#include "tui/text/alloc.h"
#include "tui/view/news.h"

/* What is this near to the selected row is asked for in advance; a screen that shows more than that asks when it is there. */
enum { NEWS_NEAR = 400 };

void news_page_init(struct news_page *page, size_t count)
{
	*page = (struct news_page){ .parts = alloc_zero(count, sizeof(*page->parts)), .count = count };
}

void news_page_release(struct news_page *page)
{
	for (size_t i = 0; i < page->count; i++)
		news_part_release(&page->parts[i]);
	free(page->parts);
	free(page->rows);
	*page = (struct news_page){ .count = 0 };
}

/* --- what is here */

static enum news_wish news_page_wish_around(const struct news_page *page, const struct news_part *part,
                                            int height)
{
	size_t near = height < NEWS_NEAR / 2 ? 2 * (size_t)height : NEWS_NEAR;

	if (page->jump == NEWS_END && part->left && !part->old)
		return NEWS_END;
	if (page->jump == NEWS_BEGIN && part->preceded)
		return NEWS_BEGIN;
	if (part->left && page->item + near >= news_part_count(part))
		return NEWS_AFTER;
	return part->preceded && page->item < near ? NEWS_BEFORE : NEWS_NOTHING;
}

/* Of the servers before that of the selected row the last ones are shown, and of those after it the first ones. */
enum news_wish news_page_wish(const struct news_page *page, size_t number, int height)
{
	const struct news_part *part = &page->parts[number];

	if (!part->items)
		return NEWS_BEGIN;
	if (number < page->part)
		return !part->left ? NEWS_NOTHING : part->old ? NEWS_AFTER : NEWS_END;
	if (number > page->part)
		return part->preceded ? NEWS_BEGIN : NEWS_NOTHING;
	return news_page_wish_around(page, part, height);
}

/* A selection stays with its task. */
static void news_page_follow(struct news_page *page, size_t number, enum news_wish wish)
{
	const struct news_part *part = &page->parts[number];
	size_t count = news_part_count(part);

	if (number != page->part)
		return;
	if (wish == NEWS_BEGIN)
		page->item = 0;
	else if (wish == NEWS_END)
		page->item = count > 0 ? count - 1 : 0;
	else
		page->item = page->item + part->before > part->dropped
		                     ? page->item + part->before - part->dropped
		                     : 0;
	if (page->jump == wish)
		page->jump = NEWS_NOTHING;
}

void news_page_take(struct news_page *page, size_t number, enum news_wish wish, const json_t *reply)
{
	news_part_take(&page->parts[number], wish, reply);
	news_page_follow(page, number, wish);
}

/* --- how it looks */

static void news_page_exit(const json_t *item, char *buf, size_t size)
{
	const json_t *task = json_object_get(item, "task");
	const json_t *code = json_object_get(task, "exitCode"), *number = json_object_get(task, "signal");

	snprintf(buf, size, "-");
	if (json_is_integer(code))
		snprintf(buf, size, "%" PRId64, (int64_t)json_integer_value(code));
	else if (json_is_integer(number))
		snprintf(buf, size, "%s", signal_name((int)json_integer_value(number)));
}

static void news_page_add(const struct news_part *part, const json_t *item, struct pager *pager)
{
	const char *error = news_error(item), *at = news_text(item, "completedAt");
	char status[24], ended[FORMAT_SHORT] = "-", *line, *id;
	int state = news_state(item);

	news_page_exit(item, status, sizeof(status));
	if (*at)
		format_time(at, ended, sizeof(ended));
	line = alloc_format("%-9s %4s  %s  %s", news_text(item, "state"), status, ended,
	                    news_text(item, "name"));
	id = news_id(part->server, item);
	pager_add(pager, STYLE_KEY, id, state < 0 ? STYLE_NORMAL : STYLE_STATE + (enum style)state, line);
	free(id);
	free(line);
	if (error)
		pager_add(pager, STYLE_NORMAL, " ", STYLE_NORMAL, error);
}

static void news_page_add_part(struct news_page *page, size_t number, struct pager *pager)
{
	const struct news_part *part = &page->parts[number];

	for (size_t i = 0; i < news_part_count(part); i++) {
		page->rows = alloc_room(page->rows, &page->room, page->length + 1, sizeof(*page->rows));
		page->rows[page->length++] =
			(struct news_row){ .part = number, .item = i, .entry = pager->count };
		news_page_add(part, json_array_get(part->items, i), pager);
	}
}

/* The row, or the nearest. */
static void news_page_set(struct news_page *page, int64_t row)
{
	if (page->length == 0)
		return;
	if (row >= (int64_t)page->length)
		row = (int64_t)page->length - 1;
	row = row < 0 ? 0 : row;
	page->part = page->rows[row].part;
	page->item = page->rows[row].item;
}

void news_page_fill(struct news_page *page, struct pager *pager)
{
	pager_clear(pager);
	page->length = 0;
	for (size_t i = 0; i < page->count; i++)
		news_page_add_part(page, i, pager);
	news_page_set(page, page->moved ? (int64_t)news_page_row(page) : 0);
}

void news_page_place(const struct news_page *page, char *buf, size_t size)
{
	size_t place = 1, total = 0;
	bool left = false;

	for (size_t i = 0; i < page->count; i++) {
		const struct news_part *part = &page->parts[i];

		if (i < page->part)
			place += part->total;
		else if (i == page->part)
			place += part->place + page->item;
		total += part->total;
		left |= part->old && part->left;
	}
	*buf = '\0';
	if (page->length > 0)
		snprintf(buf, size, "%zu/%zu%s", place, total, left ? "+" : "");
}

/* --- the selection */

size_t news_page_row(const struct news_page *page)
{
	size_t row = 0;

	while (row < page->length &&
	       (page->rows[row].part < page->part ||
	        (page->rows[row].part == page->part && page->rows[row].item < page->item)))
		row++;
	return row < page->length || row == 0 ? row : row - 1;
}

size_t news_page_row_of(const struct news_page *page, size_t entry)
{
	size_t row = 0;

	while (row + 1 < page->length && page->rows[row + 1].entry <= entry)
		row++;
	return row;
}

size_t news_page_end_of(const struct news_page *page, size_t row, const struct pager *pager)
{
	return row + 1 < page->length ? page->rows[row + 1].entry : pager->count;
}

void news_page_select(struct news_page *page, int64_t row)
{
	page->moved = true;
	page->jump = NEWS_NOTHING;
	news_page_set(page, row);
}

/* There is no need for it if all are here up to there. */
static void news_page_jump(struct news_page *page, enum news_wish jump)
{
	page->jump = jump;
	if (page->length == 0 || news_page_wish(page, page->part, 0) != jump)
		page->jump = NEWS_NOTHING;
}

void news_page_home(struct news_page *page)
{
	news_page_select(page, 0);
	news_page_jump(page, NEWS_BEGIN);
}

void news_page_end(struct news_page *page)
{
	news_page_select(page, INT64_MAX);
	news_page_jump(page, NEWS_END);
}

const json_t *news_page_item(const struct news_page *page)
{
	return page->length > 0 ? json_array_get(page->parts[page->part].items, page->item) : NULL;
}
