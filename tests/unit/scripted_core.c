#include "tests/unit/scripted_core.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "engine/run/pool.h"
#include "engine/run/process.h"
#include "tests/unit/scratch.h"
#include "tests/unit/unit.h"

enum { SUBJECTS_MAX = 128, WORKERS = 2 };

struct event_base *base;
struct executor *executor;
struct local_options local_options;
char identity[LOCAL_IDENTITY_SIZE];
struct task_spec spec;
const struct scripted_kind *scripted_kind;
struct registry registry;
unsigned room_reports;
uint64_t left_gone;

static struct pool *pool;
static struct event *pool_event;
static struct environment own_environment;
static struct subject *subjects[SUBJECTS_MAX];
static unsigned subject_count;
static int gate;
static int descriptors; /* how many were open before the test */

static int64_t system_now(void)
{
	struct timespec now;
	clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static struct subject *heard(struct run *run, const char *word)
{
	struct subject *subject = (struct subject *)run;
	size_t used = strlen(subject->trail);
	snprintf(subject->trail + used, sizeof(subject->trail) - used, "%s%s", used > 0 ? " " : "", word);
	return subject;
}

static void hear_prepared(void *ctx, struct run *run, const struct task_process *process)
{
	struct executor_place place;
	(void)ctx;
	heard(run, "prepared");
	run->process = *process;
	/* Where it runs is stored with the claim. */
	executor->verbs->describe(executor, run, &place);
	if (*place.directory)
		ck_assert_int_eq(
			plan_set_job(record_make_plan(run->task), process->pid_start, place.directory), 0);
}

static void hear_refused(void *ctx, struct run *run, int error)
{
	(void)ctx;
	heard(run, "refused")->error = error;
}

static void hear_postponed(void *ctx, struct run *run, int error)
{
	(void)ctx;
	heard(run, "postponed")->error = error;
}

static void hear_began(void *ctx, struct run *run, const struct executor_began *began)
{
	(void)ctx;
	heard(run, "began")->began = *began;
	run->process.pid = began->process.pid;
	run->process.pid_start = began->process.pid_start;
}

static void hear_progress(void *ctx, struct run *run, int percent, const char *message,
                          enum executor_progress_source source)
{
	(void)ctx;
	/* Only the reason of it has changed. */
	if (percent < 0 && !message)
		return;
	struct subject *subject = heard(run, "progress");
	subject->percent = percent;
	subject->source = source;
	snprintf(subject->message, sizeof(subject->message), "%s", message ? message : "(as it was)");
}

static void hear_ended(void *ctx, struct run *run, const struct run_end *end)
{
	(void)ctx;
	struct subject *subject = heard(run, "ended");
	free(subject->end.message);
	free(subject->end.survivors);
	strings_release(&subject->end.processes);
	subject->end = *end;
	subject->end.message = end->message ? strdup(end->message) : NULL;
	subject->end.survivors = end->survivors ? strdup(end->survivors) : NULL;
	subject->end.processes = (struct strings)STRINGS_INIT;
	strings_copy(&subject->end.processes, end->processes.block, end->processes.length);
	if (subject->forgets) {
		ck_assert_int_eq(seal(subject), 0);
		forget(subject);
	}
}

static void hear_holds(void *ctx, struct run *run, const struct run_holding *holding)
{
	(void)ctx;
	run->holding = *holding;
}

static void hear_never_began(void *ctx, struct run *run)
{
	(void)ctx;
	heard(run, "never_began");
}

static void hear_left_gone(void *ctx, uint64_t number)
{
	(void)ctx;
	left_gone = number;
}

static void hear_withheld(void *ctx, struct run *run, bool void_handle)
{
	(void)ctx;
	heard(run, void_handle ? "void" : "withheld");
}

static void hear_room(void *ctx)
{
	(void)ctx;
	room_reports++;
}

static void pool_readable(evutil_socket_t fd, short what, void *ctx)
{
	(void)fd, (void)what, (void)ctx;
	pool_reap(pool);
}

static void scripted_open_local(void)
{
	char *error = NULL;
	ck_assert_int_eq(pool_new(&pool, WORKERS), 0);
	pool_event = event_new(base, pool_fd(pool), EV_READ | EV_PERSIST, pool_readable, NULL);
	event_add(pool_event, NULL);
	local_options.pool = pool;
	int code = local_open(&executor, &local_options, &error);
	ck_assert_msg(code == 0, "%s", error ? error : strerror(-code));
}

void scripted_open(void)
{
	if (scripted_kind)
		ck_assert_int_eq(scripted_kind->open(&executor), 0);
	else
		scripted_open_local();
	executor->reports = (struct executor_reports){
		.prepared = hear_prepared,
		.refused = hear_refused,
		.postponed = hear_postponed,
		.began = hear_began,
		.progress = hear_progress,
		.ended = hear_ended,
		.holds = hear_holds,
		.never_began = hear_never_began,
		.withheld = hear_withheld,
		.left_gone = hear_left_gone,
		.room = hear_room,
	};
}

void scripted_close(void)
{
	if (scripted_kind) {
		scripted_kind->close(executor);
	} else {
		local_silence(executor);
		event_free(pool_event);
		pool_free(pool);
		local_close(executor);
	}
	executor = NULL;
}

void scripted_setup(void)
{
	scratch_make();
	/* Check leaves its own descriptors open in its children. */
	ck_assert_int_eq(close_range(3, ~0U, CLOSE_RANGE_CLOEXEC), 0);
	descriptors = scratch_descriptors();
	ck_assert_int_eq(mkfifo(scratch_path("gate"), 0600), 0);
	gate = open(scratch_path("gate"), O_RDWR | O_CLOEXEC);
	ck_assert_int_ge(gate, 0);
	base = event_base_new();
	registry_init(&registry);
	ck_assert_int_eq(environment_capture(&own_environment), 0);
	snprintf(identity, sizeof(identity), "%x", (unsigned)getpid());
	local_options = (struct local_options){
		.base = base,
		.directory = scratch_path(""),
		.boot_id = "11111111-2222-3333-4444-555555555555",
		.address = "unix:/none",
		.identity = identity,
		.now = system_now,
		.own_environment = &own_environment,
		.descriptors = 4096,
	};
	scripted_open();
}

static void subject_free(struct subject *subject)
{
	free(subject->end.message);
	free(subject->end.survivors);
	strings_release(&subject->end.processes);
	free(subject);
}

void scripted_teardown(void)
{
	if (executor)
		scripted_close();
	while (subject_count > 0)
		subject_free(subjects[--subject_count]);
	registry_release(&registry);
	environment_release(&own_environment);
	event_base_free(base);
	close(gate);
	ck_assert_int_eq(scratch_descriptors(), descriptors);
	scratch_remove();
}

void turn(void)
{
	event_base_loop(base, EVLOOP_ONCE);
}

void open_gate(void)
{
	ck_assert_int_eq(write(gate, "go\n", 3), 3);
}

struct subject *subject_of(const char *id)
{
	struct subject *subject = calloc(1, sizeof(*subject));
	ck_assert_ptr_nonnull(subject);
	spec.id = strdup(id);
	if (!spec.cwd)
		spec.cwd = strdup("/");
	struct task *task = registry_make(&registry, &spec, NULL, NULL);
	ck_assert_ptr_nonnull(task);
	task_spec_release(&spec);
	task->number = registry.last_number + 1;
	task->created_at = system_now();
	ck_assert_int_eq(registry_add(&registry, task), 0);
	if (scripted_kind)
		scripted_kind->fit(task);
	subject->run.task = task;
	task->run = &subject->run;
	subject->run.process = (struct task_process)TASK_PROCESS_INIT;
	subject->run.holding.slot = -1;
	subjects[subject_count++] = subject;
	spec = (struct task_spec){ 0 };
	return subject;
}

struct subject *subject_new(const char *id, const char *code)
{
	strings_add(&spec.command, "sh");
	strings_add(&spec.command, "-c");
	strings_add(&spec.command, code);
	strings_add(&spec.command, scratch_path("gate"));
	return subject_of(id);
}

void prepare(struct subject *subject)
{
	struct run *run = &subject->run;
	executor->verbs->prepare(executor, &run, 1);
}

void go(struct subject *subject)
{
	struct run *run = &subject->run;
	executor->verbs->go(executor, &run, 1);
}

void forget(struct subject *subject)
{
	struct run *run = &subject->run;
	executor->verbs->forget(executor, &run, 1);
	ck_assert_ptr_null(run->execution);
}

void send_signal(struct subject *subject, int number)
{
	struct run *run = &subject->run;
	executor->verbs->signal(executor, &run, 1, number);
}

int seal(struct subject *subject)
{
	return executor->verbs->seal(executor, &subject->run);
}

void adopt(struct subject *subject, bool other_boot)
{
	struct run *run = &subject->run;
	run->execution = NULL;
	run->process.pid = 0;
	if (run->process.entry != TASK_ENTRY_REMOTE)
		run->process.pid_start = 0;
	/* That is all that was stored of it. */
	run->only_claimed = !strstr(subject->trail, "began");
	*subject->trail = '\0';
	executor->verbs->adopt(executor, &run, &other_boot, 1);
}

void await(const struct subject *subject, const char *trail)
{
	while (strlen(subject->trail) < strlen(trail))
		turn();
	ck_assert_str_eq(subject->trail, trail);
}

void subjects_new(struct subject **all, struct run **runs, size_t count)
{
	char id[32];
	for (size_t i = 0; i < count; i++) {
		snprintf(id, sizeof(id), "t%zu", i);
		all[i] = subject_new(id, "echo $KRTASK_ID; exit 1");
		all[i]->forgets = i % 2;
		runs[i] = &all[i]->run;
	}
}

void subjects_end(struct subject **all, size_t count)
{
	char line[32];
	for (size_t i = 0; i < count; i++) {
		await(all[i], "prepared began ended");
		ck_assert(all[i]->end.known);
		ck_assert_int_eq(all[i]->end.exit_code, 1);
		snprintf(line, sizeof(line), "t%zu\n", i);
		check_output(all[i], EXECUTOR_STDOUT, line);
		if (!all[i]->forgets)
			forget(all[i]);
	}
}

struct subject *start(const char *id, const char *code)
{
	struct subject *subject = subject_new(id, code);
	prepare(subject);
	go(subject);
	await(subject, "prepared began");
	return subject;
}

static ssize_t read_output(const struct subject *subject, enum executor_stream stream, char *text,
                           size_t size)
{
	struct executor_output output;
	int error = executor->verbs->output(executor, subject->run.task, 1, stream, true, &output);
	if (error) {
		ck_assert_int_eq(output.fd, -1);
		return error;
	}
	ck_assert_int_ge(output.fd, 0);
	ssize_t got = read(output.fd, text, size - 1);
	ck_assert_int_ge(got, 0);
	text[got] = '\0';
	close(output.fd);
	return got;
}

void check_output(const struct subject *subject, enum executor_stream stream, const char *content)
{
	char text[4096] = "";
	ssize_t got = read_output(subject, stream, text, sizeof(text));
	if (!content) {
		ck_assert_int_eq(got, -ENOENT);
		return;
	}
	ck_assert_int_ge(got, 0);
	ck_assert_str_eq(text, content);
}

void await_output(const struct subject *subject, const char *content)
{
	char text[4096];
	do {
		event_base_loop(base, EVLOOP_NONBLOCK);
	} while (read_output(subject, EXECUTOR_STDOUT, text, sizeof(text)) < (ssize_t)strlen(content));
	ck_assert_str_eq(text, content);
}

pid_t pid_of(const struct subject *subject)
{
	struct executor_place place;
	executor->verbs->describe(executor, &subject->run, &place);
	return (pid_t)place.pid;
}

char process_state(pid_t pid)
{
	struct process_info info;
	return process_read(pid, &info) == 0 ? info.state : '\0';
}

static struct pool_job held[WORKERS];
static int held_count;
static int hold[2]; /* a pipe: each byte releases one worker */

static void held_work(struct pool_job *job)
{
	char byte;
	(void)job;
	if (read(hold[0], &byte, 1) != 1)
		abort();
}

static void held_done(struct pool_job *job)
{
	(void)job;
	if (--held_count > 0)
		return;
	close(hold[0]);
	close(hold[1]);
}

void hold_workers(void)
{
	ck_assert_int_eq(pipe(hold), 0);
	for (int i = 0; i < WORKERS; i++, held_count++) {
		held[i] = (struct pool_job){ .work = held_work, .done = held_done };
		pool_submit(pool, &held[i]);
	}
}

void release_workers(void)
{
	ck_assert_int_eq(write(hold[1], "..", WORKERS), WORKERS);
}

void leave_descriptors(int count)
{
	static struct rlimit before;
	if (before.rlim_max == 0)
		ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &before), 0);
	struct rlimit limit = before;
	if (count >= 0) {
		int next = dup(0);
		ck_assert_int_ge(next, 0);
		close(next);
		limit.rlim_cur = (rlim_t)next + (rlim_t)count;
	}
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
}

void await_empty(const struct subject *subject)
{
	while (!strstr(subject->trail, "ended") || subject->end.left > 0)
		turn();
}
