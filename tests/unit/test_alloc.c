/* When the front end has no memory, it ends with a word and a status that is no task's. */
#include "tui/text/alloc.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/unit/scarce.h"
#include "tests/unit/unit.h"
#include "tui/fields/decode.h"

enum { ON_THE_SCREEN = 7 };

static void restore_screen(int number)
{
	(void)number;
	_exit(ON_THE_SCREEN);
}

static void lose_string(void)
{
	(void)alloc_string("text");
}

static void lose_bytes(void)
{
	void *bytes;
	size_t count;

	(void)decode_bytes("dGV4dA==", 8, &bytes, &count);
}

static void lose_string_on_the_screen(void)
{
	signal(SIGABRT, restore_screen);
	lose_string();
}

/* Returns how a process ends that has no memory for that. */
static int status_of(void lose(void))
{
	pid_t child = fork();
	int status;

	ck_assert_int_ge(child, 0);
	if (child == 0) {
		signal(SIGABRT, SIG_DFL);
		close(STDERR_FILENO);
		scarce_after(0);
		lose();
		_exit(0);
	}
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert(WIFEXITED(status));
	return WEXITSTATUS(status);
}

START_TEST(no_memory_is_no_end_of_a_task)
{
	ck_assert_int_eq(status_of(lose_string), ALLOC_FAILED);
	ck_assert_int_eq(status_of(lose_string_on_the_screen), ON_THE_SCREEN);
}
END_TEST

START_TEST(bytes_that_there_is_no_memory_for_are_not_taken_for_none)
{
	ck_assert_int_eq(status_of(lose_bytes), ALLOC_FAILED);
}
END_TEST

START_TEST(bytes_are_decoded)
{
	void *bytes = NULL;
	size_t count = 0;

	ck_assert(decode_bytes("dGV4dA==", 8, &bytes, &count));
	ck_assert_uint_eq(count, 4);
	ck_assert_str_eq(bytes, "text");
	free(bytes);
	ck_assert(!decode_bytes("dGV4dA=*", 8, &bytes, &count));
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		no_memory_is_no_end_of_a_task,
		bytes_that_there_is_no_memory_for_are_not_taken_for_none,
		bytes_are_decoded,
	};

	return unit_run("alloc", NULL, NULL, tests);
}
