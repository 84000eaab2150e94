/* Groups with pilots: what a filesystem that fails, or is late, does to tickets, and what it must not. */
#include "config.h"

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/core/executor.h"
#include "engine/exec/slurm/pump.h"
#include "engine/task/messages.h"
#include "tests/unit/scratch.h"
#include "tests/unit/scripted_core.h"
#include "tests/unit/scripted_slurm.h"
#include "tests/unit/unit.h"

/* --- troubles of the filesystem: once each, in place of what the C library does */

struct rename_fault {
	const char *to; /* part of the path; NULL: none */
	bool does;      /* and it is done all the same */
};
static struct rename_fault rename_fails;
static const char *mkdir_fails; /* part of the path */
static int unreadable;          /* errno of readdir() */
static const char *move_from, *move_to;
static unsigned move_at; /* before so many of the directories of these are listed; 0: not */

static bool is_directory_of(const char *path, const char *file)
{
	size_t length = (size_t)(strrchr(file, '/') - file);
	return strncmp(path, file, length) == 0 && path[length] == '\0';
}

static void move_now(const char *path)
{
	if (move_at == 0 || (!is_directory_of(path, move_from) && !is_directory_of(path, move_to)))
		return;
	if (--move_at == 0)
		ck_assert_int_eq(renameat(AT_FDCWD, move_from, AT_FDCWD, move_to), 0);
}

int rename(const char *from, const char *to)
{
	bool fails = rename_fails.to && strstr(to, rename_fails.to);
	if (!fails || rename_fails.does) {
		int result = renameat(AT_FDCWD, from, AT_FDCWD, to);
		if (!fails || result)
			return result;
	}
	rename_fails.to = NULL;
	errno = EIO;
	return -1;
}

int mkdir(const char *path, mode_t mode)
{
	if (!mkdir_fails || !strstr(path, mkdir_fails))
		return mkdirat(AT_FDCWD, path, mode);
	mkdir_fails = NULL;
	errno = EDQUOT;
	return -1;
}

DIR *opendir(const char *path)
{
	move_now(path);
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? NULL : fdopendir(fd);
}

typedef struct dirent *reading(DIR *opened);

struct dirent *readdir(DIR *opened)
{
	static reading *next;
	if (!next)
		*(void **)&next = dlsym(RTLD_NEXT, "readdir");
	if (unreadable == 0)
		return next(opened);
	errno = unreadable;
	unreadable = 0;
	return NULL;
}

static struct pump_job *pump_new(void)
{
	struct pump_job *job = calloc(1, sizeof(*job));
	ck_assert_ptr_nonnull(job);
	job->prepare = true;
	job->program = "/dev/null";
	job->directory = strdup(scratch_path("shared"));
	job->path = strdup(scratch_path("shared/pilots.x"));
	snprintf(job->identity, sizeof(job->identity), "%s", identity);
	return job;
}

/* The directories of a crew. */
static void prepare_pump(void)
{
	struct pump_job *job = pump_new();
	pump_work(&job->job);
	ck_assert_int_eq(job->error, 0);
	pump_free(job);
}

START_TEST(a_ticket_that_is_claimed_meanwhile_is_found)
{
	static char queued[512], taken[512];
	prepare_pump();
	ck_assert_int_eq(mkdir(scratch_path("shared/pilots.x/p7"), 0700), 0);
	scratch_write("shared/pilots.x/queue/12.0.1", "", 0600);
	snprintf(queued, sizeof(queued), "%s", scratch_path("shared/pilots.x/queue/12.0.1"));
	snprintf(taken, sizeof(taken), "%s", scratch_path("shared/pilots.x/p7/12.0.1"));
	/* Before the second directory that holds tickets is listed, whichever that is. */
	move_at = 2;
	move_from = queued;
	move_to = taken;
	struct pump_job *job = pump_new();
	pump_work(&job->job);
	ck_assert_uint_eq(move_at, 0);
	ck_assert_int_eq(job->error, 0);
	ck_assert_uint_gt(job->ticket_count, 0);
	ck_assert_uint_eq(job->tickets[job->ticket_count - 1].serial, 12);
	ck_assert_str_eq(job->tickets[job->ticket_count - 1].pilot, "p7");
	pump_free(job);
}
END_TEST

START_TEST(a_program_that_cannot_be_read_is_not_copied)
{
	struct pump_job *job = pump_new();
	job->program = scratch_path("shared");
	pump_work(&job->job);
	ck_assert_int_eq(job->error, -EISDIR);
	ck_assert(!scripted_exists("shared/pilots.x/krtask-pilot"));
	pump_free(job);
}
END_TEST

START_TEST(what_slurm_said_of_pilots_that_are_gone_is_removed)
{
	prepare_pump();
	ck_assert_int_eq(mkdir(scratch_path("shared/pilots.x/p7.over"), 0700), 0);
	scratch_write("shared/pilots.x/p7.slurm", "", 0600);
	scratch_write("shared/pilots.x/p8.slurm", "", 0600);
	scratch_write("shared/pilots.x/mine.slurm", "", 0600);
	prepare_pump();
	ck_assert(scripted_exists("shared/pilots.x/p7.slurm"));
	ck_assert(!scripted_exists("shared/pilots.x/p8.slurm"));
	ck_assert(scripted_exists("shared/pilots.x/mine.slurm"));
}
END_TEST

START_TEST(a_directory_that_cannot_be_listed_is_not_empty)
{
	struct pump_job *job = pump_new();
	unreadable = EIO;
	pump_work(&job->job);
	ck_assert_int_eq(unreadable, 0);
	ck_assert_int_eq(job->error, -EIO);
	pump_free(job);
}
END_TEST

START_TEST(a_log_that_cannot_be_read_is_not_at_its_end)
{
	struct pump_job *job = pump_new();
	job->pilots = calloc(1, sizeof(*job->pilots));
	ck_assert_ptr_nonnull(job->pilots);
	job->pilot_count = 1;
	job->pilots->revoke = true;
	snprintf(job->pilots->name, sizeof(job->pilots->name), "p7");
	ck_assert_int_eq(mkdir(scratch_path("shared/pilots.x"), 0700), 0);
	ck_assert_int_eq(mkdir(scratch_path("shared/pilots.x/p7"), 0700), 0);
	ck_assert_int_eq(mkdir(scratch_path("shared/pilots.x/p7/log"), 0700), 0);
	pump_work(&job->job);
	ck_assert_int_eq(job->error, 0);
	ck_assert_int_eq(job->pilots->error, -EISDIR);
	pump_free(job);
}
END_TEST

START_TEST(what_was_put_in_spite_of_an_error_is_not_put_twice)
{
	rename_fails = (struct rename_fault){ .to = "/queue/", .does = true };
	struct subject *a = ended("a", "echo ran");
	ck_assert_ptr_null(rename_fails.to);
	check_output(a, EXECUTOR_STDOUT, "ran\n");
	struct subject *b = ended("b", "exit 2");
	check_output(a, EXECUTOR_STDOUT, "ran\n");
	forget(a);
	forget(b);
}
END_TEST

START_TEST(a_signal_that_could_not_be_sent_is_sent_again)
{
	struct subject *a = running("a", "echo ran; read x <$0");
	await_output(a, "ran\n");
	rename_fails = (struct rename_fault){ .to = "/s." };
	send_signal(a, SIGTERM);
	await(a, "prepared began ended");
	ck_assert_ptr_null(rename_fails.to);
	ck_assert_int_eq(a->end.exit_code, 128 + SIGTERM);
	forget(a);
}
END_TEST

START_TEST(a_pilot_that_cannot_be_revoked_is_tried_again)
{
	struct subject *a = running("a", "echo ran; read x <$0");
	await_output(a, "ran\n");
	rename_fails = (struct rename_fault){ .to = ".over" };
	signal_pilot(1, SIGKILL);
	await(a, "prepared began ended");
	ck_assert_ptr_null(rename_fails.to);
	check_lost(a, "COMPLETED");
	forget(a);
	open_gate();
}
END_TEST

/* The name of the only file there that is a ticket. */
static const char *ticket_in(const char *directory)
{
	static char name[256];
	DIR *opened = opendir(scratch_path(directory));
	const struct dirent *entry;
	*name = '\0';
	while (opened && (entry = readdir(opened))) {
		if (entry->d_name[0] >= '0' && entry->d_name[0] <= '9')
			snprintf(name, sizeof(name), "%s", entry->d_name);
	}
	if (opened)
		closedir(opened);
	return name;
}

static const char queue[] = "shared/pilots.default/queue";

/* Put by an earlier server, and claimed by a pilot that is gone: 7, which has it at this place. */
static struct subject *claimed(char *from, size_t size)
{
	char path[512], to[512];
	scratch_write("refused", SILENT_SLURM, 0600);
	struct subject *a = released("a", "echo ran");
	while (!*ticket_in(queue))
		event_base_loop(base, EVLOOP_NONBLOCK);
	scripted_close();
	const char *name = ticket_in(queue);
	snprintf(path, sizeof(path), "%s/%s", queue, name);
	snprintf(to, sizeof(to), "%s", scratch_path(path));
	snprintf(path, sizeof(path), "shared/pilots.default/p7/%s", name);
	snprintf(from, size, "%s", scratch_path(path));
	ck_assert_int_eq(mkdir(scratch_path("shared/pilots.default/p7"), 0700), 0);
	ck_assert_int_eq(rename(to, from), 0);
	ck_assert_int_eq(unlink(scratch_path("refused")), 0);
	scripted_open();
	a->run.phase = RUN_ADOPTING;
	return a;
}

START_TEST(what_a_dead_pilot_has_given_back_is_not_lost)
{
	char from[512], log[64];
	struct subject *a = claimed(from, sizeof(from));
	snprintf(log, sizeof(log), "h 9 n1\nr %llu\n", strtoull(strrchr(from, '/') + 1, NULL, 10));
	scratch_write("shared/pilots.default/p7/log", log, 0600);
	adopt(a, false);
	await(a, "began ended");
	ck_assert(a->end.known);
	check_output(a, EXECUTOR_STDOUT, "ran\n");
	forget(a);
}
END_TEST

START_TEST(what_could_not_be_put_again_is_put_again_later)
{
	char from[512], log[64];
	struct subject *a = claimed(from, sizeof(from));
	snprintf(log, sizeof(log), "h 9 n1\nr %llu\n", strtoull(strrchr(from, '/') + 1, NULL, 10));
	scratch_write("shared/pilots.default/p7/log", log, 0600);
	rename_fails = (struct rename_fault){ .to = "/queue/" };
	adopt(a, false);
	await(a, "began ended");
	ck_assert_ptr_null(rename_fails.to);
	ck_assert(a->end.known);
	check_output(a, EXECUTOR_STDOUT, "ran\n");
	forget(a);
}
END_TEST

START_TEST(a_line_that_is_not_whole_says_nothing)
{
	char from[512], log[256];
	struct subject *a = claimed(from, sizeof(from));
	unsigned long long serial = strtoull(strrchr(from, '/') + 1, NULL, 10);
	snprintf(log, sizeof(log), "h 9 n1\ne %llu 12?\nb %llu 1 1?\nb %llux 1 1\ne %llu \n", serial, serial,
	         serial, serial);
	scratch_write("shared/pilots.default/p7/log", log, 0600);
	adopt(a, false);
	await(a, "began ended");
	check_lost(a, "?");
	ck_assert(!a->end.ran);
	check_output(a, EXECUTOR_STDOUT, NULL);
	forget(a);
}
END_TEST

START_TEST(what_runs_and_has_no_ticket_does_not_go_again)
{
	char path[512];
	struct subject *a = running("a", "echo ran; read x <$0");
	await_output(a, "ran\n");
	scripted_close();
	signal_pilot(1, SIGKILL);
	DIR *opened = opendir(scratch_path("shared/pilots.default"));
	const struct dirent *entry;
	while (opened && (entry = readdir(opened))) {
		if (entry->d_name[0] != 'p' || strchr(entry->d_name, '.'))
			continue;
		snprintf(path, sizeof(path), "shared/pilots.default/%s", entry->d_name);
		snprintf(path + strlen(path), sizeof(path) - strlen(path), "/%s", ticket_in(path));
		ck_assert_int_eq(unlink(scratch_path(path)), 0);
	}
	if (opened)
		closedir(opened);
	scripted_open();
	adopt(a, false);
	await(a, "began ended");
	check_lost(a, "?");
	ck_assert(a->end.ran);
	forget(a);
	open_gate();
}
END_TEST

START_TEST(without_its_mark_nothing_is_found)
{
	char text[64];
	scratch_write("refused", SILENT_SLURM, 0600);
	struct subject *a = released("a", "exit 3");
	ck_assert(scripted_exists("shared/krtask.server"));
	while (!*ticket_in(queue))
		event_base_loop(base, EVLOOP_NONBLOCK);
	scripted_close();
	ck_assert_int_eq(unlink(scratch_path("shared/krtask.server")), 0);
	ck_assert_int_eq(unlink(scratch_path("refused")), 0);
	scripted_open();
	a->run.phase = RUN_ADOPTING;
	adopt(a, false);
	const char *reason;
	while (!(reason = executor->verbs->reason(executor, &a->run)))
		turn();
	unit_expect(reason, MSG_SLURM_DIRECTORY, scratch_path("shared/pilots.default"), strerror(ESTALE));
	ck_assert(!scripted_exists("shared/krtask.server"));
	ck_assert_str_eq(a->trail, "");
	snprintf(text, sizeof(text), "%s\n", identity);
	scratch_write("shared/krtask.server", text, 0600);
	await(a, "began ended");
	ck_assert_int_eq(a->end.exit_code, 3);
	forget(a);
}
END_TEST

START_TEST(a_refused_pilot_fails_nothing_while_another_one_runs)
{
	enum { ALL = 6 };
	struct subject *all[ALL];
	char id[16];
	for (int i = 0; i < ALL; i++) {
		snprintf(id, sizeof(id), "t%d", i);
		/* A second pilot is refused. */
		all[i] = i == 0 ? running(id, "read x <$0; exit 2") : released(id, "read x <$0; exit 2");
		if (i == 0)
			scratch_write("refused", "sbatch: error: Batch job submission failed: no\n", 0600);
	}
	while (count_calls("sbatch") < 2)
		turn();
	for (int i = 0; i < ALL; i++)
		open_gate();
	for (int i = 0; i < ALL; i++) {
		await(all[i], "prepared began ended");
		ck_assert_int_eq(all[i]->end.exit_code, 2);
		forget(all[i]);
	}
	ck_assert_int_eq(count_calls("sbatch"), 2);
}
END_TEST

START_TEST(a_pilot_whose_directory_cannot_be_made_fails_nothing)
{
	mkdir_fails = "/pilots.default/p";
	struct subject *a = released("a", "exit 6");
	const char *reason;
	while (!(reason = executor->verbs->reason(executor, &a->run)))
		turn();
	ck_assert_ptr_nonnull(strstr(reason, strerror(EDQUOT)));
	await(a, "prepared began ended");
	ck_assert_ptr_null(mkdir_fails);
	ck_assert_int_eq(a->end.exit_code, 6);
	forget(a);
}
END_TEST

START_TEST(where_others_can_write_nothing_is_put)
{
	ck_assert_int_eq(mkdir(scratch_path("shared/pilots.default"), 0700), 0);
	ck_assert_int_eq(chmod(scratch_path("shared/pilots.default"), 0777), 0);
	struct subject *a = subject_new("a", "exit 6");
	const char *reason;
	prepare(a);
	while (!(reason = executor->verbs->reason(executor, &a->run)))
		turn();
	unit_expect(reason, MSG_SLURM_DIRECTORY, scratch_path("shared/pilots.default"), strerror(EPERM));
	ck_assert_int_eq(chmod(scratch_path("shared/pilots.default"), 0700), 0);
	await(a, "prepared");
	go(a);
	await(a, "prepared began ended");
	forget(a);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		a_ticket_that_is_claimed_meanwhile_is_found,
		a_program_that_cannot_be_read_is_not_copied,
		what_slurm_said_of_pilots_that_are_gone_is_removed,
		a_directory_that_cannot_be_listed_is_not_empty,
		a_log_that_cannot_be_read_is_not_at_its_end,
		what_was_put_in_spite_of_an_error_is_not_put_twice,
		a_signal_that_could_not_be_sent_is_sent_again,
		a_pilot_that_cannot_be_revoked_is_tried_again,
		what_a_dead_pilot_has_given_back_is_not_lost,
		what_could_not_be_put_again_is_put_again_later,
		a_line_that_is_not_whole_says_nothing,
		what_runs_and_has_no_ticket_does_not_go_again,
		without_its_mark_nothing_is_found,
		a_refused_pilot_fails_nothing_while_another_one_runs,
		a_pilot_whose_directory_cannot_be_made_fails_nothing,
		where_others_can_write_nothing_is_put,
	};
	Suite *suite = suite_create("pilot_troubles");
	TCase *tcase = tcase_create("pilot_troubles");
	tcase_add_checked_fixture(tcase, scripted_pilots_setup, scripted_slurm_teardown);
	tcase_set_timeout(tcase, 30);
	for (size_t i = 0; i < sizeof(tests) / sizeof(*tests); i++)
		tcase_add_test(tcase, tests[i]);
	suite_add_tcase(suite, tcase);
	return unit_main(suite);
}
