/* What the user chose for the table, as a file. */
#include <stdlib.h>
#include <string.h>

#include "tests/unit/unit.h"
#include "tui/view/screen_ini.h"

START_TEST(what_is_written_is_read)
{
	struct screen_ini ini = { .reverse = true,
		                  .creation = true,
		                  .no_output = true,
		                  .tree = true,
		                  .together = true },
			  read;
	char *text;

	ini.sort = field_find("name");
	ini.fields.items[0] = field_find("state");
	ini.fields.items[1] = &field_eta;
	ini.fields.count = 2;
	ini.widths[1] = 20;
	text = screen_ini_write(&ini);
	ck_assert_ptr_nonnull(strstr(text, "\ncolumns = state, eta:20\n"));
	ck_assert_int_eq(screen_ini_parse(text, &read), 0);
	ck_assert_mem_eq(&read, &ini, sizeof(ini));
	free(text);
	memset(&ini, 0, sizeof(ini));
	text = screen_ini_write(&ini);
	ck_assert_int_eq(screen_ini_parse(text, &read), 0);
	ck_assert_mem_eq(&read, &ini, sizeof(ini));
	free(text);
}
END_TEST

START_TEST(a_file_of_a_user_may_have_blanks_and_comments)
{
	struct screen_ini ini;

	ck_assert_int_eq(screen_ini_parse("", &ini), 0);
	ck_assert_int_eq(screen_ini_parse("# x\n\n ; y\n  sort=NAME \r\ncolumns = id ,name : 7", &ini),
	                 6 - 1);
	ck_assert_int_eq(screen_ini_parse("# x\n\n ; y\n  sort=NAME \r\ncolumns = id ,name:7", &ini), 0);
	ck_assert_ptr_eq(ini.sort, field_find("name"));
	ck_assert_uint_eq(ini.fields.count, 2);
	ck_assert_int_eq(ini.widths[1], 7);
}
END_TEST

static const char *const wrong[] = {
	"\nnosuch = 1",     "\nsort",          "\nsort = nosuch",    "\nsort = eta",
	"\nreverse = 1",    "\norder = name",  "\ncolumns =",        "\ncolumns = id,,name",
	"\ncolumns = id:0", "\ncolumns = id:", "\ncolumns = id:501", "\ncolumns = id,id",
	"\ncolumns = id:x", "\nservers = 1",   "\n\001\002",
};

START_TEST(a_bad_file_is_refused_whole)
{
	struct screen_ini ini = { .tree = true };

	ck_assert_int_eq(screen_ini_parse(wrong[_i], &ini), 2);
	ck_assert(ini.tree);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("screen.ini");
	TCase *tcase = tcase_create("screen.ini");

	tcase_add_test(tcase, what_is_written_is_read);
	tcase_add_test(tcase, a_file_of_a_user_may_have_blanks_and_comments);
	tcase_add_loop_test(tcase, a_bad_file_is_refused_whole, 0, (int)(sizeof(wrong) / sizeof(*wrong)));
	suite_add_tcase(suite, tcase);
	return unit_main(suite);
}
