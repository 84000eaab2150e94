#include "tests/unit/unit.h"

#include <locale.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static FILE *caught;
static int standard_error;

/* AddressSanitizer looks for leaks at the end of each, which takes much longer than most tests. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
enum { PROCESSES_ARE_SLOW = true };
#else
enum { PROCESSES_ARE_SLOW = false };
#endif

/* For all tests that share a process: Check limits only the time of those that it forks. */
enum { TOGETHER_SECONDS = 300 };

static bool apart;

void unit_apart(void)
{
	apart = true;
}

/* Check would answer an alarm by killing the whole process group, and with it what runs the tests. */
static void unit_end_later(time_t seconds)
{
	struct sigevent event = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGKILL };
	const struct itimerspec end = { .it_value = { .tv_sec = seconds } };
	timer_t timer;

	if (timer_create(CLOCK_MONOTONIC, &event, &timer) == 0)
		timer_settime(timer, 0, &end, NULL);
}

int unit_main(Suite *suite)
{
	SRunner *runner = srunner_create(suite);
	int failed;

	/* Check forks by default, and CK_FORK=no turns that off under a debugger. */
	if (PROCESSES_ARE_SLOW && !apart && !getenv("CK_FORK")) {
		srunner_set_fork_status(runner, CK_NOFORK);
		unit_end_later(TOGETHER_SECONDS);
	}
	srunner_set_tap(runner, "-");
	srunner_run_all(runner, CK_SILENT);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

int unit_run_all(const char *name, SFun setup, SFun teardown, const TTest *const *tests, size_t count)
{
	Suite *suite = suite_create(name);
	TCase *tcase = tcase_create(name);

	tcase_add_checked_fixture(tcase, setup, teardown);
	for (size_t i = 0; i < count; i++)
		tcase_add_test(tcase, tests[i]);
	suite_add_tcase(suite, tcase);
	return unit_main(suite);
}

char *unit_room(size_t size)
{
	char *room = malloc(size ? size : 1);

	if (!room)
		ck_abort_msg("out of memory");
	return room;
}

char *unit_exact(const void *bytes, size_t length)
{
	char *copy = unit_room(length);

	if (length)
		memcpy(copy, bytes, length);
	return copy;
}

const char *unit_message(const char *format, const char *const *values)
{
	static char texts[4][4096];
	static unsigned last;
	char *text = texts[last++ % 4];
	size_t used = 0;

	for (const char *at = format; *at && used < sizeof(texts[0]); at++) {
		if (*at != '%') {
			text[used++] = *at;
			continue;
		}
		used += (size_t)snprintf(text + used, sizeof(texts[0]) - used, "%s", *values++);
		at += strcspn(at, "cdgosux");
	}
	if (used >= sizeof(texts[0]))
		ck_abort_msg("the message is too long");
	text[used] = '\0';
	return text;
}

void unit_utf8(void)
{
	if (!setlocale(LC_ALL, "C.UTF-8"))
		ck_abort_msg("there is no locale C.UTF-8");
}

void unit_catch_errors(void)
{
	caught = tmpfile();
	standard_error = dup(STDERR_FILENO);
	if (!caught || standard_error < 0 || dup2(fileno(caught), STDERR_FILENO) < 0)
		ck_abort_msg("standard error cannot be kept");
}

char *unit_caught_errors(void)
{
	char *text = NULL;
	size_t size = 0;

	fflush(stderr);
	dup2(standard_error, STDERR_FILENO);
	close(standard_error);
	if (fseek(caught, 0, SEEK_SET) || getdelim(&text, &size, EOF, caught) < 0) {
		free(text);
		text = unit_exact("", 1);
	}
	fclose(caught);
	return text;
}
