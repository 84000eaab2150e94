#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/core/niceness.h"
#include "engine/core/registry.h"
#include "engine/exec/local/cap.h"
#include "engine/exec/local/ending.h"
#include "engine/exec/local/holding.h"
#include "engine/exec/local/progress.h"
#include "engine/exec/local/start.h"
#include "engine/exec/local/variables.h"
#include "engine/run/ledger.h"
#include "engine/run/output.h"
#include "engine/run/pool.h"
#include "engine/run/process.h"
#include "engine/run/shortfall.h"
#include "engine/run/spawn.h"
#include "engine/task/messages.h"

/* The worker must not read the task.  So strings of the task that could move meanwhile are copied. */
struct start_job {
	struct pool_job job; /* first */
	struct local *local;
	struct local_attempt *attempt;
	struct strings command;
	struct strings variables; /* over those of the environment */
	const struct environment *environment;
	struct environment scheduled; /* where the task asked for a schedule of its own */
	const char *cwd;
	char *input;     /* owned; its standard input; NULL: that of every task */
	uint32_t *began; /* in the ledger; NULL: not there */
	bool merge;
	bool wants_pipe;
	/* Results of the worker: */
	int error;      /* nothing was started */
	bool no_output; /* because its files could not be made */
	struct spawn_result result;
	bool exited;   /* the process has ended already */
	char *failure; /* owned; why the command is not running, although there is a process; NULL */
	/* Set before there is a process: */
	_Atomic int progress_reader;
	_Atomic int64_t started_at, tick;
	/* The loop's: */
	bool told; /* that it began */
};

enum { START_DESCRIPTORS = 4, START_PATH_SIZE = 64 };

static void start_job_free(struct start_job *job)
{
	strings_release(&job->command);
	strings_release(&job->variables);
	free(job->input);
	free(job->failure);
	free(job);
}

static int start_copy_input(struct start_job *job, const struct task *task)
{
	const struct plan_hooks *hooks = task_plan(task)->hooks;
	const char *input = hooks ? hooks->input : NULL;
	job->input = input ? strdup(input) : NULL;
	return input && !job->input ? -ENOMEM : 0;
}

static struct start_job *start_job_new(struct local_attempt *attempt)
{
	struct start_job *job = calloc(1, sizeof(*job));
	if (!job)
		return NULL;
	const struct task *task = attempt->run->task;
	const struct shared_environment *shared = task_environment(task);
	struct strings command = task_command(task);
	job->local = attempt->local;
	job->attempt = attempt;
	job->environment = shared ? &shared->environment : attempt->local->own_environment;
	if (niceness_decide(task, job->environment, &job->scheduled))
		job->environment = &job->scheduled;
	job->cwd = task_cwd(task);
	job->began = ledger_began_word(attempt->local->ledger, attempt->entry);
	job->merge = task_merge(task);
	job->wants_pipe = local_may_pipe(attempt->local);
	job->error = -ECANCELED; /* unless a worker gets it */
	job->progress_reader = -1;
	struct strings given = STRINGS_INIT;
	int error = strings_copy(&job->command, command.block, command.length);
	if (!error)
		error = start_copy_input(job, task);
	if (!error)
		error = local_holding_variables(attempt->run, &given);
	if (!error)
		error = local_variables_of(&job->variables, task, attempt->local->address,
		                           attempt->local->identity, &given);
	strings_release(&given);
	if (!error)
		return job;
	start_job_free(job);
	return NULL;
}

static int start_spawn(struct start_job *job, const struct spawn_descriptor *descriptors, size_t count)
{
	struct ledger *ledger = job->local->ledger;
	int entry = job->attempt->entry;
	char **argv = strings_vector(&job->command, 0);
	char **envp = local_variables_vector(job->environment, &job->variables);
	int error = argv && envp ? 0 : -ENOMEM;
	if (!error) {
		struct spawn_request request = {
			.argv = (const char *const *)argv,
			.envp = (const char *const *)envp,
			.cwd = job->cwd,
			.environment = job->environment,
			.descriptors = descriptors,
			.descriptor_count = count,
			.pid_word = ledger_pid_word(ledger, entry),
		};
		job->started_at = job->local->now();
		job->tick = process_uptime();
		if (job->began)
			*job->began = (uint32_t)job->started_at;
		error = spawn_process(job->local->spawner, &request, &job->result);
		if (!error && job->result.step)
			job->failure = spawn_explain(&request, &job->result);
		if (!error)
			ledger_set_start(ledger, entry, job->result.start);
	}
	free(argv);
	free(envp);
	return error;
}

/* Without a pipe, a task can still use `krtask progress`.  Returns the writing end, or -1. */
static int start_pipe(struct start_job *job)
{
	int reader, writer;
	if (!job->wants_pipe || spawn_progress_pipe(&reader, &writer))
		return -1;
	if (local_variables_add_progress(&job->variables) == 0) {
		job->progress_reader = reader;
		return writer;
	}
	close(writer);
	close(reader);
	return -1;
}

static void start_work(struct pool_job *pool_job)
{
	struct start_job *job = (struct start_job *)pool_job;
	const struct output *output = job->local->output;
	char paths[2][START_PATH_SIZE];
	job->error = output_start(job->local->output, job->attempt->files, job->merge);
	job->no_output = job->error != 0;
	if (job->error)
		return;
	output_path(local_attempt_owner(job->attempt), job->attempt->files, OUTPUT_STDOUT, paths[0],
	            sizeof(paths[0]));
	output_path(local_attempt_owner(job->attempt), job->attempt->files, OUTPUT_STDERR, paths[1],
	            sizeof(paths[1]));
	int input = job->input ? spawn_input(job->input) : job->local->input;
	if (input < 0) {
		job->error = input;
		return;
	}
	int writer = start_pipe(job);
	const struct spawn_descriptor descriptors[START_DESCRIPTORS] = {
		{ input, STDIN_FILENO, NULL },
		{ output_dirfd(output), STDOUT_FILENO, paths[0] },
		{ output_dirfd(output), STDERR_FILENO, paths[job->merge ? 0 : 1] },
		{ writer, SPAWN_PROGRESS_FD, NULL },
	};
	job->error = start_spawn(job, descriptors, writer >= 0 ? START_DESCRIPTORS : START_DESCRIPTORS - 1);
	if (writer >= 0)
		close(writer);
	if (job->input)
		close(input);
	/* The loop is told of a short command only once. */
	job->exited = !job->error && job->result.pidfd >= 0 && job->local->linger_ms > 0 &&
	              pool_linger(job->local->pool, job->result.pidfd, job->local->linger_ms);
}

static void start_postpone(struct local_attempt *attempt, int error)
{
	const struct executor_reports *reports = &attempt->local->executor.reports;
	attempt->stage = LOCAL_PREPARED;
	attempt->starting = NULL;
	local_list_remove(attempt);
	local_attempt_give_files_back(attempt);
	local_holding_forget(attempt);
	reports->postponed(reports->ctx, attempt->run, error);
}

static void start_failed(const struct start_job *job)
{
	struct local *local = job->local;
	if (job->progress_reader >= 0)
		close(job->progress_reader);
	local->pipes -= job->wants_pipe;
	local->active--;
	if (job->no_output && job->error != -EMFILE) {
		snprintf(local->no_output, sizeof(local->no_output), MSG_OUTPUT_DIRECTORY,
		         output_directory(local->output), strerror(-job->error));
		job->attempt->run->trouble = local->no_output;
	}
	start_postpone(job->attempt, job->error);
}

/* There is a process; runs: and its exit was not seen. */
static void start_lead(struct start_job *job, pid_t pid, uint64_t start, bool runs)
{
	struct local_attempt *attempt = job->attempt;
	job->told = true;
	attempt->starting = NULL;
	attempt->stage = LOCAL_RUNNING;
	local_list_remove(attempt);
	job->local->no_output[0] = '\0';
	if (local_attempt_lead(attempt, pid, LOCAL_PARENT_SERVER)) {
		attempt->pid = pid;
		attempt->parent = LOCAL_PARENT_SERVER;
		job->local->missed = true;
	}
	attempt->start = start;
	if (job->wants_pipe)
		local_progress_watch(attempt, job->progress_reader, runs);
}

static void start_tell(const struct start_job *job)
{
	const struct local_attempt *attempt = job->attempt;
	const struct executor_reports *reports = &job->local->executor.reports;
	struct executor_began began = { .process = attempt->run->process,
		                        .started_at = job->started_at,
		                        .tick = job->tick };
	char shortfall[SHORTFALL_SIZE], note[TASK_MESSAGE_MAX];
	if (spawner_shortfall(job->local->spawner, job->environment, shortfall, sizeof(shortfall))) {
		snprintf(note, sizeof(note), MSG_SHORTFALL, shortfall);
		began.note = note;
	}
	began.process.pid = attempt->pid;
	began.process.pid_start = attempt->start;
	reports->began(reports->ctx, attempt->run, &began);
}

static void start_began(struct start_job *job)
{
	struct local_attempt *attempt = job->attempt;
	bool told = job->told;
	if (!told)
		start_lead(job, job->result.pid, job->result.start, !job->exited);
	attempt->pidfd = job->result.pidfd;
	attempt->message = job->failure;
	job->failure = NULL;
	local_cap_watch(attempt);
	if (!job->exited)
		local_ending_await(attempt);
	if (!told)
		start_tell(job);
	if (job->exited)
		local_ending_take(attempt);
}

/*
 * The process id is in the ledger before the process executes anything.  So what somebody learns from a command is
 * never older than this.  Its exit is not watched before the worker is done.  Nobody is told of a process before it has
 * executed its command: a stop that follows would find neither its session nor its group.
 */
void local_start_look(struct local *local)
{
	struct local_attempt *attempt, *next;
	struct process_info own;
	if (!local->starting || process_read(getpid(), &own))
		return;
	for (attempt = local->starting; attempt; attempt = next) {
		next = attempt->list_next;
		struct start_job *job = attempt->starting;
		pid_t pid = ledger_pid(local->ledger, attempt->entry);
		struct process_info info;
		if (pid > 0 && process_read(pid, &info) == 0 && process_has_executed(&info, &own)) {
			start_lead(job, pid, info.start, true);
			start_tell(job);
		}
	}
}

static void start_done(struct pool_job *pool_job)
{
	struct start_job *job = (struct start_job *)pool_job;
	if (job->error)
		start_failed(job);
	else
		start_began(job);
	start_job_free(job);
}

void local_start(struct local_attempt *attempt)
{
	struct local *local = attempt->local;
	int error = local_attempt_take_files(attempt);
	struct start_job *job = error ? NULL : start_job_new(attempt);
	if (!job) {
		start_postpone(attempt, error ? error : -ENOMEM);
		return;
	}
	local_holding_record(attempt);
	job->job.work = start_work;
	job->job.done = start_done;
	attempt->stage = LOCAL_STARTING;
	attempt->starting = job;
	local_list_append(&local->starting, attempt);
	local->active++;
	local->pipes += job->wants_pipe;
	pool_submit(local->pool, &job->job);
}
