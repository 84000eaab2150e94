/* What has ended meanwhile: the line about it, and the page, of which only a part is here. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/unit.h"
#include "tui/text/alloc.h"
#include "tui/text/screen_messages.h"
#include "tui/text/text.h"
#include "tui/view/news.h"
#include "tui/view/news_page.h"

static json_t *json_of(const char *text)
{
	json_error_t error;
	json_t *value = json_loads(text, 0, &error);

	ck_assert_msg(value != NULL, "%s: %s", error.text, text);
	return value;
}

#define NEWS_AT(clock, id, state, error)                                                                     \
	"{\"task\":{\"id\":\"" id "\",\"name\":\"the " id "\",\"state\":\"" state                            \
	"\",\"exitCode\":3,\"signal\":null,\"completedAt\":\"2026-11-26T" clock "Z\","                       \
	"\"progress\":{\"statusMessage\":\"\"}},\"lastError\":" error "}"
#define NEWS(id, state, error) NEWS_AT("10:00:00.000", id, state, error)

/* --- the line */

/* counts: "" for an older server. */
static json_t *reply_of(const char *list, int cursor, bool left, const char *counts)
{
	char *text = alloc_format("{\"news\":[%s],\"cursor\":%d,\"left\":%s,\"seen\":0%s}", list, cursor,
	                          left ? "true" : "false", counts);
	json_t *reply = json_of(text);

	free(text);
	return reply;
}

static void take_news(struct news *news, const char *list, bool left, const char *counts)
{
	json_t *reply = reply_of(list, 9, left, counts);

	news_take(news, reply);
	json_decref(reply);
}

/* NULL: no line.  malloc'ed. */
static char *strip_of(const struct news *news, size_t count)
{
	struct news_sum sum = { .failed = NULL };

	for (size_t i = 0; i < count; i++)
		news_add_up(&sum, &news[i]);
	return news_strip(&sum);
}

static void expect_strip(const struct news *news, size_t count, const char *wanted)
{
	char *strip = strip_of(news, count);

	ck_assert_str_eq(strip, wanted);
	free(strip);
}

START_TEST(the_strip_counts_and_names_the_latest_failure)
{
	struct news news;

	news_init(&news, NULL);
	ck_assert_ptr_null(strip_of(&news, 1));
	take_news(&news, "", false, ",\"counts\":{\"Failed\":0,\"Completed\":0},\"failed\":null");
	ck_assert_ptr_null(strip_of(&news, 1));
	/* Whatever rows were sent with it. */
	take_news(&news, NEWS("a", "Completed", "null"), true,
	          ",\"counts\":{\"Failed\":2,\"Completed\":230,\"Stopped\":1},\"failed\":" NEWS(
			  "c", "Failed", "\"no space\""));
	expect_strip(&news, 1, MSG_NEWS_STRIP " 2 Failed, 1 Stopped, 230 Completed; c the c: no space");
	ck_assert_uint_eq(news_count(&news), 233);
	news_release(&news);
}
END_TEST

START_TEST(an_older_server_counts_what_it_has_sent)
{
	struct news news;

	news_init(&news, NULL);
	take_news(&news,
	          NEWS("a", "Completed", "null") "," NEWS("b", "Failed", "\"no space\"") "," NEWS(
			  "c", "Failed", "null") "," NEWS("d", "Stopped", "null"),
	          false, "");
	expect_strip(&news, 1, MSG_NEWS_STRIP " 2 Failed, 1 Stopped, 1 Completed; c the c");
	take_news(&news, NEWS("e", "Failed", "\"disk full\""), true, "");
	expect_strip(&news, 1, MSG_NEWS_STRIP " 1+ Failed; e the e: disk full");
	news_release(&news);
}
END_TEST

START_TEST(the_strip_is_about_all_servers)
{
	struct news news[3];

	news_init(&news[0], "a");
	news_init(&news[1], "b");
	news_init(&news[2], "c");
	take_news(&news[0],
	          NEWS_AT("10:00:00.000", "7", "Failed", "\"first\"") "," NEWS("8", "Completed", "null"),
	          false, "");
	take_news(&news[1], NEWS_AT("10:00:00.002", "7", "Failed", "\"last\""), true, "");
	take_news(&news[2], NEWS_AT("10:00:00.001", "1", "Failed", "null"), false, "");
	expect_strip(news, 3, MSG_NEWS_STRIP " 3+ Failed, 1+ Completed; b:7 the 7: last");
	news_release(&news[1]);
	expect_strip(news, 3, MSG_NEWS_STRIP " 2 Failed, 1 Completed; c:1 the 1");
	news_release(&news[0]);
	news_release(&news[2]);
}
END_TEST

/* --- the page */

static struct news_page page;
static struct pager pager;

static void setup(void)
{
	unit_utf8();
	setenv("TZ", "UTC", 1);
	pager = (struct pager)PAGER_INIT;
}

static void begin_page(size_t servers)
{
	static const char *const names[] = { "a", "b", "c" };

	news_page_init(&page, servers);
	for (size_t i = 0; i < servers; i++)
		news_part_init(&page.parts[i], servers > 1 ? names[i] : NULL);
}

static void end_page(void)
{
	news_page_release(&page);
	pager_release(&pager);
}

/*
 * What a server answers of whose tasks those from 1 to total have ended, with their numbers as cursors; each seventh has failed and
 * has two lines.
 */
static json_t *answer(const json_t *asked, int64_t total, bool old)
{
	const json_t *until = json_object_get(asked, "until");
	int64_t after = json_integer_value(json_object_get(asked, "after")),
		rows = json_integer_value(json_object_get(asked, "rows")), from = after + 1, to = total;
	struct text list = TEXT_INIT;
	char counts[64] = "";
	json_t *reply;

	if (until && json_integer_value(until) < to)
		to = json_integer_value(until);
	if (until)
		from = to - rows + 1 > from ? to - rows + 1 : from;
	else
		to = from + rows - 1 < to ? from + rows - 1 : to;
	for (int64_t i = from; i <= to; i++)
		text_format(&list,
		            "%s{\"task\":{\"id\":\"%d\",\"name\":\"n\",\"state\":\"%s\",\"exitCode\":0},"
		            "\"lastError\":%s,\"cursor\":%d}",
		            i > from ? "," : "", (int)i, i % 7 ? "Completed" : "Failed",
		            i % 7 ? "null" : "\"why\"", (int)i);
	if (!old)
		snprintf(counts, sizeof(counts), ",\"counts\":{\"Completed\":%d},\"failed\":null",
		         (int)(total - after));
	reply = reply_of(list.data ? list.data : "", (int)to, until ? from > after + 1 : to < total, counts);
	text_release(&list);
	return reply;
}

/* Asks the server until the page needs nothing more of it. */
static void serve(size_t part, int64_t total, bool old)
{
	enum news_wish wish;

	while ((wish = news_page_wish(&page, part, 20)) != NEWS_NOTHING) {
		struct jsonw params = JSONW_INIT;
		json_t *asked, *reply;

		news_part_request(&page.parts[part], wish, &params);
		asked = json_loadb(params.data, params.length, 0, NULL);
		reply = answer(asked, total, old);
		news_page_take(&page, part, wish, reply);
		news_page_fill(&page, &pager);
		json_decref(asked);
		json_decref(reply);
		jsonw_release(&params);
	}
}

static void expect_selected(const char *id, const char *place)
{
	const json_t *item = news_page_item(&page);
	char text[64];

	ck_assert_ptr_nonnull(item);
	ck_assert_str_eq(news_text(item, "id"), id);
	news_page_place(&page, text, sizeof(text));
	ck_assert_str_eq(text, place);
}

START_TEST(a_task_has_a_line_and_its_error_another)
{
	json_t *reply = reply_of(NEWS("b", "Failed", "\"no space\"") "," NEWS("c", "Completed", "null"), 10,
	                         false, ",\"counts\":{\"Failed\":1,\"Completed\":1},\"failed\":null");

	begin_page(1);
	news_page_take(&page, 0, NEWS_BEGIN, reply);
	news_page_fill(&page, &pager);
	pager_layout(&pager, 80, 10);
	ck_assert_uint_eq(pager.length, 3);
	ck_assert_str_eq(pager.lines[0].label, "b");
	ck_assert_ptr_nonnull(strstr(pager.lines[0].text, "Failed       3  2026-11-26 10:00:00  the b"));
	ck_assert_str_eq(pager.lines[1].text, "no space");
	ck_assert_str_eq(pager.lines[2].label, "c");
	ck_assert_uint_eq(news_page_row_of(&page, pager.lines[1].entry), 0);
	ck_assert_uint_eq(news_page_row_of(&page, pager.lines[2].entry), 1);
	ck_assert_uint_eq(news_page_end_of(&page, 0, &pager), 2);
	expect_selected("b", "1/2");
	json_decref(reply);
	end_page();
}
END_TEST

START_TEST(the_end_is_that_of_all)
{
	begin_page(1);
	serve(0, 5000, false);
	expect_selected("1", "1/5000");
	news_page_end(&page);
	serve(0, 5000, false);
	expect_selected("5000", "5000/5000");
	ck_assert_uint_eq(page.length, NEWS_ROWS);
	news_page_home(&page);
	serve(0, 5000, false);
	expect_selected("1", "1/5000");
	end_page();
}
END_TEST

/* Walks over all rows, one by one. */
static void walk(int64_t from, int64_t to)
{
	int by = from < to ? 1 : -1;
	char id[24], place[48];

	for (int64_t i = from; i != to; i += by) {
		snprintf(id, sizeof(id), "%d", (int)i);
		snprintf(place, sizeof(place), "%d/3000", (int)i);
		expect_selected(id, place);
		ck_assert_uint_le(page.length, NEWS_KEPT);
		news_page_select(&page, (int64_t)news_page_row(&page) + by);
		serve(0, 3000, false);
	}
}

START_TEST(each_is_shown_once_in_both_directions_in_bounded_memory)
{
	begin_page(1);
	serve(0, 3000, false);
	walk(1, 3000);
	expect_selected("3000", "3000/3000");
	ck_assert(!page.parts[0].left);
	walk(3000, 1);
	expect_selected("1", "1/3000");
	ck_assert(!page.parts[0].preceded);
	end_page();
}
END_TEST

START_TEST(the_servers_follow_one_another)
{
	begin_page(3);
	serve(2, 700, false);
	expect_selected("1", "1/700");
	serve(1, 0, false);
	serve(0, 700, false);
	expect_selected("1", "1/1400");
	ck_assert_uint_eq(page.part, 0);
	news_page_end(&page);
	for (size_t i = 0; i < 3; i++)
		serve(i, i == 1 ? 0 : 700, false);
	expect_selected("700", "1400/1400");
	/* Before it are the last ones of the first server. */
	ck_assert(!page.parts[0].left);
	ck_assert_uint_eq(page.parts[0].place, 500);
	news_page_select(&page, (int64_t)news_page_row(&page) - 190);
	serve(2, 700, false);
	news_page_select(&page, (int64_t)news_page_row(&page) - 10);
	expect_selected("500", "1200/1400");
	news_page_home(&page);
	for (size_t i = 0; i < 3; i++)
		serve(i, i == 1 ? 0 : 700, false);
	expect_selected("1", "1/1400");
	ck_assert(!page.parts[2].preceded);
	end_page();
}
END_TEST

START_TEST(of_an_older_server_what_was_sent_is_there)
{
	begin_page(1);
	serve(0, 500, true);
	expect_selected("1", "1/200+");
	news_page_end(&page);
	expect_selected("200", "200/200+");
	serve(0, 500, true);
	expect_selected("200", "200/400+");
	news_page_end(&page);
	serve(0, 500, true);
	news_page_end(&page);
	expect_selected("500", "500/500");
	end_page();
}
END_TEST

START_TEST(a_server_without_news_has_no_row)
{
	char place[64];

	begin_page(2);
	serve(0, 0, false);
	news_page_end(&page);
	ck_assert_ptr_null(news_page_item(&page));
	news_page_place(&page, place, sizeof(place));
	ck_assert_str_eq(place, "");
	serve(1, 3, false);
	expect_selected("1", "1/3");
	end_page();
}
END_TEST

START_TEST(a_row_is_brought_onto_the_screen)
{
	begin_page(1);
	serve(0, 100, false);
	pager_layout(&pager, 80, 10);
	/* Row 20 is the 21st task, which has failed; two before it had a second line. */
	pager_reveal(&pager, page.rows[20].entry, news_page_end_of(&page, 20, &pager));
	ck_assert_uint_eq(pager.top, 22 + 2 - 10);
	pager_reveal(&pager, page.rows[16].entry, page.rows[17].entry);
	ck_assert_uint_eq(pager.top, 22 + 2 - 10);
	pager_reveal(&pager, page.rows[1].entry, page.rows[2].entry);
	ck_assert_uint_eq(pager.top, 1);
	end_page();
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		the_strip_counts_and_names_the_latest_failure,
		an_older_server_counts_what_it_has_sent,
		the_strip_is_about_all_servers,
		a_task_has_a_line_and_its_error_another,
		the_end_is_that_of_all,
		each_is_shown_once_in_both_directions_in_bounded_memory,
		the_servers_follow_one_another,
		of_an_older_server_what_was_sent_is_there,
		a_server_without_news_has_no_row,
		a_row_is_brought_onto_the_screen,
	};

	unit_apart();
	return unit_run("view news", setup, NULL, tests);
}
