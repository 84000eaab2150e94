/* JSON is read whole or not at all, wherever memory ends. */
#include <stdlib.h>
#include <string.h>

#include "engine/wire/client/reply.h"
#include "engine/wire/jsonr.h"
#include "tests/unit/scarce.h"
#include "tests/unit/unit.h"

enum { CONSTANTS = 3000, LONG = 5000 };

static const char *const texts[] = {
	"[\"crash/ran/1137\",\"a longer string, for which the buffer of the lexer grows again and again\"]",
	"{\"method\":\"io.krtask.Create\",\"parameters\":{\"command\":[\"sh\",\"-c\",\"echo begin >>ran/1; exit 2\"]}}",
	"[\"every escape \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\u00e9 \\ud83d\\ude00 stands at some place of the buffer\"]",
	"[12345678901234567,-1234567890123456789,0.12345678901234567890123456789012345678901234567890]",
	"[1.00000000000000000000000000000000001e100,100000000000000000000000000000000000000000.5]",
	"[\"thirty-one characters and a NUL\",\"thirty-one characters and a NUL\",\"thirty-one characters and a NUL\"]",
};

static void assert_no_memory(const json_error_t *error)
{
	ck_assert_int_eq(json_error_code(error), json_error_out_of_memory);
	ck_assert_str_eq(error->text, "");
}

/* Reads it with memory for more and more allocations, until there is enough for all. */
static void read_scarcely(const char *text, size_t length)
{
	json_t *whole = json_loadb(text, length, 0, NULL), *value = NULL;

	ck_assert_ptr_nonnull(whole);
	for (long count = 0; !value; count++) {
		json_error_t error;
		bool failed;

		scarce_after(count);
		value = jsonr_load(text, length, 0, &error);
		failed = scarce_end();
		ck_assert(failed == !value);
		if (!value)
			assert_no_memory(&error);
	}
	ck_assert(json_equal(value, whole));
	json_decref(value);
	json_decref(whole);
}

START_TEST(nothing_is_left_out)
{
	read_scarcely(texts[_i], strlen(texts[_i]));
}
END_TEST

/* The array's table takes as much as it can before the lexer's buffer has to grow. */
START_TEST(there_is_enough_for_any_text)
{
	static const char constant[] = "true,";
	char *text = unit_room(2 + CONSTANTS * strlen(constant) + LONG + 4), *at = text;

	*at++ = '[';
	for (int i = 0; i < CONSTANTS; i++)
		at = stpcpy(at, constant);
	at = stpcpy(at, "0.");
	memset(at, '1', LONG);
	(void)stpcpy(at + LONG, "]");
	read_scarcely(text, strlen(text));
	free(text);
}
END_TEST

/* What a client gets from a server: with one string, which is read faster, and with more. */
START_TEST(a_reply_is_read_whole_or_not_at_all)
{
	static const char *const replies[] = {
		"{\"parameters\":{\"id\":\"a-long-id-that-is-read-to-its-end\"}}",
		"{\"parameters\":{\"id\":\"a-long-id-that-is-read-to-its-end\",\"command\":[\"with\",\"words\"]}}",
	};
	json_error_t error;
	json_t *whole = jsonr_load(replies[_i], strlen(replies[_i]), 0,
	                           &error); /* from now on jansson uses our memory */
	bool failed = true;

	ck_assert_ptr_nonnull(whole);
	for (long count = 0; failed; count++) {
		json_t *value;

		scarce_once(count);
		value = reply_load(replies[_i], strlen(replies[_i]), &error);
		failed = scarce_end();
		ck_assert(value ? json_equal(value, whole) : failed);
		if (!value)
			assert_no_memory(&error);
		json_decref(value);
	}
	json_decref(whole);
}
END_TEST

START_TEST(what_is_wrong_is_said_as_by_jansson)
{
	static const char *const wrong[] = { "", "{", "[1", "\"", "[\"\\ud800\"]", "[99999999999999999999]",
		                             "x" };

	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		json_error_t ours, theirs;

		ck_assert_ptr_null(json_loadb(wrong[i], strlen(wrong[i]), 0, &theirs));
		ck_assert_ptr_null(jsonr_load(wrong[i], strlen(wrong[i]), 0, &ours));
		ck_assert_str_eq(ours.text, theirs.text);
		ck_assert_int_eq(json_error_code(&ours), json_error_code(&theirs));
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("jsonr");
	TCase *tcase = tcase_create("texts");

	tcase_add_loop_test(tcase, nothing_is_left_out, 0, sizeof(texts) / sizeof(*texts));
	tcase_add_test(tcase, there_is_enough_for_any_text);
	tcase_add_loop_test(tcase, a_reply_is_read_whole_or_not_at_all, 0, 2);
	tcase_add_test(tcase, what_is_wrong_is_said_as_by_jansson);
	suite_add_tcase(suite, tcase);
	return unit_main(suite);
}
