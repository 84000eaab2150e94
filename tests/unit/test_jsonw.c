/* The JSON writer, compared with jansson's reader, and base64. */
#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "engine/wire/jsonw.h"
#include "tests/unit/unit.h"

static void assert_text(struct jsonw *w, const char *expected)
{
	ck_assert(!w->failed);
	ck_assert_msg(w->length == strlen(expected) && memcmp(w->data, expected, w->length) == 0,
	              "%.*s is not %s", (int)w->length, w->data, expected);
	jsonw_release(w);
}

START_TEST(commas_are_its_own_business)
{
	struct jsonw w = JSONW_INIT;

	jsonw_object(&w);
	jsonw_key(&w, "empty");
	jsonw_object(&w);
	jsonw_end_object(&w);
	jsonw_key(&w, "list");
	jsonw_array(&w);
	jsonw_int(&w, 1);
	jsonw_array(&w);
	jsonw_end_array(&w);
	jsonw_object(&w);
	jsonw_key(&w, "a");
	jsonw_bool(&w, true);
	jsonw_key(&w, "b");
	jsonw_null(&w);
	jsonw_end_object(&w);
	jsonw_string(&w, NULL);
	jsonw_raw(&w, "[2]", 3);
	jsonw_end_array(&w);
	jsonw_key(&w, "z");
	jsonw_bool(&w, false);
	jsonw_end_object(&w);
	assert_text(&w, "{\"empty\":{},\"list\":[1,[],{\"a\":true,\"b\":null},null,[2]],\"z\":false}");
}
END_TEST

START_TEST(numbers)
{
	struct jsonw w = JSONW_INIT;

	jsonw_array(&w);
	jsonw_int(&w, 0);
	jsonw_int(&w, -1);
	jsonw_int(&w, INT64_MIN);
	jsonw_int(&w, INT64_MAX);
	jsonw_uint(&w, UINT64_MAX);
	jsonw_fixed3(&w, 1234);
	jsonw_fixed3(&w, -5);
	jsonw_fixed3(&w, 0);
	jsonw_fixed3(&w, INT64_MIN);
	jsonw_end_array(&w);
	assert_text(&w,
	            "[0,-1,-9223372036854775808,9223372036854775807,18446744073709551615,1.234,-0.005,0.000,"
	            "-9223372036854775.808]");
}
END_TEST

START_TEST(times_are_rfc3339_in_utc)
{
	struct jsonw w = JSONW_INIT;

	jsonw_array(&w);
	jsonw_time(&w, 0);
	jsonw_time(&w, 1);
	jsonw_time(&w, 1709251199999); /* a leap day's last millisecond */
	jsonw_time(&w, -1);
	jsonw_time(&w, INT64_C(-62135596800000)); /* the first that can be written, and what is before it */
	jsonw_time(&w, INT64_C(-62135596800001));
	jsonw_time(&w, INT64_MIN);
	jsonw_time(&w, INT64_C(253402300799999)); /* the last, and what is after it */
	jsonw_time(&w, INT64_C(253402300800000));
	jsonw_time(&w, INT64_MAX);
	jsonw_end_array(&w);
	assert_text(
		&w,
		"[null,\"1970-01-01T00:00:00.001Z\",\"2024-02-29T23:59:59.999Z\",\"1969-12-31T23:59:"
		"59.999Z\",\"0001-01-01T00:00:00.000Z\",null,null,\"9999-12-31T23:59:59.999Z\",null,null]");
}
END_TEST

static const struct {
	const char *bytes, *json;
} strings[] = {
	{ "", "\"\"" },
	{ "plain", "\"plain\"" },
	{ "\"\\/", "\"\\\"\\\\/\"" },
	{ "\b\f\n\r\t", "\"\\b\\f\\n\\r\\t\"" },
	{ "\x01\x1f\x7f", "\"\\u0001\\u001f\x7f\"" },
	{ "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80", "\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\"" },
	{ "a\xff"
	  "b",
	  "\"a\xef\xbf\xbd"
	  "b\"" },
	{ "\xc0\xaf", "\"\xef\xbf\xbd\xef\xbf\xbd\"" },                                 /* overlong */
	{ "\xed\xa0\x80", "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"" },                 /* a surrogate */
	{ "\xf4\x90\x80\x80", "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"" }, /* above U+10FFFF */
	{ "\xe2\x82", "\"\xef\xbf\xbd\xef\xbf\xbd\"" },                                 /* cut at the end */
	{ "\xf0\x9f\x98\"", "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\\\"\"" }, /* cut in the middle */
};

START_TEST(strings_are_escaped_and_repaired)
{
	struct jsonw w = JSONW_INIT;

	jsonw_string(&w, strings[_i].bytes);
	assert_text(&w, strings[_i].json);
}
END_TEST

START_TEST(a_nul_inside_is_escaped)
{
	struct jsonw w = JSONW_INIT;

	jsonw_string_n(&w, "a\0b", 3);
	assert_text(&w, "\"a\\u0000b\"");
}
END_TEST

/* A strict reader accepts what is written for every pair of bytes. */
START_TEST(whatever_the_bytes_it_is_json)
{
	for (unsigned pair = 0; pair < 65536; pair++) {
		struct jsonw w = JSONW_INIT;
		const char bytes[] = { 'x', (char)(pair >> 8), (char)pair, 'y' };
		json_t *read;

		jsonw_string_n(&w, bytes, sizeof(bytes));
		read = json_loadb(w.data, w.length, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
		ck_assert_msg(json_is_string(read), "pair %04x: %.*s", pair, (int)w.length, w.data);
		json_decref(read);
		jsonw_release(&w);
	}
}
END_TEST

START_TEST(clear_begins_anew)
{
	struct jsonw w = JSONW_INIT;

	jsonw_array(&w);
	jsonw_int(&w, 1);
	jsonw_clear(&w);
	jsonw_int(&w, 2);
	assert_text(&w, "2");
}
END_TEST

START_TEST(after_a_failure_nothing_is_written)
{
	struct jsonw w = JSONW_INIT;
	size_t length;

	jsonw_string(&w, "a");
	length = w.length;
	jsonw_base64(&w, "", SIZE_MAX);
	ck_assert(w.failed);
	jsonw_string(&w, "b");
	ck_assert(w.failed);
	ck_assert_uint_le(w.length, length + 1);
	jsonw_release(&w);
}
END_TEST

/* The vectors of RFC 4648 section 10. */
static const struct {
	const char *bytes, *text;
} vectors[] = {
	{ "", "" },
	{ "f", "Zg==" },
	{ "fo", "Zm8=" },
	{ "foo", "Zm9v" },
	{ "foob", "Zm9vYg==" },
	{ "fooba", "Zm9vYmE=" },
	{ "foobar", "Zm9vYmFy" },
	{ "\xfb\xef\xff", "++//" },
};

START_TEST(base64_vectors)
{
	struct jsonw w = JSONW_INIT;
	void *bytes = NULL;
	size_t count = 99;

	jsonw_base64(&w, vectors[_i].bytes, strlen(vectors[_i].bytes));
	ck_assert_uint_eq(w.length, strlen(vectors[_i].text) + 2);
	ck_assert_mem_eq(w.data + 1, vectors[_i].text, w.length - 2);
	ck_assert_int_eq(base64_decode(vectors[_i].text, strlen(vectors[_i].text), &bytes, &count), 0);
	ck_assert_uint_eq(count, strlen(vectors[_i].bytes));
	ck_assert_str_eq(bytes, vectors[_i].bytes);
	free(bytes);
	jsonw_release(&w);
}
END_TEST

static const char *const not_base64[] = { "Zg",       "Zg=",  "Zg===", "=",        "====",
	                                  "Z===",     "Zh==", "Zm9=",  "Zm 9",     "Zm9v\n",
	                                  "Zg==Zg==", "Zm-_", "Z=g=",  "Zm8=Zm9v", "\xff\xff\xff\xff" };

START_TEST(base64_refuses)
{
	void *bytes = NULL;
	size_t count = 99;

	ck_assert_int_eq(base64_decode(not_base64[_i], strlen(not_base64[_i]), &bytes, &count), -EINVAL);
	ck_assert_ptr_null(bytes);
	ck_assert_uint_eq(count, 99);
}
END_TEST

START_TEST(base64_there_and_back)
{
	unsigned char bytes[1021];

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (unsigned char)(i * 167 + i / 256);
	for (size_t length = 0; length <= sizeof(bytes); length += 17) {
		struct jsonw w = JSONW_INIT;
		void *back;
		size_t count;

		jsonw_base64(&w, bytes, length);
		ck_assert_int_eq(base64_decode(w.data + 1, w.length - 2, &back, &count), 0);
		ck_assert_uint_eq(count, length);
		ck_assert(memcmp(back, bytes, length) == 0);
		free(back);
		jsonw_release(&w);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("jsonw");
	TCase *writer = tcase_create("writer"), *base64 = tcase_create("base64");

	tcase_add_test(writer, commas_are_its_own_business);
	tcase_add_test(writer, numbers);
	tcase_add_test(writer, times_are_rfc3339_in_utc);
	tcase_add_loop_test(writer, strings_are_escaped_and_repaired, 0,
	                    sizeof(strings) / sizeof(strings[0]));
	tcase_add_test(writer, a_nul_inside_is_escaped);
	tcase_add_test(writer, whatever_the_bytes_it_is_json);
	tcase_add_test(writer, clear_begins_anew);
	tcase_add_test(writer, after_a_failure_nothing_is_written);
	suite_add_tcase(suite, writer);
	tcase_add_loop_test(base64, base64_vectors, 0, sizeof(vectors) / sizeof(vectors[0]));
	tcase_add_loop_test(base64, base64_refuses, 0, sizeof(not_base64) / sizeof(not_base64[0]));
	tcase_add_test(base64, base64_there_and_back);
	suite_add_tcase(suite, base64);
	return unit_main(suite);
}
