/*
 * The screen over two servers, whose replies come when a test says so: what an operation is for, and where the answers of
 * single tasks go.  No terminal is opened, and no server is connected.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/unit.h"
#include "tui/screen/app.h"
#include "tui/screen/ask_view.h"
#include "tui/screen/create.h"
#include "tui/screen/form_view.h"
#include "tui/screen/host.h"
#include "tui/screen/table_rows.h"
#include "tui/screen/table_view.h"
#include "tui/screen/tagging.h"
#include "tui/screen/typed_command.h"
#include "tui/text/alloc.h"
#include "tui/text/screen_messages.h"

enum { HOSTS = 2, CALLS_MAX = 8 };

static struct app app;
static struct host hosts[HOSTS];
static struct table_view table;
static struct window_row chosen[HOSTS]; /* that is selected there; number 0: none is */
static bool up[HOSTS];
static bool rows_known[HOSTS]; /* so that it can become the current one */

/* --- in place of what talks to servers and draws */

/* NOLINTBEGIN(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp) */

static struct call {
	size_t host;
	char method[16];
	channel_answer *answer;
	void *ctx;
	size_t tag;
} calls[CALLS_MAX];
static size_t call_count;

void __wrap_feed_call(struct feed *feed, const char *method, struct jsonw *parameters, channel_answer *answer,
                      void *ctx, size_t tag);
void __wrap_feed_wish(struct feed *feed, const char *method, struct jsonw *parameters, channel_answer *answer,
                      void *ctx, size_t tag);
bool __wrap_channel_up(const struct channel *channel);
void __wrap_feed_receive(struct feed *feed, const struct pollfd *ready, int64_t now);
const struct window_row *__wrap_list_selected(const struct list *list);
void __wrap_table_rows_go(struct table_view *rows, size_t host);
void __wrap_ask_view_open(struct app *above, const struct ask_question *question, ask_answer *answer,
                          void *ctx);
bool __wrap_typed_command_start(struct typed_command *command, const char *line, typed_command_end *end,
                                void *ctx, size_t tag);
void __wrap_form_view_finish(struct app *above, size_t number);

void __wrap_feed_call(struct feed *feed, const char *method, struct jsonw *parameters, channel_answer *answer,
                      void *ctx, size_t tag)
{
	struct call *call = &calls[call_count++];

	ck_assert_uint_le(call_count, CALLS_MAX);
	*call = (struct call){ .answer = answer, .ctx = ctx, .tag = tag };
	while (&hosts[call->host].feed != feed)
		call->host++;
	snprintf(call->method, sizeof(call->method), "%s", method);
	jsonw_release(parameters);
}

void __wrap_feed_wish(struct feed *feed, const char *method, struct jsonw *parameters, channel_answer *answer,
                      void *ctx, size_t tag)
{
	__wrap_feed_call(feed, method, parameters, answer, ctx, tag);
}

bool __wrap_channel_up(const struct channel *channel)
{
	for (size_t i = 0; i < HOSTS; i++) {
		if (channel == &hosts[i].feed.calls || channel == &hosts[i].live.channel)
			return up[i];
	}
	return false;
}

/* The first rows come. */
void __wrap_feed_receive(struct feed *feed, const struct pollfd *ready, int64_t now)
{
	(void)ready;
	(void)now;
	feed->status_known = true;
	for (size_t i = 0; i < HOSTS; i++) {
		up[i] |= feed == &hosts[i].feed;
		if (feed == &hosts[i].feed)
			hosts[i].live.list.window.id = 1;
	}
}

const struct window_row *__wrap_list_selected(const struct list *list)
{
	for (size_t i = 0; i < HOSTS; i++) {
		if (list == &hosts[i].live.list && chosen[i].number)
			return &chosen[i];
	}
	return NULL;
}

void __wrap_table_rows_go(struct table_view *rows, size_t host)
{
	if (rows_known[host])
		host_choose(rows->view.app, host);
}

static ask_answer *asked_answer;
static void *asked_ctx;

void __wrap_ask_view_open(struct app *above, const struct ask_question *question, ask_answer *answer,
                          void *ctx)
{
	(void)above;
	(void)question;
	asked_answer = answer;
	asked_ctx = ctx;
}

static typed_command_end *command_end;
static void *command_ctx;
static size_t command_tag;

bool __wrap_typed_command_start(struct typed_command *command, const char *line, typed_command_end *end,
                                void *ctx, size_t tag)
{
	(void)command;
	(void)line;
	command_end = end;
	command_ctx = ctx;
	command_tag = tag;
	return true;
}

void __wrap_form_view_finish(struct app *above, size_t number)
{
	(void)number;
	(void)above;
}

/* NOLINTEND(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp) */

static void choose_task(size_t host, uint64_t number, char *id)
{
	chosen[host].number = number;
	chosen[host].state = TASK_CREATED;
	chosen[host].id = id;
}

static void tag_task(size_t host, uint64_t number, const char *id)
{
	tags_toggle(&hosts[host].live.list.tags, number, id);
}

static void setup(void)
{
	static const char *const labels[] = { "b", "c" };

	app = (struct app){ .hosts = hosts, .host_count = HOSTS, .table = &table };
	table = (struct table_view){ .view.app = &app, .operation.app = &app, .merged = true };
	call_count = 0;
	for (size_t i = 0; i < HOSTS; i++) {
		hosts[i] = (struct host){ .app = &app, .index = i, .label = labels[i] };
		hosts[i].live.feed = &hosts[i].feed;
		list_init(&hosts[i].live.list, 10);
		hosts[i].live.list.window.fields.count = 0;
		hosts[i].live.list.window.id = 1;
		chosen[i].number = 0;
		up[i] = rows_known[i] = true;
	}
	table.live = &hosts[0].live;
	host_choose(&app, 0);
}

static void teardown(void)
{
	ask_tasks_release(&table.copied);
	targets_release(&table.operation.targets);
	for (size_t i = 0; i < HOSTS; i++)
		list_release(&hosts[i].live.list);
	app_say(&app, NULL, false);
}

/* Answers the first call that has no answer yet. */
static void answer_call(size_t host, const char *method, const char *parameters)
{
	struct client_reply reply = { .parameters = json_loads(parameters, 0, NULL) };
	struct call call = calls[0];

	ck_assert_uint_gt(call_count, 0);
	memmove(calls, calls + 1, --call_count * sizeof(*calls));
	ck_assert_str_eq(call.method, method);
	ck_assert_uint_eq(call.host, host);
	ck_assert_ptr_nonnull(reply.parameters);
	if (strcmp(parameters, "{}") == 0)
		reply.error = alloc_string("io.krtask.Internal");
	call.answer(call.ctx, call.tag, &reply);
	client_reply_release(&reply);
}

static void expect_said(const char *text)
{
	ck_assert_ptr_nonnull(app.message);
	ck_assert_str_eq(app.message, text);
}

START_TEST(nothing_visible_is_tagged_so_it_is_the_selected_task)
{
	tag_task(1, 7, "hidden");
	choose_task(0, 3, "other");
	tags_hide(&hosts[1].live.list.tags, tags_ask(&hosts[1].live.list.tags));
	table_operation_begin(&table.operation, OPERATION_START, false);
	answer_call(1, "List", "{\"rows\": []}");
	answer_call(0, "Start", "{\"result\": true}");
	ck_assert_uint_eq(call_count, 0);
}
END_TEST

START_TEST(what_was_tagged_is_gone_so_it_is_no_other_task)
{
	tag_task(1, 7, "gone");
	choose_task(0, 3, "other");
	table_operation_begin(&table.operation, OPERATION_START, false);
	answer_call(1, "List", "{\"rows\": []}");
	ck_assert_uint_eq(call_count, 0);
	expect_said(MSG_TAGGED_GONE);
	ck_assert(!table.operation.busy);
}
END_TEST

START_TEST(what_is_visible_is_not_known_so_it_is_no_task)
{
	tag_task(1, 7, "hidden");
	choose_task(0, 3, "other");
	tags_hide(&hosts[1].live.list.tags, tags_ask(&hosts[1].live.list.tags));
	table_operation_begin(&table.operation, OPERATION_START, false);
	answer_call(1, "List", "{}");
	ck_assert_uint_eq(call_count, 0);
	ck_assert(app.message_bad);
	ck_assert(!table.operation.busy);
}
END_TEST

START_TEST(a_form_is_for_the_task_of_its_server)
{
	choose_task(0, 3, "other");
	tag_task(1, 7, "tagged");
	create_again(&table.view);
	ck_assert_ptr_eq(app.host, &hosts[1]);
	answer_call(1, "List", "{\"rows\": []}");
	expect_said(MSG_REASON_NOT_FOUND);
}
END_TEST

/* The current server may have a task with the same id. */
START_TEST(no_form_is_for_a_task_of_a_server_that_is_away)
{
	choose_task(0, 3, "same");
	tag_task(1, 7, "same");
	up[1] = rows_known[1] = false;
	create_again(&table.view);
	ck_assert_uint_eq(call_count, 0);
	expect_said(MSG_NOT_CONNECTED);
	app_say(&app, NULL, false);
	create_edit(&table.view);
	ck_assert_uint_eq(call_count, 0);
	expect_said(MSG_NOT_CONNECTED);
}
END_TEST

START_TEST(a_new_task_is_of_the_server_that_was_asked)
{
	struct form form;

	form_init(&form, FORM_NEW, NULL);
	form_find(&form, OPT_START)->on = false;
	edit_set(&form_find(&form, OPTION_TOTAL)->text, "true");
	create_submit(&app, &form, NULL, 1);
	host_choose(&app, 1);
	command_end(command_ctx, command_tag, 0, alloc_string("9"));
	expect_said(unit_says(MSG_CREATED, "b:9"));
	ck_assert_uint_eq(call_count, 0);
	host_choose(&app, 0);
	command_end(command_ctx, command_tag, 0, alloc_string("9"));
	answer_call(0, "List", "{\"rows\": []}");
	form_release(&form);
}
END_TEST

START_TEST(rows_of_a_server_that_came_back_are_not_stale)
{
	struct pollfd ready[FEED_CHANNELS_MAX] = { 0 };

	up[1] = false;
	hosts[1].live.list.window.id = -1;
	hosts[1].stale = true;
	hosts[1].down_since = 1;
	host_receive(&app, ready, 1);
	ck_assert(!hosts[1].stale);
	ck_assert_int_eq(hosts[1].down_since, 0);
}
END_TEST

/* Once. */
static void expect_news(const char *text)
{
	host_tell_news(&app);
	expect_said(text);
	app_say(&app, NULL, false);
	host_tell_news(&app);
	ck_assert_ptr_null(app.message);
}

START_TEST(what_servers_say_stands_together_until_it_is_read)
{
	const struct address far = { .kind = ADDRESS_SSH };

	hosts[0].feed.said = alloc_string("a warning");
	hosts[1].feed.said = alloc_string("another");
	expect_news(unit_says(MSG_SAY_SEVERAL, "2", "b, c", "b: a warning; c: another"));
	hosts[1].feed.said = alloc_string("a third");
	expect_news(unit_says(MSG_SAY_SEVERAL, "2", "b, c", "b: a warning; c: a third"));
	host_read_news(&app);
	hosts[1].feed.address = &far;
	hosts[1].feed.trouble = alloc_string("host c: refused");
	expect_news(unit_says(MSG_SAY_AGAIN, "host c: refused"));
	host_read_news(&app);
	free(hosts[1].feed.trouble);
}
END_TEST

START_TEST(that_a_server_is_not_connected_is_told_until_it_is)
{
	const struct address far = { .kind = ADDRESS_SSH };
	struct pollfd ready[FEED_CHANNELS_MAX] = { 0 };
	char *both = alloc_string(unit_says("b: a warning; " MSG_SAY_AGAIN, "host c: refused"));

	hosts[0].feed.said = alloc_string("a warning");
	hosts[1].feed.address = &far;
	hosts[1].feed.trouble = alloc_string("host c: refused");
	host_tell_news(&app);
	host_receive(&app, ready, 1);
	expect_said(unit_says(MSG_SAY_SEVERAL, "2", "b, c", both));
	free(both);
	free(hosts[1].feed.trouble);
	hosts[1].feed.trouble = NULL;
	host_receive(&app, ready, 2);
	expect_said("b: a warning");
	host_read_news(&app);
	app_say(&app, alloc_string(MSG_NOT_CONNECTED), true);
	host_receive(&app, ready, 3);
	expect_said(MSG_NOT_CONNECTED);
	hosts[1].was_live = false;
	host_receive(&app, ready, 4);
	ck_assert_ptr_null(app.message);
}
END_TEST

START_TEST(a_key_waits_until_all_servers_have_said_what_is_tagged)
{
	static const char none[] = "{\"rows\": [], \"total\": 0}";

	tagging_all(&table.view);
	ck_assert_uint_eq(call_count, HOSTS);
	answer_call(0, "List", none);
	ck_assert(table.seeking);
	ck_assert(table_view_class.due(&table.view));
	answer_call(1, "List", "{}");
	ck_assert(!table.seeking);
}
END_TEST

static void copy_both(void)
{
	create_again(&table.view);
	answer_call(0, "List", "{\"rows\": [[3, \"x\", null, \"Created\"]]}");
	answer_call(1, "List", "{\"rows\": [[7, \"y\", null, \"Created\"]]}");
	asked_answer(asked_ctx, CHOICE_YES);
}

START_TEST(copies_wait_for_those_before)
{
	tag_task(0, 3, "x");
	tag_task(1, 7, "y");
	copy_both();
	struct call first[HOSTS] = { calls[0], calls[1] };
	ck_assert_uint_eq(call_count, HOSTS);
	call_count = 0;
	copy_both();
	ck_assert_uint_eq(call_count, 0);
	expect_said(MSG_OPERATION_PENDING);
	memcpy(calls, first, sizeof(first));
	call_count = HOSTS;
	answer_call(0, "Again", "{\"id\": \"8\"}");
	answer_call(1, "Again", "{\"id\": \"9\"}");
	expect_said(unit_says(MSG_AGAIN_MADE, "2"));
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		nothing_visible_is_tagged_so_it_is_the_selected_task,
		what_was_tagged_is_gone_so_it_is_no_other_task,
		what_is_visible_is_not_known_so_it_is_no_task,
		a_form_is_for_the_task_of_its_server,
		no_form_is_for_a_task_of_a_server_that_is_away,
		a_new_task_is_of_the_server_that_was_asked,
		rows_of_a_server_that_came_back_are_not_stale,
		what_servers_say_stands_together_until_it_is_read,
		that_a_server_is_not_connected_is_told_until_it_is,
		a_key_waits_until_all_servers_have_said_what_is_tagged,
		copies_wait_for_those_before,
	};

	return unit_run("hosts", setup, teardown, tests);
}
