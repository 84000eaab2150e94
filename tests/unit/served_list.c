#include "tests/unit/served_list.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/unit.h"
#include "tui/view/list.h"

struct list list;

struct list_server server;

void create(int count)
{
	while (count-- > 0)
		server.tasks[server.count++] = ++server.next;
}

void drop(int position, int count)
{
	memmove(server.tasks + position, server.tasks + position + count,
	        (size_t)(server.count - position - count) * sizeof(int));
	server.count -= count;
}

int position_of(int number)
{
	for (int i = 0; i < server.count; i++) {
		if (server.tasks[i] == number)
			return i;
	}
	return -1;
}

void finish(int number, int to)
{
	int from = position_of(number);

	drop(from, 1);
	memmove(server.tasks + to + 1, server.tasks + to, (size_t)(server.count - to) * sizeof(int));
	server.tasks[to] = number;
	server.count++;
	server.ended = number;
}

json_t *row(int number)
{
	const char *state = number == server.ended ? "Completed" : "Created";
	char id[16];

	snprintf(id, sizeof(id), "t%d", number);
	return json_pack(
		"[i, s, s, n, n, s, s, s, n, i, b, n, n, n, n, n, n, n, i, i, b, n, i, n, n, n, n, s]",
		number, id, state, id, "name", state, 0, 0, 0, 0, 0, 0, "true");
}

static int in_window(void)
{
	int64_t left = server.count - server.offset;

	return (int)(left < 0 ? 0 : left > server.rows ? server.rows : left);
}

json_t *reply_of(bool anew)
{
	int length = in_window();
	json_t *items = json_array();

	for (int i = 0; i < length; i++) {
		int number = server.tasks[server.offset + i];

		if (anew)
			json_array_append_new(items, row(number));
		else if (i >= server.sent_count || server.sent[i] != number)
			json_array_append_new(items, json_pack("{s:i, s:o}", "index", i, "row", row(number)));
		server.sent[i] = number;
	}
	server.sent_count = length;
	return json_pack("{s:i, s:I, s:I, s:i, s:i, s:o}", "window", 1, "sequence",
	                 (json_int_t)++server.sequence, "offset", (json_int_t)server.offset, "total",
	                 server.count, "length", length, anew ? "rows" : "changes", items);
}

void answer(bool anew)
{
	json_t *reply = reply_of(anew);

	ck_assert_int_ge(list_apply(&list, reply), 0);
	json_decref(reply);
}

static int64_t number_in(const json_t *call, const char *key)
{
	return json_integer_value(json_object_get(call, key));
}

void take_window(const struct jsonw *params)
{
	json_t *call = json_loadb(params->data, params->length, 0, NULL);

	ck_assert_ptr_nonnull(call);
	server.offset = number_in(call, "offset");
	server.rows = number_in(call, "rows");
	json_decref(call);
	answer(true);
}

void settle_list(void)
{
	for (int turns = 0;; turns++) {
		struct jsonw params = JSONW_INIT;
		bool scrolled = list_scroll(&list, &params);
		const char *lost = list_lost(&list);

		ck_assert_int_lt(turns, 5); /* it must come to an end */
		if (scrolled) {
			server.scrolls++;
			take_window(&params);
		}
		jsonw_release(&params);
		if (lost)
			list_found(&list, list.selected, position_of((int)strtol(lost + 1, NULL, 10)));
		if (!scrolled && !lost)
			return;
	}
}

void begin(int tasks)
{
	struct jsonw params = JSONW_INIT;

	memset(&server, 0, sizeof(server));
	create(tasks);
	list_init(&list, HEIGHT);
	list_request(&list, &params);
	take_window(&params);
	jsonw_release(&params);
	settle_list();
}

void teardown(void)
{
	list_release(&list);
}

int selected(void)
{
	const struct window_row *found = list_selected(&list);

	return found ? (int)found->number : 0;
}

void check_visible(void)
{
	for (int line = 0; line < list.height && list.top + line < server.count; line++) {
		const struct window_row *found = window_row_at(&list.window, list.top + line);

		ck_assert_ptr_nonnull(found);
		ck_assert_uint_eq(found->number, server.tasks[list.top + line]);
	}
	ck_assert_int_ge(list.cursor, list.top);
	ck_assert(list.cursor < list.top + list.height);
	if (server.count)
		ck_assert_int_eq(selected(), server.tasks[list.cursor]);
}
