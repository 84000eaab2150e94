/* Command lines that are kept from one run of the screen to the next. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/unit/scratch.h"
#include "tests/unit/unit.h"
#include "tui/screen/history_file.h"

static char path[4096];

static void setup(void)
{
	scratch_make();
	ck_assert_int_eq(setenv("KRTASK_STATE_DIR", scratch_path("state"), 1), 0);
	ck_assert_int_eq(mkdir(scratch_path("state"), 0700), 0);
	snprintf(path, sizeof(path), "%s", scratch_path("state/screen.history"));
}

/* The lines that a new screen knows, joined by bars. */
static const char *known(void)
{
	static char joined[1 << 16];
	struct history history = { 0 };
	size_t used = 0;

	*joined = '\0';
	history_file_read(&history);
	for (size_t i = 0; i < history.count; i++)
		used += (size_t)snprintf(joined + used, sizeof(joined) - used, "%s|", history.lines[i]);
	history_release(&history);
	return joined;
}

static off_t size_of_file(void)
{
	struct stat status;

	ck_assert_int_eq(stat(path, &status), 0);
	ck_assert_int_eq(status.st_mode & 07777, 0600);
	return status.st_size;
}

START_TEST(lines_are_kept_in_order)
{
	ck_assert_str_eq(known(), "");
	history_file_add("start 7");
	history_file_add("stop 7");
	ck_assert_str_eq(known(), "start 7|stop 7|");
	ck_assert_int_gt(size_of_file(), 0);
}
END_TEST

START_TEST(what_begins_with_a_blank_is_not_kept)
{
	history_file_add(" new --env PASSWORD=x -- y");
	history_file_add("\tz");
	history_file_add("two\nlines");
	history_file_add("");
	ck_assert_int_ne(access(path, F_OK), 0);
}
END_TEST

START_TEST(the_file_does_not_grow_without_limit)
{
	char line[32];

	for (int i = 0; i < 3 * HISTORY_MAX; i++) {
		snprintf(line, sizeof(line), "line %d", i);
		history_file_add(line);
	}
	off_t before = size_of_file();
	ck_assert_ptr_nonnull(strstr(known(), "line 1499|"));
	ck_assert_int_lt(size_of_file(), before / 2);
	ck_assert_ptr_null(strstr(known(), "line 999|"));
	ck_assert_ptr_nonnull(strstr(known(), "line 1000|"));
}
END_TEST

START_TEST(screens_do_not_mix_their_lines)
{
	char line[300];

	memset(line, 'x', sizeof(line) - 1);
	line[sizeof(line) - 1] = '\0';
	for (int child = 0; child < 4; child++) {
		if (fork() == 0) {
			line[0] = (char)('a' + child);
			for (int i = 0; i < 50; i++)
				history_file_add(line);
			_exit(0);
		}
	}
	while (wait(NULL) > 0)
		;
	ck_assert_int_eq(size_of_file() % (off_t)sizeof(line), 0);
	ck_assert_int_gt(size_of_file(), 0);
}
END_TEST

START_TEST(nothing_but_a_file_of_ours_is_used)
{
	const char *target = scratch_path("other");

	ck_assert_int_eq(symlink(target, path), 0);
	history_file_add("start 7");
	ck_assert_int_ne(access(target, F_OK), 0);
	ck_assert_str_eq(known(), "");
}
END_TEST

START_TEST(what_was_not_written_whole_is_no_line)
{
	FILE *file = fopen(path, "w");

	ck_assert_ptr_nonnull(file);
	fputs("whole\nnot \xff text\nhal", file);
	int closed = fclose(file);
	ck_assert_int_eq(closed, 0);
	ck_assert_int_eq(chmod(path, 0600), 0);
	ck_assert_str_eq(known(), "whole|");
	history_file_add("next");
	ck_assert_str_eq(known(), "whole|hal|next|");
}
END_TEST

int main(void)
{
	const TTest *const tests[] = { lines_are_kept_in_order,
		                       what_begins_with_a_blank_is_not_kept,
		                       the_file_does_not_grow_without_limit,
		                       screens_do_not_mix_their_lines,
		                       nothing_but_a_file_of_ours_is_used,
		                       what_was_not_written_whole_is_no_line };

	return unit_run("history file", setup, scratch_remove, tests);
}
