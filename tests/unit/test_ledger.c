/* The ledger outlives the process that wrote it, and counts for nothing in another boot. */
#include "engine/run/ledger.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/unit/scratch.h"
#include "tests/unit/unit.h"

#define THIS_BOOT  "11111111-2222-3333-4444-555555555555"
#define OTHER_BOOT "11111111-2222-3333-4444-555555555556"

enum { START = 123456789 };

static struct ledger *open_ledger(const char *boot_id, bool same_boot)
{
	struct ledger *ledger = NULL;
	char *error = NULL;
	bool same = !same_boot;

	ck_assert_int_eq(ledger_open(&ledger, scratch_path(""), boot_id, &same, &error), 0);
	ck_assert_ptr_null(error);
	ck_assert_int_eq(same, same_boot);
	return ledger;
}

/* Makes a ledger of this boot. */
static struct ledger *fresh_ledger(void)
{
	struct ledger *ledger = open_ledger(THIS_BOOT, false);

	ledger_reset(ledger, THIS_BOOT);
	return ledger;
}

START_TEST(a_new_one_is_of_no_boot)
{
	struct ledger *ledger = open_ledger(THIS_BOOT, false);
	struct stat status;

	ck_assert_int_eq(stat(scratch_path("ledger"), &status), 0);
	ck_assert_uint_eq(status.st_mode, S_IFREG | 0600);
	/* All its space is allocated, so writing to it never finds the disk full. */
	ck_assert_int_ge(status.st_blocks * 512, LEDGER_ENTRIES_MAX * 16);
	ledger_close(ledger);
	/*
	 * The server was killed before it dealt with the store's claims, so the next one still cannot trust
	 * them.
	 */
	ledger = open_ledger(THIS_BOOT, false);
	ledger_reset(ledger, THIS_BOOT);
	ledger_close(ledger);
	ledger_close(open_ledger(THIS_BOOT, true));
	ledger_close(open_ledger(OTHER_BOOT, false));
	ledger_close(open_ledger("", false));
}
END_TEST

START_TEST(the_lowest_free_entry_is_taken)
{
	struct ledger *ledger = fresh_ledger();
	int i;

	for (i = 0; i < 5000; i++)
		ck_assert_int_eq(ledger_take(ledger), i);
	ledger_release(ledger, 4096);
	ledger_release(ledger, 63);
	ledger_release(ledger, 64);
	ck_assert_int_eq(ledger_take(ledger), 63);
	ck_assert_int_eq(ledger_take(ledger), 64);
	ck_assert_int_eq(ledger_take(ledger), 4096);
	ck_assert_int_eq(ledger_take(ledger), 5000);
	ledger_close(ledger);
}
END_TEST

START_TEST(all_can_be_taken)
{
	struct ledger *ledger = fresh_ledger();
	int i;

	for (i = 0; i < LEDGER_ENTRIES_MAX; i++)
		ck_assert_int_eq(ledger_take(ledger), i);
	ck_assert_int_eq(ledger_take(ledger), -EAGAIN);
	ledger_release(ledger, LEDGER_ENTRIES_MAX - 1);
	ck_assert_int_eq(ledger_take(ledger), LEDGER_ENTRIES_MAX - 1);
	ck_assert_int_eq(ledger_take(ledger), -EAGAIN);
	for (i = 0; i < LEDGER_ENTRIES_MAX; i++)
		ledger_release(ledger, i);
	ck_assert_int_eq(ledger_take(ledger), 0);
	ledger_close(ledger);
}
END_TEST

START_TEST(an_entry_that_is_taken_is_clean)
{
	struct ledger *ledger = fresh_ledger();
	int entry = ledger_take(ledger);

	*ledger_pid_word(ledger, entry) = 77;
	ledger_set_start(ledger, entry, START);
	ledger_set_files(ledger, entry, 5, 1);
	ledger_release(ledger, entry);
	ck_assert_int_eq(ledger_take(ledger), entry);
	ck_assert_int_eq(ledger_files(ledger, entry, 1), -1);
	ck_assert_int_eq(ledger_pid(ledger, entry), 0);
	ck_assert_uint_eq(ledger_start(ledger, entry), 0);
	ledger_close(ledger);
}
END_TEST

START_TEST(an_adopted_entry_keeps_its_content)
{
	struct ledger *ledger = fresh_ledger();

	*ledger_pid_word(ledger, 1) = 4321;
	ledger_set_start(ledger, 1, START);
	ledger_close(ledger);

	ledger = open_ledger(THIS_BOOT, true);
	ck_assert_int_eq(ledger_adopt(ledger, 1), 0);
	ck_assert_int_eq(ledger_adopt(ledger, 1), -EINVAL);
	ck_assert_int_eq(ledger_adopt(ledger, -1), -EINVAL);
	ck_assert_int_eq(ledger_adopt(ledger, LEDGER_ENTRIES_MAX), -EINVAL);
	ck_assert_int_eq(ledger_adopt(ledger, LEDGER_ENTRIES_MAX - 1), 0);
	ck_assert_int_eq(ledger_pid(ledger, -1), 0);
	ck_assert_uint_eq(ledger_start(ledger, LEDGER_ENTRIES_MAX), 0);
	ck_assert_int_eq(ledger_take(ledger), 0);
	ck_assert_int_eq(ledger_take(ledger), 2);
	ck_assert_int_eq(ledger_pid(ledger, 1), 4321);
	ck_assert_uint_eq(ledger_start(ledger, 1), START);
	ledger_close(ledger);
}
END_TEST

static void check_began(int64_t began)
{
	struct ledger *ledger = fresh_ledger();

	ck_assert_int_eq(ledger_take(ledger), 0);
	ck_assert_int_eq(ledger_began(ledger, 0, began + 7), began + 7);
	*ledger_began_word(ledger, 0) = (uint32_t)began;
	ledger_close(ledger);

	ledger = open_ledger(THIS_BOOT, true);
	ck_assert_int_eq(ledger_adopt(ledger, 0), 0);
	ck_assert_int_eq(ledger_began(ledger, 0, began), began);
	ck_assert_int_eq(ledger_began(ledger, 0, began + 9999), began);
	ck_assert_int_eq(ledger_began(ledger, 0, began - 9999), began);
	/* somebody has set the clock */
	ck_assert_int_eq(ledger_began(ledger, 0, began + 10000), began + 10000);
	ck_assert_int_eq(ledger_began(ledger, 0, began - 10000), began - 10000);
	ck_assert_int_eq(ledger_began(ledger, -1, began), began);
	ck_assert_ptr_null(ledger_began_word(ledger, LEDGER_ENTRIES_MAX));
	ck_assert_ptr_null(ledger_began_word(ledger, LEDGER_ENTRIES_MAX - 1));
	ledger_release(ledger, 0);
	ck_assert_int_eq(ledger_take(ledger), 0);
	ck_assert_int_eq(ledger_began(ledger, 0, began + 7), began + 7);
	ledger_close(ledger);
	ck_assert_int_eq(unlink(scratch_path("ledger")), 0);
}

START_TEST(an_entry_tells_to_the_millisecond_when_its_process_began)
{
	/* Only the lower half is written. */
	static const int64_t times[] = { 1795876560358, 0x1a200000000 - 1, 0x1a200000000 + 1 };

	for (size_t i = 0; i < sizeof(times) / sizeof(*times); i++)
		check_began(times[i]);
}
END_TEST

/* The worst moment for a server to crash: its child exists, and the server is gone. */
static void server_that_crashes(void)
{
	struct ledger *ledger = fresh_ledger();
	int entry = ledger_take(ledger);
	long pid = syscall(SYS_clone, (long)(CLONE_PARENT_SETTID | SIGCHLD), NULL,
	                   ledger_pid_word(ledger, entry), NULL, NULL);

	if (pid == 0)
		for (;;)
			(void)pause();
	_exit(9);
}

START_TEST(the_pid_outlives_a_crash)
{
	struct ledger *ledger;
	siginfo_t info;
	pid_t server, child;

	/* This test inherits the server's children, as the anchor does. */
	ck_assert_int_eq(prctl(PR_SET_CHILD_SUBREAPER, 1L), 0);
	server = fork();
	ck_assert_int_ge(server, 0);
	if (server == 0)
		server_that_crashes();
	ck_assert_int_eq(waitid(P_PID, (id_t)server, &info, WEXITED), 0);
	ck_assert_int_eq(info.si_status, 9);

	ledger = open_ledger(THIS_BOOT, true);
	child = ledger_pid(ledger, 0);
	ck_assert_int_gt(child, 0);
	ck_assert_int_eq(ledger_pid(ledger, 1), 0);
	ledger_close(ledger);
	ck_assert_int_eq(kill(child, SIGKILL), 0);
	ck_assert_int_eq(waitid(P_PID, (id_t)child, &info, WEXITED), 0);
	ck_assert_int_eq(info.si_status, SIGKILL);
}
END_TEST

START_TEST(reset_forgets_everything)
{
	struct ledger *ledger = fresh_ledger();

	ck_assert_int_eq(ledger_take(ledger), 0);
	*ledger_pid_word(ledger, 0) = 99;
	ledger_set_start(ledger, LEDGER_ENTRIES_MAX - 1, START);
	ledger_close(ledger);
	ledger = open_ledger(OTHER_BOOT, false);
	ck_assert_int_eq(ledger_pid(ledger, 0), 99);
	ck_assert_int_eq(ledger_adopt(ledger, 0), 0);
	ledger_reset(ledger, OTHER_BOOT);
	ck_assert_int_eq(ledger_pid(ledger, 0), 0);
	ck_assert_uint_eq(ledger_start(ledger, LEDGER_ENTRIES_MAX - 1), 0);
	ck_assert_int_eq(ledger_take(ledger), 0);
	ledger_close(ledger);
	ledger_close(open_ledger(OTHER_BOOT, true));
	ledger_close(open_ledger(THIS_BOOT, false));
}
END_TEST

START_TEST(files_are_known_until_the_entry_is_taken)
{
	struct ledger *ledger = fresh_ledger();

	ck_assert_int_eq(ledger_files(ledger, 0, 1), -1);
	ck_assert_int_eq(ledger_files(ledger, -1, 1), -1);
	ledger_set_files(ledger, 0, 0, UINT64_MAX);
	ledger_set_files(ledger, LEDGER_ENTRIES_MAX - 1, LEDGER_ENTRIES_MAX - 1, 7);
	ledger_set_files(ledger, 1, 3, 7);
	ledger_set_files(ledger, 1, -1, 7);
	ledger_set_files(ledger, -1, 3, 7);
	*ledger_pid_word(ledger, 2) = 4322;
	ledger_set_files(ledger, 2, 4, 7);
	ledger_set_named(ledger, 2);
	*ledger_pid_word(ledger, 0) = 4321;
	ledger_close(ledger);
	ledger = open_ledger(THIS_BOOT, true);
	ck_assert_int_eq(ledger_files(ledger, 0, UINT64_MAX), 0);
	ck_assert_int_eq(ledger_files(ledger, 1, 7), -1);
	ck_assert_int_eq(ledger_files(ledger, 2, 7), -1);
	/* After a reboot, the file can have an older page.  Entries of another task must not count. */
	ck_assert_int_eq(ledger_files(ledger, 0, 1), -1);
	ledger_reset(ledger, OTHER_BOOT);
	ck_assert_int_eq(ledger_pid(ledger, 0), 0);
	ck_assert_int_eq(ledger_files(ledger, 0, UINT64_MAX), 0);
	ck_assert_int_eq(ledger_files(ledger, LEDGER_ENTRIES_MAX - 1, 7), LEDGER_ENTRIES_MAX - 1);
	ck_assert_int_eq(ledger_take(ledger), 0);
	ck_assert_int_eq(ledger_files(ledger, 0, UINT64_MAX), -1);
	ledger_close(ledger);
}
END_TEST

/* The older version did not name files, so the files are those of the entry. */
START_TEST(files_of_an_older_version_are_those_of_the_entry)
{
	struct ledger *ledger = fresh_ledger();

	*ledger_pid_word(ledger, 12) = 4321;
	ck_assert_int_eq(ledger_files(ledger, 12, 7), 12);
	ck_assert_int_eq(ledger_files(ledger, 13, 7), -1);
	ledger_reset(ledger, OTHER_BOOT);
	ck_assert_int_eq(ledger_files(ledger, 12, 7), 12);
	ck_assert_int_eq(ledger_files(ledger, 13, 7), -1);
	ledger_close(ledger);
}
END_TEST

static struct device_set device(unsigned place)
{
	struct device_set set = { { 0 } };

	device_set_add(&set, place);
	return set;
}

START_TEST(number_and_devices_are_known_until_the_entry_is_taken)
{
	struct ledger *ledger = fresh_ledger();
	struct device_set first = device(0), last = device(DEVICES_MAX - 1), found = { { 0 } };

	ck_assert_int_eq(ledger_slot(ledger, 0, &found), -1);
	ck_assert_int_eq(ledger_slot(ledger, -1, &found), -1);
	ck_assert_int_eq(ledger_take(ledger), 0);
	ck_assert_int_eq(ledger_take(ledger), 1);
	ck_assert_int_eq(ledger_adopt(ledger, LEDGER_ENTRIES_MAX - 1), 0);
	ledger_set_holding(ledger, 0, 0, &first);
	ledger_set_holding(ledger, 1, 7, &first);
	ledger_set_holding(ledger, 1, -1, NULL);
	ledger_set_holding(ledger, -1, 7, &first);
	ledger_set_holding(ledger, LEDGER_ENTRIES_MAX - 1, LEDGER_ENTRIES_MAX - 1, &last);
	ledger_close(ledger);
	ledger = open_ledger(THIS_BOOT, true);
	ck_assert_int_eq(ledger_slot(ledger, 1, &found), -1);
	ck_assert_int_eq(ledger_slot(ledger, LEDGER_ENTRIES_MAX - 1, &found), LEDGER_ENTRIES_MAX - 1);
	ck_assert_mem_eq(&found, &last, sizeof(found));
	ck_assert_int_eq(ledger_slot(ledger, 0, &found), 0);
	ck_assert_mem_eq(&found, &first, sizeof(found));
	ck_assert_int_eq(ledger_take(ledger), 0);
	ck_assert_int_eq(ledger_slot(ledger, 0, &found), -1);
	ledger_reset(ledger, THIS_BOOT);
	ck_assert_int_eq(ledger_slot(ledger, LEDGER_ENTRIES_MAX - 1, &found), -1);
	ledger_close(ledger);
}
END_TEST

/* Version 1 ended behind the entries. */
START_TEST(an_older_file_is_taken_over)
{
	struct ledger *ledger = fresh_ledger();
	struct device_set found = device(3);
	struct stat status;
	const int written = 9;
	int fd;

	ck_assert_int_eq(ledger_adopt(ledger, 12), 0);
	*ledger_pid_word(ledger, 12) = 4321;
	ledger_set_holding(ledger, 12, 5, &found);
	ledger_close(ledger);
	fd = open(scratch_path("ledger"), O_RDWR);
	ck_assert_int_eq(fstat(fd, &status), 0);
	ck_assert_int_eq(ftruncate(fd, 4096 + 16 * LEDGER_ENTRIES_MAX), 0);
	ck_assert_int_eq(pwrite(fd, "krtask ledger 1", 16, 0), 16);
	/* The server that took it over was killed before it said so. */
	ck_assert_int_eq(ftruncate(fd, status.st_size), 0);
	ck_assert_int_eq(pwrite(fd, &written, sizeof(written), status.st_size - 40), sizeof(written));
	ledger = open_ledger(THIS_BOOT, true);
	ck_assert_int_eq(ledger_slot(ledger, LEDGER_ENTRIES_MAX - 1, &found), -1);
	ledger_close(ledger);
	ck_assert_int_eq(ftruncate(fd, 4096 + 16 * LEDGER_ENTRIES_MAX), 0);
	ck_assert_int_eq(pwrite(fd, "krtask ledger 1", 16, 0), 16);
	ledger = open_ledger(THIS_BOOT, true);
	ck_assert_int_eq(ledger_pid(ledger, 12), 4321);
	ck_assert_int_eq(ledger_slot(ledger, 12, &found), -1);
	ck_assert_int_eq(ledger_adopt(ledger, 12), 0);
	ledger_set_holding(ledger, 12, 5, &found);
	ledger_close(ledger);
	ledger = open_ledger(THIS_BOOT, true);
	ck_assert_int_eq(ledger_slot(ledger, 12, &found), 5);
	ledger_close(ledger);
	(void)close(fd);
}
END_TEST

START_TEST(a_damaged_file_is_of_no_boot)
{
	struct ledger *ledger;

	ledger_close(fresh_ledger());
	ck_assert_int_eq(truncate(scratch_path("ledger"), 5000), 0);
	ledger = open_ledger(THIS_BOOT, false);
	ck_assert_int_eq(ledger_pid(ledger, LEDGER_ENTRIES_MAX - 1), 0);
	ledger_close(ledger);
	scratch_write("ledger", "krtask ledger 2: who knows", 0600);
	ledger_close(open_ledger(THIS_BOOT, false));
}
END_TEST

START_TEST(a_file_of_another_kind_is_of_no_boot)
{
	int fd;

	ledger_close(fresh_ledger());
	fd = open(scratch_path("ledger"), O_WRONLY | O_CLOEXEC);
	ck_assert_int_eq(pwrite(fd, "K", 1, 0), 1);
	ck_assert_int_eq(close(fd), 0);
	ledger_close(open_ledger(THIS_BOOT, false));
}
END_TEST

static void check_refused(const char *directory, int code)
{
	struct ledger *ledger = NULL;
	int before = scratch_descriptors();
	char *error = NULL;
	bool same;

	ck_assert_int_eq(ledger_open(&ledger, directory, THIS_BOOT, &same, &error), code);
	ck_assert_ptr_null(ledger);
	ck_assert_ptr_nonnull(error);
	ck_assert_ptr_nonnull(strstr(error, "/ledger: "));
	ck_assert_ptr_nonnull(strstr(error, strerror(-code)));
	free(error);
	ck_assert_int_eq(scratch_descriptors(), before);
}

/* Few holdings are ever used, and all of them would take more space than the rest. */
START_TEST(space_for_holdings_is_reserved_as_entries_are_taken)
{
	struct ledger *ledger = fresh_ledger();
	struct rlimit as_it_is = { 0 }, before;
	struct device_set any = device(3), found;
	struct stat status;

	ck_assert_int_eq(ledger_take(ledger), 0);
	ck_assert_int_eq(stat(scratch_path("ledger"), &status), 0);
	ck_assert_int_lt(status.st_blocks * 512, LEDGER_ENTRIES_MAX * 18);
	(void)signal(SIGXFSZ, SIG_IGN);
	ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &before), 0);
	as_it_is = (struct rlimit){ 4096 + LEDGER_ENTRIES_MAX * 16 + 1024 * 40, before.rlim_max };
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &as_it_is), 0);
	for (int entry = 1; entry < 1024; entry++)
		ck_assert_int_eq(ledger_take(ledger), entry);
	/* The disk has no more.  An entry is taken with its space, or not at all. */
	ck_assert_int_eq(ledger_take(ledger), -EFBIG);
	ck_assert_int_eq(ledger_adopt(ledger, 5000), 0);
	ledger_set_holding(ledger, 5000, 7, &any);
	ck_assert_int_eq(ledger_slot(ledger, 5000, &found), -1);
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &before), 0);
	ck_assert_int_eq(ledger_take(ledger), 1024);
	ledger_set_holding(ledger, 1024, 7, &any);
	ck_assert_int_eq(ledger_slot(ledger, 1024, &found), 7);
	ledger_close(ledger);
}
END_TEST

START_TEST(trouble_is_an_error)
{
	struct rlimit small = { 4096, RLIM_INFINITY }, before;

	check_refused("/no/such", -ENOENT);
	ck_assert_int_eq(symlink("/etc/passwd", scratch_path("ledger")), 0);
	check_refused(scratch_path(""), -ELOOP);
	ck_assert_int_eq(unlink(scratch_path("ledger")), 0);
	ck_assert_int_eq(mkdir(scratch_path("ledger"), 0700), 0);
	check_refused(scratch_path(""), -EISDIR);
	ck_assert_int_eq(rmdir(scratch_path("ledger")), 0);

	/* There is no room for the file.  This must be told now, and not by SIGBUS later. */
	(void)signal(SIGXFSZ, SIG_IGN);
	ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &before), 0);
	small.rlim_max = before.rlim_max;
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &small), 0);
	check_refused(scratch_path(""), -EFBIG);
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &before), 0);
	ledger_close(open_ledger(THIS_BOOT, false));
	ledger_close(NULL);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		a_new_one_is_of_no_boot,
		the_lowest_free_entry_is_taken,
		all_can_be_taken,
		an_entry_that_is_taken_is_clean,
		an_adopted_entry_keeps_its_content,
		an_entry_tells_to_the_millisecond_when_its_process_began,
		the_pid_outlives_a_crash,
		reset_forgets_everything,
		files_are_known_until_the_entry_is_taken,
		files_of_an_older_version_are_those_of_the_entry,
		number_and_devices_are_known_until_the_entry_is_taken,
		an_older_file_is_taken_over,
		a_damaged_file_is_of_no_boot,
		a_file_of_another_kind_is_of_no_boot,
		space_for_holdings_is_reserved_as_entries_are_taken,
		trouble_is_an_error,
	};

	return unit_run("ledger", scratch_make, scratch_remove, tests);
}
