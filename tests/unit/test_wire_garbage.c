/*
 * The server's side of the wire: frames that are garbage.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/task/messages.h"
#include "tests/unit/fake_server.h"
#include "tests/unit/raw_peer.h"
#include "tests/unit/unit.h"

#define INVALID_FRAME(reason)                                                                                \
	"{\"error\":\"io.krtask.InvalidFrame\",\"parameters\":{\"reason\":\"" reason "\"}}"

static const struct {
	const char *frame, *answer;
} garbage[] = {
	{ "", INVALID_FRAME(MSG_FRAME_NOT_JSON) },
	{ "GET / HTTP/1.1\r\n\r\n", INVALID_FRAME(MSG_FRAME_NOT_JSON) },
	{ "{\"method\":", INVALID_FRAME(MSG_FRAME_NOT_JSON) },
	{ "{\"method\":\"io.krtask.Echo\"} x", INVALID_FRAME(MSG_FRAME_NOT_JSON) },
	{ "{\"method\":\"\n\"}", INVALID_FRAME(MSG_FRAME_NOT_JSON) },
	{ "{\"method\":\"\xff\"}", INVALID_FRAME(MSG_FRAME_NOT_UTF8) },
	{ "{\"method\":\"io.krtask.Echo\",\"parameters\":{\"id\":\"\xc3\"}}",
	  INVALID_FRAME(MSG_FRAME_NOT_UTF8) },
	{ "\xc3", INVALID_FRAME(MSG_FRAME_NOT_UTF8) },
	{ "{\"method\":\"io.krtask.Echo\",\"parameters\":{\"id\":\"\\ud800\"}}",
	  INVALID_FRAME(MSG_FRAME_SURROGATE) },
	{ "{\"method\":\"io.krtask.Echo\",\"parameters\":{\"id\":\"\\ud800\\u0041\"}}",
	  INVALID_FRAME(MSG_FRAME_SURROGATE) },
	{ "{\"method\":\"io.krtask.Echo\",\"parameters\":{\"id\":\"\\udc00\"}}",
	  INVALID_FRAME(MSG_FRAME_SURROGATE) },
	{ "{\"method\":\"io.krtask.Echo\",\"parameters\":{\"\\u0000\":1}}",
	  INVALID_FRAME(MSG_FRAME_NUL_IN_NAME) },
	{ "{\"method\":\"io.krtask.Echo\",\"parameters\":{\"id\":\"7\",\"id\":\"8\"}}",
	  INVALID_FRAME("field 'id' occurs more than once") },
	{ "{\"method\":\"io.krtask.Echo\",\"method\":\"io.krtask.Bump\"}",
	  INVALID_FRAME("field 'method' occurs more than once") },
	{ "{\"method\":\"io.krtask.Echo\",\"parameters\":{\"aRatherLongNameOfAField\":1,"
	  "\"aRatherLongNameOfAField\":2}}",
	  INVALID_FRAME(MSG_FRAME_SOME_TWICE) },
	{ "[]", INVALID_FRAME(MSG_FRAME_NOT_OBJECT) },
	{ "5", INVALID_FRAME(MSG_FRAME_NOT_OBJECT) },
	{ "null", INVALID_FRAME(MSG_FRAME_NOT_OBJECT) },
	{ "\"\"", INVALID_FRAME(MSG_FRAME_NOT_OBJECT) },
	{ "{}", INVALID_FRAME(MSG_FRAME_NO_METHOD) },
	{ "{\"method\":7}", INVALID_FRAME(MSG_FRAME_NO_METHOD) },
	{ "{\"method\":\"a.b\\u0000\"}", INVALID_FRAME(MSG_FRAME_NUL_IN_METHOD) },
};

START_TEST(garbage_is_refused_and_the_next_call_is_not)
{
	int fd = dial();

	call(fd, "{\"method\":\"io.krtask.Bump\"}");
	call(fd, garbage[_i].frame);
	call(fd, "{\"method\":\"io.krtask.Bump\"}");
	expect(fd, "{\"parameters\":{}}");
	expect(fd, garbage[_i].answer);
	expect(fd, "{\"parameters\":{}}");
	ck_assert_uint_eq(fake.count, 2);
	close(fd);
	is_alive();
}
END_TEST

START_TEST(a_nesting_bomb_is_garbage)
{
	size_t length = 1 << 20;
	char *bomb = unit_room(length);
	int fd = dial();

	memset(bomb, '[', length);
	bomb[length - 1] = '\0';
	ck_assert_uint_eq(give(fd, bomb, length), length);
	expect(fd, INVALID_FRAME(MSG_FRAME_TOO_DEEP));
	call(fd, "{\"method\":\"io.krtask.Echo\"}");
	expect(fd, "{\"parameters\":{}}");
	free(bomb);
	close(fd);
	is_alive();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("wire_garbage");
	TCase *tcase = tcase_create("garbage");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_loop_test(tcase, garbage_is_refused_and_the_next_call_is_not, 0,
	                    sizeof(garbage) / sizeof(*garbage));
	tcase_add_test(tcase, a_nesting_bomb_is_garbage);
	suite_add_tcase(suite, tcase);
	return unit_main(suite);
}
