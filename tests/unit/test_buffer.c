/* A buffer of bytes: they are added at the end and taken from the front, one frame at a time. */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "engine/wire/buffer.h"
#include "tests/unit/unit.h"

static struct buffer buffer;

static void teardown(void)
{
	buffer_release(&buffer);
}

static void put(const char *bytes, size_t length)
{
	ck_assert_int_eq(buffer_room(&buffer, length), 0);
	buffer_put(&buffer, bytes, length);
}

static void expect_frame(const char *wanted)
{
	size_t length = 99;
	const char *frame = buffer_frame(&buffer, &length);

	if (!wanted) {
		ck_assert_ptr_null(frame);
		return;
	}
	ck_assert_ptr_nonnull(frame);
	ck_assert_str_eq(frame, wanted);
	ck_assert_uint_eq(length, strlen(wanted));
}

START_TEST(frames_come_out_whole_and_in_order)
{
	expect_frame(NULL);
	put("on", 2);
	expect_frame(NULL);
	put("e\0\0tw", 5);
	expect_frame("one");
	expect_frame("");
	expect_frame(NULL);
	put("o\0", 2);
	expect_frame("two");
	expect_frame(NULL);
}
END_TEST

START_TEST(what_waits_moves_to_where_there_is_room)
{
	char piece[1000];
	size_t length;

	memset(piece, 'x', sizeof(piece));
	for (int i = 0; i < 1000; i++) {
		put(piece, sizeof(piece));
		put("", 1);
		if (i % 2) {
			ck_assert_ptr_nonnull(buffer_frame(&buffer, &length));
			ck_assert_uint_eq(length, sizeof(piece));
		}
	}
	for (int i = 0; i < 500; i++)
		ck_assert_ptr_nonnull(buffer_frame(&buffer, &length));
	expect_frame(NULL);
	ck_assert_uint_le(buffer.size, 2 * 1000 * 1001);
}
END_TEST

START_TEST(memory_is_given_back)
{
	put("one\0tw", 6);
	expect_frame("one");
	expect_frame(NULL);
	buffer_trim(&buffer);
	ck_assert_uint_eq(buffer.size, 2);
	put("o\0", 2);
	expect_frame("two");
	buffer_trim(&buffer);
	ck_assert_ptr_null(buffer.data);
	ck_assert_uint_eq(buffer.size, 0);
	expect_frame(NULL);
}
END_TEST

START_TEST(a_long_frame_is_given_away)
{
	char piece[10000], *memory;
	const char *frame;
	size_t length;

	memset(piece, 'x', sizeof(piece));
	put(piece, sizeof(piece));
	put("\0two\0th", 7);
	frame = buffer_frame(&buffer, &length);
	memory = buffer_detach(&buffer, length);
	ck_assert_ptr_eq(memory, frame);
	ck_assert_uint_eq(strlen(memory), sizeof(piece));
	expect_frame("two");
	expect_frame(NULL);
	put("ree\0", 4);
	expect_frame("three");
	free(memory);
	/* There is more after it than in it. */
	put("one\0", 4);
	put(piece, sizeof(piece));
	expect_frame("one");
	ck_assert_ptr_null(buffer_detach(&buffer, 3));
	put("", 1);
	frame = buffer_frame(&buffer, &length);
	ck_assert_uint_eq(length, sizeof(piece));
	memory = buffer_detach(&buffer, length);
	ck_assert_ptr_nonnull(memory);
	ck_assert(frame > memory);
	free(memory);
	expect_frame(NULL);
}
END_TEST

START_TEST(what_is_long_moves_no_more)
{
	char piece[64 << 10], *memory;
	size_t length;

	memset(piece, 'x', sizeof(piece));
	for (int i = 0; i < 17; i++)
		put(piece, sizeof(piece));
	memory = buffer.data;
	for (int i = 17; i < 128; i++) {
		put(piece, sizeof(piece));
		ck_assert_ptr_eq(buffer.data, memory);
	}
	put("", 1);
	/* The room that was never used is no reason to copy the frame. */
	ck_assert_ptr_eq(buffer_frame(&buffer, &length), memory);
	ck_assert_uint_eq(length, 128 * sizeof(piece));
	memory = buffer_detach(&buffer, length);
	ck_assert_ptr_nonnull(memory);
	free(memory);
}
END_TEST

START_TEST(too_much_is_refused_and_changes_nothing)
{
	put("one", 4);
	ck_assert_int_eq(buffer_room(&buffer, SIZE_MAX), -ENOMEM);
	ck_assert_int_eq(buffer_room(&buffer, SIZE_MAX / 2), -ENOMEM);
	expect_frame("one");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("buffer");
	TCase *tcase = tcase_create("buffer");

	tcase_add_checked_fixture(tcase, NULL, teardown);
	tcase_add_test(tcase, frames_come_out_whole_and_in_order);
	tcase_add_test(tcase, what_waits_moves_to_where_there_is_room);
	tcase_add_test(tcase, memory_is_given_back);
	tcase_add_test(tcase, a_long_frame_is_given_away);
	tcase_add_test(tcase, what_is_long_moves_no_more);
	tcase_add_test(tcase, too_much_is_refused_and_changes_nothing);
	suite_add_tcase(suite, tcase);
	return unit_main(suite);
}
