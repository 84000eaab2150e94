#include "config.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <utlist.h>

#include "engine/core/core.h"
#include "engine/task/progress.h"

/*
 * From a committed claim to a process.  A worker opens the files and clones; the loop then watches what came of it.
 */
struct begin_job {
	struct pool_job job;
	struct engine *engine;
	struct task *task;
	bool wants_pipe;
	/* the worker's findings */
	struct spawn_result result;
	int progress_reader;
	int64_t started_at;
	int error;        /* nothing began: try later */
	char *failure;
};

struct run *run_new(struct engine *engine, struct task *task, int entry)
{
	struct run *run = calloc(1, sizeof *run);
	if (!run)
		return NULL;
	run->engine = engine;
	run->task = task;
	run->process = (struct task_process)TASK_PROCESS_INIT;
	run->process.entry = entry;
	run->pidfd = -1;
	run->progress_fd = -1;
	task->run = run;
	engine->runs++;
	return run;
}

static void close_progress(struct run *run)
{
	if (run->progress_fd < 0)
		return;
	event_del(&run->progress_event);
	close(run->progress_fd);
	run->progress_fd = -1;
	run->engine->pipes--;
}

void run_free(struct task *task)
{
	struct run *run = task->run;
	if (!run)
		return;
	if (run->pidfd >= 0) {
		event_del(&run->exit_event);
		close(run->pidfd);
	}
	close_progress(run);
	if (event_initialized(&run->kill_event))
		event_del(&run->kill_event);
	end_unwatch_survivors(run);
	cap_unwatch(run);
	if (run->pid)
		HASH_DEL(run->engine->anchored, run);
	if (run->unwatched)
		DL_DELETE(run->engine->unwatched, task);
	/* Not open yet: a start that failed. */
	if (run->engine->ledger)
		ledger_release(run->engine->ledger, run->process.entry);
	run->engine->runs--;
	free(run->failure);
	free(run);
	task->run = NULL;
}

static bool overridden(const struct strings *over, const char *variable)
{
	size_t name = strcspn(variable, "=");
	for (const char *string = NULL; (string = strings_next(over, string));) {
		if (strncmp(string, variable, name) == 0 && string[name] == '=')
			return true;
	}
	return false;
}

/* The caller's variables, the task's over them, and ours over both. */
static char **make_environment(const struct environment *environment, const struct strings *own)
{
	size_t count = strings_count(&environment->variables) + strings_count(own);
	char **envp = calloc(count + 1, sizeof *envp);
	if (!envp)
		return NULL;
	static char names[] = "KRTASK_ID=\0KRTASK_SERVER=\0KRTASK_PROGRESS_FD=";
	static const struct strings reserved = { .block = names, .length = sizeof names };
	size_t used = 0;
	for (const char *string = NULL; (string = strings_next(&environment->variables, string));) {
		if (!overridden(own, string) && !(strncmp(string, "KRTASK_", 7) == 0 && overridden(&reserved, string)))
			envp[used++] = (char *)string;
	}
	for (const char *string = NULL; (string = strings_next(own, string));)
		envp[used++] = (char *)string;
	return envp;
}

static int own_variables(const struct begin_job *job, bool progress, struct strings *own)
{
	char variable[sizeof "KRTASK_SERVER=" + 4096];
	struct strings variables = task_variables(job->task);
	int error = strings_copy(own, variables.block, variables.length);
	snprintf(variable, sizeof variable, "KRTASK_ID=%s", task_id(job->task));
	error = error ? error : strings_add(own, variable);
	snprintf(variable, sizeof variable, "KRTASK_SERVER=%s", job->engine->address);
	error = error ? error : strings_add(own, variable);
	snprintf(variable, sizeof variable, "KRTASK_PROGRESS_FD=%d", SPAWN_PROGRESS_FD);
	if (progress && !error)
		error = strings_add(own, variable);
	return error;
}

static int spawn(struct begin_job *job, int output, int error_output, int writer)
{
	struct task *task = job->task;
	const struct shared_environment *shared = task_environment(task);
	const struct environment *environment =
	    shared ? &shared->environment : &job->engine->own_environment->environment;
	struct strings own = STRINGS_INIT;
	struct strings command = task_command(task);
	char **argv = strings_vector(&command, 0), **envp = NULL;
	int error = own_variables(job, writer >= 0, &own);
	if (!error)
		envp = make_environment(environment, &own);
	if (!argv || !envp)
		error = -ENOMEM;
	if (!error) {
		struct spawn_request request = {
			.argv = (const char *const *)argv,
			.envp = (const char *const *)envp,
			.cwd = task_cwd(task),
			.environment = environment,
			.output = output,
			.error = error_output,
			.progress = writer,
			.pid_word = ledger_pid_word(job->engine->ledger, task->run->process.entry),
		};
		job->started_at = engine_now(job->engine);
		error = spawn_process(&request, &job->result);
		if (!error && job->result.step)
			job->failure = spawn_explain(&request, &job->result);
		if (job->result.pid > 0)
			ledger_set_start(job->engine->ledger, task->run->process.entry, job->result.start);
	}
	free(argv);
	free(envp);
	strings_release(&own);
	return error;
}

static void work(struct pool_job *pool_job)
{
	struct begin_job *job = (struct begin_job *)pool_job;
	struct task *task = job->task;
	int output, error_output, writer = -1;
	job->error = output_start(job->engine->output, task->run->process.entry, task_merge(task), &output, &error_output);
	if (job->error)
		return;
	/* Without a pipe a task can still say `krtask progress`. */
	if (job->wants_pipe && spawn_progress_pipe(&job->progress_reader, &writer))
		job->progress_reader = writer = -1;
	job->error = spawn(job, output, error_output, writer);
	close(output);
	if (error_output != output)
		close(error_output);
	if (writer >= 0)
		close(writer);
}

/* The system would not: it stays queued, and says why. */
static void postpone(struct begin_job *job)
{
	struct engine *engine = job->engine;
	struct task *task = job->task;
	if (job->progress_reader >= 0)
		close(job->progress_reader);
	engine->pipes -= job->wants_pipe;
	char message[128];
	snprintf(message, sizeof message, "waiting: %s", strerror(-job->error));
	engine->active--;
	if (task->status.state == TASK_STOPPING) {
		end_never_began(engine, task);
		return;
	}
	task_status_set_message(&task->status, message);
	schedule_ready(engine, task, true);
	schedule_retry(engine);
}

static void done(struct pool_job *pool_job)
{
	struct begin_job *job = (struct begin_job *)pool_job;
	struct engine *engine = job->engine;
	struct task *task = job->task;
	struct run *run = task->run;
	run->spawning = false;
	if (job->error) {
		postpone(job);
	} else {
		life_apply(engine, task, TASK_EVENT_SPAWN);
		run->process.pid = job->result.pid;
		run->process.pid_start = job->result.start;
		task->status.started_at = job->started_at;
		if (!task->reported)
			task_status_set_message(&task->status, NULL);
		run->parent = RUN_OURS;
		run->pidfd = job->result.pidfd;
		run->failure = job->failure;
		run->progress_fd = job->progress_reader;
		job->failure = NULL;
		if (job->wants_pipe && run->progress_fd < 0)
			engine->pipes--;
		run_watch(run);
		if (run->signal_due) {
			run_signal(run, run->process.stop_signal);
			run_arm_kill(run);
		}
		registry_touch(&engine->registry, task);
	}
	free(job->failure);
	free(job);
	life_touched(engine);
}

/* A pipe each costs a descriptor: when many run, those to come do without. */
bool begin_may_pipe(const struct engine *engine)
{
	return engine->pipes + engine->active < engine->descriptors / 2;
}

void begin(struct engine *engine, struct task *task)
{
	struct begin_job *job = calloc(1, sizeof *job);
	struct run *run = task->run;
	if (!job) {
		schedule_ready(engine, task, true);
		schedule_retry(engine);
		return;
	}
	job->job.work = work;
	job->job.done = done;
	job->engine = engine;
	job->task = task;
	job->progress_reader = -1;
	job->result.pidfd = -1;
	job->error = -ECANCELED; /* until a worker has it */
	run->spawning = true;
	engine->active++;
	job->wants_pipe = begin_may_pipe(engine);
	engine->pipes += job->wants_pipe;
	pool_submit(engine->pool, &job->job);
}

static void progress_readable(evutil_socket_t fd, short what, void *ctx)
{
	(void)fd, (void)what;
	run_read_progress(ctx);
}

static void take_line(struct run *run)
{
	struct progress progress;
	if (progress_parse_line(run->line, run->line_length, &progress))
		engine_progress(run->engine, run->task, progress.percent, progress.message);
	run->line_length = 0;
}

/* Bounded: a task that floods the pipe is read again in the next turn of the loop. */
void run_read_progress(struct run *run)
{
	if (run->progress_fd < 0)
		return;
	char buffer[4096];
	ssize_t got = read(run->progress_fd, buffer, sizeof buffer);
	for (ssize_t i = 0; i < got; i++) {
		if (buffer[i] == '\n')
			take_line(run);
		else if (run->line_length < sizeof run->line)
			run->line[run->line_length++] = buffer[i];
	}
	if (got == 0)
		close_progress(run);
}

static void kill_due(evutil_socket_t fd, short what, void *ctx)
{
	(void)fd, (void)what;
	run_signal(ctx, SIGKILL);
}

void run_arm_kill(struct run *run)
{
	int64_t at = run->process.kill_at;
	if (event_initialized(&run->kill_event))
		event_del(&run->kill_event);
	if (at == 0)
		return;
	int64_t left = at - engine_now(run->engine);
	if (left < 0)
		left = 0;
	struct timeval wait = { .tv_sec = left / 1000, .tv_usec = left % 1000 * 1000 };
	event_assign(&run->kill_event, run->engine->base, -1, EV_TIMEOUT, kill_due, run);
	event_add(&run->kill_event, &wait);
}

/*
 * To the whole group, whose leader is not reaped before the group is empty: its number can not be another's.  A stopped process
 * takes no SIGTERM until it is continued.
 */
void run_signal(struct run *run, int signal)
{
	pid_t pid = run->process.pid;
	if (signal <= 0 || pid <= 1)
		return;
	kill(-pid, signal);
	if (signal != SIGKILL && signal != SIGSTOP)
		kill(-pid, SIGCONT);
}

/* Where no descriptor is left for a pidfd, SIGCHLD and the retry timer make it look (end.c). */
void run_watch_exit(struct run *run)
{
	if (run->pidfd < 0)
		run->pidfd = process_pidfd(run->process.pid);
	run->unwatched = run->pidfd < 0;
	if (run->unwatched) {
		DL_APPEND(run->engine->unwatched, run->task);
		schedule_retry(run->engine);
	} else {
		event_assign(&run->exit_event, run->engine->base, run->pidfd, EV_READ, end_exited, run);
		event_add(&run->exit_event, NULL);
	}
}

void run_watch(struct run *run)
{
	run_watch_exit(run);
	if (task_max_log(run->task) > 0)
		cap_watch(run);
	if (run->progress_fd >= 0) {
		event_assign(&run->progress_event, run->engine->base, run->progress_fd, EV_READ | EV_PERSIST,
		             progress_readable, run);
		event_add(&run->progress_event, NULL);
	}
}
