/* Commits: their pace, their failures, a full disk and kills. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "engine/store/internal.h"
#include "engine/store/store.h"
#include "tests/unit/stored.h"
#include "tests/unit/unit.h"

START_TEST(many_changes_commit_in_groups)
{
	uint64_t sequence = 0, committed = 0;
	char *error = NULL;
	unsigned polls = 0;

	open_and_start();
	for (uint64_t number = 1; number <= MOST; number++)
		ck_assert_int_eq(put_simple(number, "n", number == MOST, &sequence), 0);
	ck_assert_uint_eq(sequence, MOST);
	while (committed < MOST) {
		uint64_t before = committed;
		ck_assert_int_eq(poll_once(&committed, &error), 0);
		ck_assert_uint_ge(committed, before);
		polls++;
	}
	ck_assert_uint_lt(polls, MOST / 10);
	reopen();
	ck_assert_uint_eq(seen.tasks, MOST);
	ck_assert_uint_eq(seen.last_number, MOST);
}
END_TEST

static int64_t now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * INT64_C(1000000) + now.tv_nsec / 1000;
}

/* Commits that can wait end at least one pace apart, even on a slow machine. */
START_TEST(what_can_wait_keeps_the_pace)
{
	enum { COMMITS = 12 };
	uint64_t sequence;
	int64_t start = now_us();

	open_and_start();
	for (uint64_t number = 1; number <= COMMITS; number++) {
		ck_assert_int_eq(put_simple(number, NULL, false, &sequence), 0);
		wait_for(sequence);
	}
	ck_assert_int_ge(now_us() - start, (COMMITS - 1) * STORE_PACE_MS * 1000);
}
END_TEST

/* Where urgent changes follow one another; nothing else comes during this wait. */
START_TEST(a_wait_in_vain_is_known)
{
	uint64_t sequence;

	open_and_start();
	pthread_mutex_lock(&store->lock);
	store->pace.streak = STORE_STREAK;
	store->pace.ended = now_us() + 20000;
	pthread_mutex_unlock(&store->lock);
	ck_assert_int_eq(put_simple(1, NULL, true, &sequence), 0);
	wait_for(sequence);
	pthread_mutex_lock(&store->lock);
	ck_assert_uint_eq(store->pace.vain, 1);
	pthread_mutex_unlock(&store->lock);
}
END_TEST

START_TEST(something_urgent_takes_the_waiting_along)
{
	uint64_t first, second, committed = 0;
	char *error = NULL;

	open_and_start();
	ck_assert_int_eq(put_simple(1, NULL, false, &first), 0);
	ck_assert_int_eq(put_simple(2, NULL, true, &second), 0);
	while (committed < second)
		ck_assert_int_eq(poll_once(&committed, &error), 0);
	reopen();
	ck_assert_uint_eq(seen.tasks, 2);
}
END_TEST

START_TEST(what_is_put_at_once_is_one_commit)
{
	struct pollfd readable = { .events = POLLIN };
	uint64_t first, second, committed = 0;
	char *error = NULL;

	open_and_start();
	readable.fd = store_fd(store);
	store_hold(store);
	ck_assert_int_eq(put_simple(1, NULL, true, &first), 0);
	/* Time for the thread to commit it, if it did. */
	ck_assert_int_eq(poll(&readable, 1, 50), 0);
	ck_assert_int_eq(put_simple(2, NULL, true, &second), 0);
	store_let_go(store);
	ck_assert_int_eq(poll_once(&committed, &error), 0);
	ck_assert_uint_eq(committed, second);
}
END_TEST

START_TEST(a_poll_with_no_news_says_what_is_known)
{
	uint64_t committed = 9;
	char *error = NULL;
	struct pollfd readable = { .events = POLLIN };

	open_and_start();
	ck_assert_int_eq(store_poll(store, &committed, &error), 0);
	ck_assert_uint_eq(committed, 0);
	wait_for(create(1));
	readable.fd = store_fd(store);
	ck_assert_int_eq(poll(&readable, 1, 0), 0);
	ck_assert_int_eq(store_poll(store, &committed, &error), 0);
	ck_assert_uint_eq(committed, 1);
}
END_TEST

START_TEST(a_failed_commit_drops_it_and_what_follows_until_it_is_known)
{
	uint64_t committed = 0;
	struct pollfd readable = { .events = POLLIN };

	open_and_start();
	wait_for(create(1));
	store_fail_commits(store, 0, 1);
	ck_assert_uint_eq(create(2), 2);
	readable.fd = store_fd(store);
	ck_assert_int_eq(poll(&readable, 1, 30000), 1);
	/* the commit has failed, but nobody has been told */
	ck_assert_uint_eq(create(3), 3);
	ck_assert_uint_eq(create(4), 4);
	char *error = wait_for_failure(-ENOSPC, &committed);
	ck_assert_ptr_nonnull(strstr(error, "database or disk is full"));
	free(error);
	ck_assert_uint_eq(committed, 1);

	/* usable again, with numbers that go on, and the disk has what was reported */
	ck_assert_int_eq(store_poll(store, &committed, &error), 0);
	ck_assert_ptr_null(error);
	wait_for(create(5));
	reopen();
	ck_assert_uint_eq(seen.tasks, 2);
	ck_assert_uint_eq(seen.task[0].number, 1);
	ck_assert_uint_eq(seen.task[1].number, 5);
}
END_TEST

START_TEST(counters_of_a_failed_commit_are_dropped_too)
{
	uint64_t committed;

	open_and_start();
	store_fail_commits(store, 0, 1);
	create(50);
	free(wait_for_failure(-ENOSPC, &committed));
	ck_assert_uint_eq(committed, 0);
	reopen();
	ck_assert_uint_eq(seen.last_number, 0);
	ck_assert_uint_eq(seen.next_id, 1);
}
END_TEST

START_TEST(failures_are_skipped_to_and_counted)
{
	uint64_t committed = 0;

	open_and_start();
	store_fail_commits(store, 1, 2);
	wait_for(create(1));
	for (int failure = 0; failure < 2; failure++) {
		create(2);
		free(wait_for_failure(-ENOSPC, &committed));
		ck_assert_uint_eq(committed, 1);
	}
	wait_for(create(2));
	reopen();
	ck_assert_uint_eq(seen.tasks, 2);
}
END_TEST

START_TEST(closing_with_a_failure_unreported_keeps_what_was_committed)
{
	struct pollfd readable = { .events = POLLIN };

	open_and_start();
	wait_for(create(1));
	store_fail_commits(store, 0, 1);
	create(2);
	readable.fd = store_fd(store);
	ck_assert_int_eq(poll(&readable, 1, 30000), 1);
	create(3);
	reopen();
	ck_assert_uint_eq(seen.tasks, 1);
}
END_TEST

/* A file that cannot grow is like a full disk for SQLite, except for the errno. */
START_TEST(a_full_disk_is_survived)
{
	enum { LIMIT = 256 * 1024 };
	struct rlimit limit, before;
	uint64_t committed = 0, number = 1, acknowledged = 0;
	char *text = unit_room(20001);
	char *error = NULL;
	uint64_t sequence;
	int rc = 0;

	memset(text, 'd', 20000);
	text[20000] = '\0';
	signal(SIGXFSZ, SIG_IGN);
	open_and_start();
	ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &before), 0);
	limit = before;
	limit.rlim_cur = LIMIT;
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);

	/* numbers and sequences are the same until it fails */
	for (; rc == 0; number++) {
		ck_assert_uint_lt(number, 1000);
		ck_assert_int_eq(put_simple(number, text, true, &sequence), 0);
		while (rc == 0 && committed < sequence)
			rc = poll_once(&committed, &error);
		if (rc == 0)
			acknowledged = number;
	}
	ck_assert_int_lt(rc, 0);
	ck_assert_ptr_nonnull(strstr(error, path));
	free(error);
	ck_assert_uint_eq(committed, acknowledged);
	ck_assert_uint_gt(acknowledged, 3);

	/* still full, still alive */
	for (int again = 0; again < 3; again++) {
		ck_assert_int_eq(put_simple(900, text, true, &sequence), 0);
		rc = 0;
		while (rc == 0 && committed < sequence)
			rc = poll_once(&committed, &error);
		free(error);
		if (rc == 0)
			break;
	}

	/* there is room again, and the same store goes on */
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &before), 0);
	ck_assert_int_eq(put_simple(901, text, true, &sequence), 0);
	wait_for(sequence);
	bool kept_900 = rc == 0;
	reopen();
	ck_assert_uint_eq(seen.tasks, acknowledged + kept_900 + 1);
	ck_assert_uint_eq(seen.task[acknowledged - 1].number, acknowledged);
	ck_assert_uint_eq(seen.task[seen.tasks - 1].number, 901);
	free(text);
}
END_TEST

/* On a full disk, the next changes fit into what the log has already. */
START_TEST(the_log_has_room_ahead)
{
	char log[sizeof(path) + 4];
	struct stat now;

	open_and_start();
	wait_for(create(1));
	snprintf(log, sizeof(log), "%s-wal", path);
	ck_assert_int_eq(stat(log, &now), 0);
	ck_assert_int_ge(now.st_size, 256 * 1024);
}
END_TEST

START_TEST(what_was_acknowledged_survives_a_kill)
{
	int channel[2];
	uint64_t last = 0, value;

	ck_assert_int_eq(pipe(channel), 0);
	pid_t child = fork();
	ck_assert_int_ge(child, 0);
	if (child == 0) {
		open_and_start();
		for (uint64_t number = 1;; number++) {
			wait_for(create(number));
			if (write(channel[1], &number, sizeof(number)) < 0)
				_exit(1);
		}
	}
	close(channel[1]);
	while (last < 50 && read(channel[0], &value, sizeof(value)) == sizeof(value))
		last = value;
	kill(child, SIGKILL);
	while (read(channel[0], &value, sizeof(value)) == sizeof(value))
		last = value;
	close(channel[0]);

	open_and_start();
	ck_assert_uint_ge(seen.tasks, last);
	ck_assert_uint_le(seen.tasks, last + 1);
	ck_assert_uint_eq(seen.last_number, seen.tasks);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("store commits");
	TCase *tcase = tcase_create("store commits");

	tcase_add_checked_fixture(tcase, make_directory, remove_directory);
	tcase_add_test(tcase, many_changes_commit_in_groups);
	tcase_add_test(tcase, what_can_wait_keeps_the_pace);
	tcase_add_test(tcase, a_wait_in_vain_is_known);
	tcase_add_test(tcase, something_urgent_takes_the_waiting_along);
	tcase_add_test(tcase, what_is_put_at_once_is_one_commit);
	tcase_add_test(tcase, a_poll_with_no_news_says_what_is_known);
	tcase_add_test(tcase, a_failed_commit_drops_it_and_what_follows_until_it_is_known);
	tcase_add_test(tcase, counters_of_a_failed_commit_are_dropped_too);
	tcase_add_test(tcase, failures_are_skipped_to_and_counted);
	tcase_add_test(tcase, closing_with_a_failure_unreported_keeps_what_was_committed);
	tcase_add_test(tcase, a_full_disk_is_survived);
	tcase_add_test(tcase, the_log_has_room_ahead);
	tcase_add_test(tcase, what_was_acknowledged_survives_a_kill);
	suite_add_tcase(suite, tcase);
	unit_apart(); /* one of them forks */
	return unit_main(suite);
}
