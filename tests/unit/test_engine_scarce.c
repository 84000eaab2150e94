/*
 * The engine, with real processes and a real store.  Memory runs out at the nth allocation, and is available
 * again later.  Earlier promises are kept, and nothing waits forever.
 */
#include "config.h"

#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/engine.h"
#include "tests/unit/scarce.h"
#include "tests/unit/scratch.h"
#include "tests/unit/unit.h"

enum { SPELL_MS = 20 }; /* how long memory is short after an allocation has failed */

static struct event_base *base;
static struct engine *engine;
static unsigned faults;
static bool spell_over;
static int gate; /* a FIFO, held open: a task that reads a line of it waits until open_gate() */

static void note_fault(const char *text)
{
	(void)text;
	faults++;
}

static int try_open(void)
{
	char *error = NULL;
	struct engine_options options = {
		.base = base,
		.directory = scratch_path("."),
		.address = "unix:/none",
		.fault = note_fault,
	};
	int code = engine_open(&engine, &options, &error);
	free(error);
	return code;
}

static void setup(void)
{
	scratch_make();
	ck_assert_int_eq(mkfifo(scratch_path("gate"), 0600), 0);
	gate = open(scratch_path("gate"), O_RDWR | O_CLOEXEC);
	ck_assert_int_ge(gate, 0);
	base = event_base_new();
	ck_assert_int_eq(try_open(), 0);
}

static void teardown(void)
{
	engine_close(engine);
	event_base_free(base);
	close(gate);
	ck_assert_uint_eq(faults, 0);
	scratch_remove();
}

static void open_gate(void)
{
	ck_assert_int_eq(write(gate, "go\n", 3), 3);
}

/* NULL: there was no memory */
static struct task *make(const char *id, const char *code, bool start)
{
	struct task_spec spec = { .id = strdup(id), .cwd = strdup("/") };
	struct task *task = NULL;
	char *error = NULL;
	strings_add(&spec.command, "sh");
	strings_add(&spec.command, "-c");
	strings_add(&spec.command, code);
	strings_add(&spec.command, scratch_path("gate")); /* $0 of the shell */
	if (!spec.id || !spec.cwd || engine_create(engine, &spec, NULL, NULL, start, &task, &error))
		task_spec_release(&spec);
	free(error);
	return task;
}

static void turn(void)
{
	event_base_loop(base, EVLOOP_ONCE);
}

static void settle(void)
{
	while (!engine_settled(engine))
		turn();
}

static bool has_ended(const struct task *task)
{
	return task_state_terminal(task->status.state) && !task->run;
}

static void end_spell(evutil_socket_t fd, short what, void *ctx)
{
	(void)fd, (void)what, (void)ctx;
	spell_over = scarce_failed();
}

/* Before memory runs out, since it needs some. */
static struct event *begin_spell(void)
{
	const struct timeval spell = { .tv_usec = SPELL_MS * 1000 };
	struct event *event = event_new(base, -1, EV_PERSIST, end_spell, NULL);
	spell_over = false;
	ck_assert_int_eq(event_add(event, &spell), 0);
	return event;
}

static void await_end(const char *id, enum task_state state, int exit_code)
{
	const struct task *task = engine_find(engine, id);
	ck_assert_ptr_nonnull(task);
	while (!has_ended(task))
		turn();
	ck_assert_msg(task->status.state == state && task->status.exit_code == exit_code, "%s: %s, %d, %s",
	              id, task_state_name(task->status.state), task->status.exit_code,
	              task->status.message ? task->status.message : "");
}

/* One round for each.  Each returns whether an allocation failed. */

static bool start_four(int after)
{
	static const char *const codes[] = { "exit 3", "echo 50 >&3; echo out", "(:)& exit 4",
		                             "no-such-command" };
	char ids[4][16];
	bool started[4];
	for (int k = 0; k < 4; k++) {
		snprintf(ids[k], sizeof(ids[k]), "%c%d", "abcd"[k], after);
		ck_assert_ptr_nonnull(make(ids[k], codes[k], false));
	}
	settle();
	struct event *spell = begin_spell();
	scarce_after(after);
	for (int k = 0; k < 4; k++)
		started[k] = engine_start(engine, engine_find(engine, ids[k])) == 0;
	for (int k = 0; k < 4; k++) {
		while (!spell_over && !has_ended(engine_find(engine, ids[k])))
			turn();
	}
	bool failed = scarce_end();
	event_free(spell);
	for (int k = 0; k < 4; k++) {
		if (!started[k])
			ck_assert_int_eq(engine_start(engine, engine_find(engine, ids[k])), 0);
	}
	await_end(ids[0], TASK_FAILED, 3);
	await_end(ids[1], TASK_COMPLETED, 0);
	await_end(ids[2], TASK_FAILED, 4);
	await_end(ids[3], TASK_FAILED, 127);
	return failed;
}

static bool stop_one(int after)
{
	static const struct stop_options kill_soon = { .given = true, .signal = SIGTERM, .kill_after = 5 };
	char id[16];
	snprintf(id, sizeof(id), "a%d", after);
	struct task *task =
		make(id, "trap '' TERM; (read x <$0; read x <$0) & read x <$0; read x <$0; exit 3", true);
	ck_assert_ptr_nonnull(task);
	while (task->status.state != TASK_RUNNING)
		turn();
	struct event *spell = begin_spell();
	scarce_after(after);
	bool stopped = engine_stop(engine, task, &kill_soon) == 0;
	while (!spell_over && !has_ended(task))
		turn();
	bool failed = scarce_end();
	event_free(spell);
	if (!stopped)
		ck_assert_int_eq(engine_stop(engine, task, &kill_soon), 0);
	while (!has_ended(task))
		turn();
	ck_assert_int_eq(task->status.state, TASK_STOPPED);
	return failed;
}

static bool adopt_one(int after)
{
	char id[16];
	snprintf(id, sizeof(id), "a%d", after);
	ck_assert_ptr_nonnull(make(id, "read x <$0; exit 3", true));
	const struct task *task = engine_find(engine, id);
	while (task->status.state != TASK_RUNNING || !engine_settled(engine))
		turn();
	engine_close(engine);
	struct event *spell = begin_spell();
	scarce_after(after);
	bool opened = try_open() == 0;
	while (opened && !spell_over && engine_pid(engine_find(engine, id)) == 0)
		turn();
	bool failed = scarce_end();
	event_free(spell);
	if (!opened)
		ck_assert_int_eq(try_open(), 0);
	open_gate();
	await_end(id, TASK_FAILED, 3);
	ck_assert_int_eq(engine_remove(engine, engine_find(engine, id)), 0);
	return failed;
}

/*
 * Runs rounds until no allocation fails.  Most rounds retry after a second, so they are spread over
 * processes.
 */
static void in_all_rounds(bool (*round)(int after))
{
	enum { SHARES = 12 };
	pid_t shares[SHARES];
	for (int share = 0; share < SHARES; share++) {
		shares[share] = check_fork();
		ck_assert_int_ge(shares[share], 0);
		if (shares[share] > 0)
			continue;
		setup();
		for (int after = share; round(after); after += SHARES)
			settle();
		teardown();
		exit(EXIT_SUCCESS);
	}
	for (int share = 0; share < SHARES; share++) {
		int status;
		ck_assert_int_eq(waitpid(shares[share], &status, 0), shares[share]);
		ck_assert_int_eq(status, 0);
	}
}

START_TEST(what_is_started_ends)
{
	in_all_rounds(start_four);
}
END_TEST

START_TEST(what_is_stopped_ends)
{
	in_all_rounds(stop_one);
}
END_TEST

START_TEST(what_runs_is_adopted)
{
	in_all_rounds(adopt_one);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = { what_is_started_ends, what_is_stopped_ends, what_runs_is_adopted };
	Suite *suite = suite_create("engine_scarce");
	TCase *tc = tcase_create("engine_scarce");
	tcase_set_timeout(tc, 60);
	for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++)
		tcase_add_test(tc, tests[i]);
	suite_add_tcase(suite, tc);
	return unit_main(suite);
}
