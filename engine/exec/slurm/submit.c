#include "config.h"

#include "engine/exec/slurm/submit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utlist.h>

#include "engine/core/kernel.h"
#include "engine/exec/local/variables.h"
#include "engine/exec/slurm/orders.h"
#include "engine/exec/slurm/program.h"
#include "engine/exec/slurm/rows.h"
#include "engine/exec/slurm/script.h"
#include "engine/exec/slurm/silence.h"
#include "engine/run/pool.h"
#include "engine/task/messages.h"
#include "engine/task/sbatch.h"

enum {
	SUBMIT_FILE = 65536, /* bytes of a script in which its options are */
	SUBMIT_WORDS = 4,    /* so many words of a command may name it */
};

void slurm_report_prepared(struct slurm_attempt *attempt)
{
	const struct executor_reports *reports = &attempt->slurm->executor.reports;
	struct task_process process = TASK_PROCESS_INIT;
	process.entry = TASK_ENTRY_REMOTE;
	process.pid_start = attempt->job;
	attempt->stage = attempt->job ? SLURM_HELD : SLURM_REFUSED;
	reports->prepared(reports->ctx, attempt->run, &process);
}

struct submit_job {
	struct pool_job job;            /* first */
	struct submit_job *prev, *next; /* in slurm->submissions (utlist) */
	struct slurm *slurm;
	uint64_t serial;
	char *text, *directory, *log;
	char base[SLURM_BASE_SIZE];
	size_t head; /* where the lines of a file are put in */
	struct strings command;
	char comment[128];
	struct strings environment;
	/* Results: */
	enum program_result result;
	bool asked; /* it says something of Slurm */
	uint64_t number;
	char error[320];
};

static void submit_free(struct submit_job *job)
{
	free(job->text);
	free(job->directory);
	free(job->log);
	strings_release(&job->environment);
	strings_release(&job->command);
	free(job);
}

static int submit_arguments(const struct submit_job *job, struct strings *arguments)
{
	char comment[160];
	snprintf(comment, sizeof(comment), "--comment=%s", job->comment);
	const char *const words[] = { "sbatch",
		                      "--parsable",
		                      "--hold",
		                      "--no-requeue",
		                      "--job-name=krtask",
		                      comment,
		                      "--export-file=9",
		                      "-D",
		                      "/",
		                      "-o",
		                      job->log,
		                      "-e",
		                      job->log };
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		if (strings_add(arguments, words[i]))
			return -ENOMEM;
	}
	return 0;
}

/* "12" or "12;cluster".  Any other answer leaves open whether there is a job. */
static void submit_read_number(struct submit_job *job, char *output)
{
	char nothing[1] = "", *end;
	output = output ? output : nothing;
	output[strcspn(output, "\n")] = '\0';
	job->number = strtoull(output, &end, 10);
	if (*end != ';' && *end != '\0')
		job->number = 0;
	if (job->number > 0)
		return;
	job->result = PROGRAM_SILENT;
	snprintf(job->error, sizeof(job->error), MSG_SLURM_ANSWER, output);
}

/* The first bytes of a script that a word of the command names.  NULL: it is none. */
static char *submit_read_file(const char *path)
{
	struct stat status;
	char *text = NULL;
	int fd = *path == '/' ? open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK) : -1;
	if (fd >= 0 && fstat(fd, &status) == 0 && S_ISREG(status.st_mode))
		text = calloc(1, SUBMIT_FILE + 1);
	if (text && read(fd, text, SUBMIT_FILE) <= 0) {
		free(text);
		text = NULL;
	}
	if (fd >= 0)
		close(fd);
	return text;
}

/* Puts one line into the script.  False: it cannot be used, or there is no memory. */
static bool submit_insert_line(struct submit_job *job, const char *line, size_t length)
{
	char word[64], *options = strndup(line + 7, length - 7), *text = NULL;
	if (options)
		options[strcspn(options, "#\r")] = '\0';
	bool sound = options && sbatch_check(options, word, sizeof(word));
	if (options && !sound)
		snprintf(job->error, sizeof(job->error), MSG_SBATCH_INVALID, word);
	if (sound && asprintf(&text, "%.*s%.*s\n%s", (int)job->head, job->text, (int)length, line,
	                      job->text + job->head) >= 0) {
		free(job->text);
		job->text = text;
		job->head += length + 1;
	} else {
		sound = false;
	}
	free(options);
	return sound;
}

/* Whatever runs a file that has #SBATCH lines wants these.  0 or -EINVAL. */
static int submit_insert_lines(struct submit_job *job)
{
	int words = 0, error = 0;
	for (const char *word = NULL;
	     !error && words < SUBMIT_WORDS && (word = strings_next(&job->command, word)); words++) {
		char *file = submit_read_file(word);
		size_t length;
		for (const char *line = file; line && !error && (line = sbatch_line(line, &length));
		     line += length)
			error = submit_insert_line(job, line, length) ? 0 : -EINVAL;
		free(file);
	}
	return error;
}

/* 0, or what is wrong is said in job->error. */
static int submit_prepare(struct submit_job *job, struct strings *arguments)
{
	int error = slurm_mark(job->directory, job->slurm->identity);
	if (error == -EEXIST)
		snprintf(job->error, sizeof(job->error), MSG_SLURM_DIRECTORY_OTHER, job->directory);
	else if (error)
		snprintf(job->error, sizeof(job->error), MSG_SLURM_DIRECTORY, job->directory,
		         strerror(-error));
	if (!error)
		error = slurm_write_ticket(job->directory, job->base);
	if (!error)
		error = submit_insert_lines(job);
	if (!error)
		error = submit_arguments(job, arguments);
	return error;
}

static void submit_work(struct pool_job *pool_job)
{
	struct submit_job *job = (struct submit_job *)pool_job;
	struct program program = { .directory = job->slurm->programs,
		                   .extra = job->environment.block ? job->environment.block : "",
		                   .extra_length = job->environment.length,
		                   .stop = job->slurm->stop_fd,
		                   .timeout_ms = job->slurm->options.program_ms };
	int error = submit_prepare(job, &program.arguments);
	program.input = job->text;
	job->result = error ? PROGRAM_REFUSED : program_run(&program);
	job->asked = !error && job->result != PROGRAM_MISSING;
	if (error && !*job->error)
		snprintf(job->error, sizeof(job->error), "%s", strerror(-error));
	if (job->result == PROGRAM_DONE)
		submit_read_number(job, program.output);
	else if (!error && job->result == PROGRAM_REFUSED)
		snprintf(job->error, sizeof(job->error), MSG_SLURM_REFUSED, program.error);
	else if (job->result == PROGRAM_MISSING)
		snprintf(job->error, sizeof(job->error), "%s", program.error);
	program_release(&program);
}

/* The latest that was wrong, or nothing.  True: it is another one than before. */
static bool submit_set_error(struct slurm_attempt *attempt, const char *error)
{
	bool other = strcmp(attempt->error ? attempt->error : "", error) != 0;
	if (other) {
		free(attempt->error);
		attempt->error = *error ? strdup(error) : NULL;
	}
	return other;
}

/* A cluster whose controller has forgotten all begins its numbers anew: this one is no other job's any more. */
static void submit_take_number(const struct slurm_attempt *attempt)
{
	struct slurm_attempt *other;
	DL_FOREACH(attempt->slurm->attempts, other)
	{
		if (other != attempt && other->job == attempt->job && attempt->job > 0 && !other->crew)
			other->absent = true;
	}
}

/* What became of it. */
static void submit_tell(struct slurm *slurm, struct slurm_attempt *attempt, const struct submit_job *job)
{
	const struct executor_reports *reports = &slurm->executor.reports;
	if (job->asked)
		silence_note(slurm, SLURM_ASKED_SBATCH,
		             job->result == PROGRAM_SILENT && !*job->error ? PROGRAM_SILENT : PROGRAM_DONE,
		             NULL);
	attempt->job = job->number;
	submit_take_number(attempt);
	if (attempt->stage == SLURM_FORGOTTEN) {
		if (job->number > 0)
			slurm_order(slurm, SLURM_ORDER_CANCEL, 0, &job->number, 1);
		slurm->swept = slurm->swept && job->number > 0;
		slurm_attempt_free(attempt);
		slurm_hurry(slurm);
	} else if (job->result == PROGRAM_SILENT) {
		attempt->stage = SLURM_DOUBTFUL;
		attempt->answers += *job->error != '\0';
		if (submit_set_error(attempt, job->error))
			reports->room(reports->ctx);
		slurm_hurry(slurm);
	} else {
		submit_set_error(attempt, job->error);
		slurm_report_prepared(attempt);
	}
}

static void submit_done(struct pool_job *pool_job);

/*
 * The worker has one at a time.  So a stop, or a squeue, waits for one sbatch at most, and not for those of a thousand tasks,
 * each of which may hang.
 */
static void submit_next(struct slurm *slurm)
{
	if (slurm->submitting || !slurm->submissions || slurm->closing)
		return;
	slurm->submitting = true;
	slurm_give(slurm, &slurm->submissions->job, submit_work, submit_done);
}

static void submit_done(struct pool_job *pool_job)
{
	struct submit_job *job = (struct submit_job *)pool_job;
	struct slurm *slurm = job->slurm;
	struct slurm_attempt *attempt = slurm_attempt_find(slurm, job->serial);
	silence_end(slurm);
	slurm->submitting = false;
	DL_DELETE(slurm->submissions, job);
	if (!slurm->closing && attempt)
		submit_tell(slurm, attempt, job);
	submit_free(job);
	submit_next(slurm);
}

bool slurm_submit_not(const struct slurm_attempt *attempt)
{
	struct slurm *slurm = attempt->slurm;
	struct submit_job *job = slurm->submissions;
	while (job && job->serial != attempt->serial)
		job = job->next;
	if (!job || (slurm->submitting && job == slurm->submissions))
		return false;
	DL_DELETE(slurm->submissions, job);
	submit_free(job);
	return true;
}

void slurm_submit_none(struct slurm *slurm)
{
	struct submit_job *job;
	while ((job = slurm->submissions)) {
		DL_DELETE(slurm->submissions, job);
		submit_free(job);
	}
}

static int submit_write_script(struct submit_job *job, const struct slurm_attempt *attempt)
{
	const struct task *task = attempt->run->task;
	const struct group_settings *settings = &task->standing->group->settings;
	const struct shared_environment *shared = task_environment(task);
	struct strings command = task_command(task);
	const struct script script = {
		.identity = attempt->slurm->identity,
		.directory = attempt->directory,
		.base = attempt->base,
		.cwd = task_cwd(task),
		.command = &command,
		.group_options = settings->sbatch,
		.options = task_plan(task)->sbatch,
		.time_limit = task_plan(task)->time_limit,
		.umask = shared ? shared->environment.umask : attempt->slurm->options.own_environment->umask,
		.merge = task_merge(task),
	};
	job->text = script_write(&script, &job->head);
	return job->text ? strings_copy(&job->command, command.block, command.length) : -ENOMEM;
}

int slurm_write_environment(struct strings *list, const struct slurm_attempt *attempt)
{
	const struct task *task = attempt->run->task;
	const struct shared_environment *shared = task_environment(task);
	const struct environment *environment =
		shared ? &shared->environment : attempt->slurm->options.own_environment;
	struct strings variables = STRINGS_INIT, given = STRINGS_INIT;
	int error = local_variables_of(&variables, task, attempt->slurm->address, attempt->slurm->identity,
	                               &given);
	char **vector = error ? NULL : local_variables_vector(environment, &variables);
	error = vector ? 0 : -ENOMEM;
	for (size_t i = 0; !error && vector[i]; i++)
		error = strings_add(list, vector[i]);
	free(vector);
	strings_release(&variables);
	return error;
}

void slurm_submit(struct slurm_attempt *attempt)
{
	struct slurm *slurm = attempt->slurm;
	const struct executor_reports *reports = &slurm->executor.reports;
	struct submit_job *job = calloc(1, sizeof(*job));
	int error = job ? slurm_worker(slurm) : -ENOMEM;
	if (!error)
		error = submit_write_script(job, attempt);
	if (!error)
		error = slurm_write_environment(&job->environment, attempt);
	if (!error)
		job->directory = strdup(attempt->directory);
	if (!error &&
	    (!job->directory || asprintf(&job->log, "%s/%s.slurm", attempt->directory, attempt->base) < 0))
		error = -ENOMEM;
	if (error) {
		struct run *run = attempt->run;
		if (job)
			submit_free(job);
		slurm_attempt_free(attempt);
		reports->refused(reports->ctx, run, error);
		return;
	}
	slurm_comment(job->comment, sizeof(job->comment), slurm->identity, attempt->number, attempt->ordinal);
	job->slurm = slurm;
	job->serial = attempt->serial;
	memcpy(job->base, attempt->base, sizeof(job->base));
	attempt->stage = SLURM_SUBMITTING;
	DL_APPEND(slurm->submissions, job);
	submit_next(slurm);
}
