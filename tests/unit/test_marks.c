/* Whose a process is, while what it bears cannot be read for want of descriptors or memory. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/exec/local/kinship.h"
#include "engine/exec/local/marks.h"
#include "engine/run/process.h"
#include "tests/unit/unit.h"

/* The linker requires these names. */
/* NOLINTBEGIN(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp) */
int __real_process_writes(pid_t pid, bool (*is_it)(void *ctx, const char *target), void *ctx);
int __wrap_process_writes(pid_t pid, bool (*is_it)(void *ctx, const char *target), void *ctx);
int __real_process_variable(pid_t pid, const char *name, char *value, size_t size);
int __wrap_process_variable(pid_t pid, const char *name, char *value, size_t size);

/* The error of each look, 0: none. */
static int writes_error, variable_error;

int __wrap_process_writes(pid_t pid, bool (*is_it)(void *ctx, const char *target), void *ctx)
{
	return writes_error ? writes_error : __real_process_writes(pid, is_it, ctx);
}

int __wrap_process_variable(pid_t pid, const char *name, char *value, size_t size)
{
	return variable_error ? variable_error : __real_process_variable(pid, name, value, size);
}
/* NOLINTEND(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp) */

static char directory[] = "/tmp/test_marks.XXXXXX", path[64];
static pid_t writer;
static struct kin kin;

/* The run 7 is over, and a process that nothing else connects to it writes to its output. */
static void setup_writer(void)
{
	int fd, ends[2];
	char byte;

	writes_error = variable_error = 0;
	memcpy(directory, "/tmp/test_marks.XXXXXX", sizeof(directory));
	ck_assert_ptr_nonnull(mkdtemp(directory));
	(void)snprintf(path, sizeof(path), "%s/7.out", directory);
	fd = open(path, O_WRONLY | O_CREAT, 0600);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(pipe2(ends, O_CLOEXEC), 0);
	writer = fork();
	if (writer == 0) {
		(void)!write(ends[1], "x", 1);
		for (;;)
			pause();
	}
	ck_assert_int_eq(read(ends[0], &byte, 1), 1);
	(void)close(ends[0]);
	(void)close(ends[1]);
	(void)close(fd);
	fd = open(directory, O_RDONLY | O_DIRECTORY);
	kin_know_directory(&kin, fd);
	(void)close(fd);
	kin.identity = "identity";
	kin.runs = calloc(1, sizeof(*kin.runs));
	kin.runs[0] = (struct kin_run){ .number = 7, .files = -1, .written = true };
	kin.run_count = 1;
}

static void teardown_writer(void)
{
	kin_release(&kin);
	memset(&kin, 0, sizeof(kin));
	kill(writer, SIGKILL);
	(void)waitpid(writer, NULL, 0);
	(void)unlink(path);
	(void)rmdir(directory);
}

static int members(void)
{
	int count = 0;

	(void)kin_members(&kin, 0, &count);
	return count;
}

static const int troubles[] = { -EMFILE, -ENFILE, -ENOMEM };

START_TEST(who_cannot_be_looked_at_now_is_not_said_to_be_nobody)
{
	ck_assert_int_eq(kinship_find(&kin), 0);
	ck_assert_int_eq(members(), 1);
	writes_error = troubles[_i];
	ck_assert_int_eq(kinship_find(&kin), troubles[_i]);
	writes_error = 0;
	ck_assert_int_eq(kinship_find(&kin), 0);
	ck_assert_int_eq(members(), 1);
}
END_TEST

START_TEST(a_token_that_cannot_be_read_now_is_not_said_to_be_none)
{
	struct process_info info;

	ck_assert_int_eq(process_read(writer, &info), 0);
	variable_error = troubles[_i];
	ck_assert_int_eq(kin_owner_by_token(&kin, &info), KIN_NONE);
	ck_assert_int_eq(kin.trouble, troubles[_i]);
	/* That is over once all were looked at. */
	variable_error = 0;
	ck_assert_int_eq(kinship_find(&kin), 0);
	ck_assert_int_eq(kin.trouble, 0);
}
END_TEST

START_TEST(who_may_not_be_looked_at_bears_no_mark)
{
	struct process_info info;

	ck_assert_int_eq(process_read(writer, &info), 0);
	variable_error = _i ? -EACCES : -EAGAIN;
	ck_assert_int_eq(kin_owner_by_token(&kin, &info), KIN_NONE);
	ck_assert_int_eq(kin.trouble, 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("marks");
	TCase *tcase = tcase_create("trouble");

	tcase_add_checked_fixture(tcase, setup_writer, teardown_writer);
	tcase_add_loop_test(tcase, who_cannot_be_looked_at_now_is_not_said_to_be_nobody, 0, 3);
	tcase_add_loop_test(tcase, a_token_that_cannot_be_read_now_is_not_said_to_be_none, 0, 3);
	tcase_add_loop_test(tcase, who_may_not_be_looked_at_bears_no_mark, 0, 2);
	suite_add_tcase(suite, tcase);
	return unit_main(suite);
}
