/* The client, while memory runs out at each of its allocations in turn. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/clients.h"
#include "tests/unit/loop_memory.h"
#include "tests/unit/unit.h"

/* What Echo answers, or -errno.  It is longer than what is read at first. */
static int64_t echoed(struct client *client, int64_t number)
{
	char text[6000];
	struct client_reply reply = { 0 };
	struct jsonw w = JSONW_INIT;
	int64_t result;

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	jsonw_object(&w);
	jsonw_key(&w, "number");
	jsonw_int(&w, number);
	jsonw_key(&w, "text");
	jsonw_string(&w, text);
	jsonw_end_object(&w);
	result = client_call(client, "Echo", &w, &reply);
	if (result == 0)
		result = json_integer_value(json_object_get(reply.parameters, "number"));
	client_reply_release(&reply);
	jsonw_release(&w);
	return result;
}

START_TEST(a_reply_that_was_not_read_is_not_that_of_the_next_call)
{
	unsigned long at = 0, count;

	do {
		struct client *client = open_client(&address, CLIENT_START_NEVER);
		int64_t first, second;

		loop_memory_serve(true);
		loop_memory_begin(++at);
		first = echoed(client, 1);
		count = loop_memory_end();
		loop_memory_serve(false);
		second = echoed(client, 2);
		ck_assert_msg(first == 1 || first == -ENOMEM || first == -EPIPE, "%lu: %d", at, (int)first);
		ck_assert_msg(second == 2 || (first == -EPIPE && second == -EPIPE), "%lu: %d", at,
		              (int)second);
		client_close(client);
	} while (count >= at);
	ck_assert_uint_gt(at, 5);
}
END_TEST

START_TEST(without_memory_only_what_was_not_sent_is_said_to_be_undone)
{
	unsigned long at = 0, count;

	do {
		struct client *client = open_client(&address, CLIENT_START_NEVER);
		struct client_reply reply = { 0 };
		unsigned before = fake.count;
		int result;

		loop_memory_serve(true);
		loop_memory_begin(++at);
		result = client_call(client, "Bump", NULL, &reply);
		count = loop_memory_end();
		loop_memory_serve(false);
		client_reply_release(&reply);
		client_close(client);
		ck_assert_msg(result == 0 || result == -ENOMEM || result == -EPIPE, "%lu: %d", at, result);
		if (result != -EPIPE)
			ck_assert_uint_eq(fake.count, before + (result == 0));
	} while (count >= at);
	ck_assert_uint_gt(at, 2);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("client memory");
	TCase *tcase = tcase_create("calls");

	tcase_add_checked_fixture(tcase, setup_server, teardown_server);
	tcase_add_test(tcase, a_reply_that_was_not_read_is_not_that_of_the_next_call);
	tcase_add_test(tcase, without_memory_only_what_was_not_sent_is_said_to_be_undone);
	suite_add_tcase(suite, tcase);
	unit_apart();
	return unit_main(suite);
}
