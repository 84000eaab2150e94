/* Bytes as hexadecimal digits, and back. */
#include <errno.h>

#include "engine/task/hex.h"
#include "tests/unit/unit.h"

START_TEST(bytes_are_written_as_digits)
{
	char digits[7];

	hex_write("\x00\x9a\xff", 3, digits);
	ck_assert_str_eq(digits, "009aff");
	hex_write("", 0, digits);
	ck_assert_str_eq(digits, "");
}
END_TEST

START_TEST(digits_are_read_in_either_case)
{
	unsigned char bytes[3] = { 1, 2, 3 };

	ck_assert_int_eq(hex_read("00aF", bytes, 2), 0);
	ck_assert_mem_eq(bytes, "\x00\xaf\x03", 3);
	ck_assert_int_eq(hex_read("", bytes, 0), 0);
}
END_TEST

static const char *const refused[] = { "",     "0",    "000",  "00000", "00g0", "0x00",
	                               " 000", "00:0", "00@0", "00/0",  "00`0" };

START_TEST(what_is_not_all_digits_is_refused_and_changes_nothing)
{
	unsigned char bytes[2] = { 1, 2 };

	ck_assert_int_eq(hex_read(refused[_i], bytes, 2), -EINVAL);
	ck_assert_mem_eq(bytes, "\1\2", 2);
}
END_TEST

START_TEST(every_byte_comes_back)
{
	unsigned char byte, back = 0;
	char digits[3];

	for (int i = 0; i < 256; i++) {
		byte = (unsigned char)i;
		hex_write(&byte, 1, digits);
		ck_assert_int_eq(hex_read(digits, &back, 1), 0);
		ck_assert_uint_eq(back, byte);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("hex");
	TCase *tcase = tcase_create("hex");

	tcase_add_test(tcase, bytes_are_written_as_digits);
	tcase_add_test(tcase, digits_are_read_in_either_case);
	tcase_add_loop_test(tcase, what_is_not_all_digits_is_refused_and_changes_nothing, 0,
	                    sizeof(refused) / sizeof(*refused));
	tcase_add_test(tcase, every_byte_comes_back);
	suite_add_tcase(suite, tcase);
	return unit_main(suite);
}
