/*
 * Whatever is read from the text of a Create, jansson reads the same from it.
 */
#include <errno.h>
#include <jansson.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "engine/service/plain_create.h"
#include "engine/service/service.h"
#include "tests/unit/unit.h"

#define NONCE "\"nonce\":\"00112233445566778899aAbBcCdDeEfF\""
#define ID_64 "0123456789012345678901234567890123456789012345678901234567890123"
#define SHORT "{\"command\":[\"/bin/true\"],\"cwd\":\"/\"}"
#define WHOLE                                                                                                \
	"{\"id\":\"build-7\",\"name\":\"it's a 'build'\",\"description\":\"~ !\",\"group\":\"g\","           \
	"\"command\":[\"make\",\"-j4\",\"\"],\"cwd\":\"/tmp/a b\",\"variables\":[\"A=1\",\"B=\"],"           \
	"\"merge\":true,\"start\":true," NONCE ",\"environment\":\"" ID_64 "\",\"parent\":\"" ID_64 "\"}"

static const char *const plain[] = {
	SHORT,
	WHOLE,
	"{\"command\":[\"a\"],\"merge\":false,\"start\":false}",
	"{\"name\":\"\"}",
};

/* Each of these is jansson's, whether it is right or wrong. */
static const char *const others[] = {
	"",
	"{",
	"{}",
	"[]",
	"{\"command\":[]}",
	"{\"command\":[\"a\"],}",
	"{\"command\":[\"a\",]}",
	"{\"command\":[\"a\"]}}",
	"{\"command\":[\"a\"]} ",
	"{ \"command\":[\"a\"]}",
	"{\"command\":[\"a\"]",
	"{\"command\":[\"a]}",
	"{\"command\":[\"a\\n\"]}",
	"{\"command\":[\"\x7f\"]}",
	"{\"command\":[\"\xc3\xa4\"]}",
	"{\"command\":[\"\x01\"]}",
	"{\"command\":\"a\"}",
	"{\"command\":[7]}",
	"{\"command\":null}",
	"{\"name\":null}",
	"{\"name\":7}",
	"{\"name\":\"a\",\"name\":\"b\"}",
	"{\"start\":1}",
	"{\"start\":truth}",
	"{\"start\":tru",
	"{\"nonce\":\"00\"}",
	"{\"nonce\":\"0011223344556677889900112233445g\"}",
	"{\"environment\":\"\"}",
	"{\"environment\":\"00123456789012345678901234567890123456789012345678901234567890123\"}",
	"{\"parent\":\"00123456789012345678901234567890123456789012345678901234567890123\"}",
	"{\"maxLog\":7}",
	"{\"priority\":1}",
	"{\"nam\":\"a\"}",
	"{\"names\":\"a\"}",
};

static void same_text(const char *a, const char *b)
{
	ck_assert_pstr_eq(a, b);
}

static void same_list(const struct strings *a, const struct strings *b)
{
	ck_assert_uint_eq(a->length, b->length);
	if (a->length)
		ck_assert_mem_eq(a->block, b->block, a->length);
}

/* Both have read the same, and jansson has found nothing wrong. */
static void compare(const struct plain_create *create, const char *json, size_t length)
{
	json_t *tree = json_loadb(json, length, JSON_ALLOW_NUL | JSON_REJECT_DUPLICATES, NULL);
	struct args args = { .parameters = tree };
	struct task_spec spec = { 0 };
	const char *environment = args_string(&args, "environment"), *parent = args_string(&args, "parent");

	ck_assert_ptr_nonnull(tree);
	args_read_spec(&args, &spec);
	ck_assert_int_eq(create->start, args_bool(&args, "start"));
	ck_assert_ptr_null(args.bad);
	ck_assert_str_eq(create->environment, environment ? environment : "");
	ck_assert_str_eq(create->parent, parent ? parent : "");
	same_text(create->spec.id, spec.id);
	same_text(create->spec.name, spec.name);
	same_text(create->spec.description, spec.description);
	same_text(create->spec.group, spec.group);
	same_text(create->spec.cwd, spec.cwd);
	same_list(&create->spec.command, &spec.command);
	same_list(&create->spec.variables, &spec.variables);
	ck_assert_int_eq(create->spec.merge, spec.merge);
	ck_assert_int_eq(create->spec.has_nonce, spec.has_nonce);
	ck_assert_mem_eq(create->spec.nonce, spec.nonce, TASK_NONCE_SIZE);
	ck_assert_uint_eq(create->spec.max_log, spec.max_log);
	task_spec_release(&spec);
	json_decref(tree);
}

/* True if it is plain; then jansson reads the same.  What is read has no byte behind it, as ASan sees. */
static bool reads(const char *json, size_t length)
{
	struct plain_create create;
	char *copy = malloc(length + !length);
	int result;

	ck_assert_ptr_nonnull(copy);
	memcpy(copy, json, length);
	result = plain_create_read(&create, copy, length);
	if (result > 0) {
		compare(&create, copy, length);
		plain_create_release(&create);
	}
	free(copy);
	return result > 0;
}

START_TEST(plain_ones_are_read)
{
	ck_assert(reads(plain[_i], strlen(plain[_i])));
}
END_TEST

START_TEST(others_are_left_to_jansson)
{
	ck_assert(!reads(others[_i], strlen(others[_i])));
}
END_TEST

/* Small changes of what is right, the same ones in each run. */
START_TEST(jansson_reads_the_same)
{
	enum { ROUNDS = 30000, CHANGES = 4, MORE = 32 };
	static const char bytes[] = "\"\"\"{}[]:,,\\/ntfaeu0d\x7f\xc3\x01";
	char text[sizeof(WHOLE) + MORE];
	uint64_t random = 0x9e3779b97f4a7c15;
	int read = 0;

	for (int i = 0; i < ROUNDS; i++) {
		size_t length = sizeof(WHOLE) - 1;

		memcpy(text, WHOLE, length);
		for (int k = i % CHANGES; k >= 0; k--) {
			random = random * 6364136223846793005u + 1442695040888963407u;
			size_t at = (random >> 33) % length, size = (random >> 50) % 8;

			if (random >> 20 & 1)
				text[at] = bytes[(random >> 40) % sizeof(bytes)];
			else if (random >> 21 & 1 && at + size < length)
				memmove(text + at, text + at + size, (length -= size) - at);
			else if (at + size < length && length + size < sizeof(text))
				memmove(text + at + size, text + at, (length += size) - size - at);
		}
		read += reads(text, length);
	}
	ck_assert_int_gt(read, ROUNDS / 20);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("plain_create");
	TCase *tcase = tcase_create("read");

	tcase_add_loop_test(tcase, plain_ones_are_read, 0, sizeof(plain) / sizeof(*plain));
	tcase_add_loop_test(tcase, others_are_left_to_jansson, 0, sizeof(others) / sizeof(*others));
	tcase_add_test(tcase, jansson_reads_the_same);
	suite_add_tcase(suite, tcase);
	return unit_main(suite);
}
