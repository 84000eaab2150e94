#include "config.h"

#include "engine/exec/slurm/pilots.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <utlist.h>

#include "engine/exec/slurm/claims.h"
#include "engine/exec/slurm/files.h"
#include "engine/exec/slurm/orders.h"
#include "engine/exec/slurm/program.h"
#include "engine/exec/slurm/rows.h"
#include "engine/exec/slurm/script.h"
#include "engine/exec/slurm/silence.h"
#include "engine/run/pool.h"
#include "engine/task/messages.h"
#include "engine/task/strings.h"

enum { PILOT_IDLE = 30 };

struct pilot_job {
	struct pool_job job; /* first */
	struct slurm *slurm;
	struct slurm_crew *crew; /* it is there as long as the executor */
	uint64_t serial;
	char *text, *log, *place; /* owned */
	char comment[128];
	/* Results: */
	enum program_result result;
	int trouble; /* -errno: its directory cannot be made now */
	uint64_t number;
	char error[320];
};

struct slurm_pilot *pilot_new(struct slurm_crew *crew, uint64_t serial)
{
	struct slurm_pilot *pilot = calloc(1, sizeof(*pilot));
	if (!pilot)
		return NULL;
	pilot->crew = crew;
	pilot->serial = serial;
	snprintf(pilot->name, sizeof(pilot->name), "p%" PRIu64, serial);
	DL_APPEND(crew->pilots, pilot);
	return pilot;
}

void pilot_free(struct slurm_pilot *pilot)
{
	DL_DELETE(pilot->crew->pilots, pilot);
	free(pilot);
}

static void pilot_job_free(struct pilot_job *job)
{
	free(job->text);
	free(job->log);
	free(job->place);
	free(job);
}

static void pilot_work(struct pool_job *pool_job)
{
	struct pilot_job *job = (struct pilot_job *)pool_job;
	static const char environment[] = "PATH=/usr/local/bin:/usr/bin:/bin";
	struct program program = { .directory = job->slurm->programs,
		                   .input = job->text,
		                   .extra = environment,
		                   .extra_length = sizeof(environment),
		                   .stop = job->slurm->stop_fd,
		                   .timeout_ms = job->slurm->options.program_ms };
	const char *const words[] = { "sbatch",     "--parsable",      "--no-requeue", "--job-name=krtask",
		                      job->comment, "--export-file=9", "-D",           "/",
		                      "-o",         job->log,          "-e",           job->log };
	job->trouble = mkdir(job->place, 0700) ? -errno : slurm_write_ticket(job->place, "");
	int error = job->trouble;
	for (size_t i = 0; i < sizeof(words) / sizeof(*words) && !error; i++)
		error = strings_add(&program.arguments, words[i]);
	if (error && !job->trouble)
		job->trouble = error;
	job->result = error ? PROGRAM_MISSING : program_run(&program);
	if (error)
		snprintf(program.error, sizeof(program.error), MSG_SLURM_DIRECTORY, job->place,
		         strerror(-error));
	if (job->result == PROGRAM_DONE)
		job->number = program.output ? strtoull(program.output, NULL, 10) : 0;
	else if (job->result == PROGRAM_REFUSED)
		snprintf(job->error, sizeof(job->error), MSG_SLURM_REFUSED, program.error);
	else if (job->result == PROGRAM_MISSING)
		snprintf(job->error, sizeof(job->error), "%s", program.error);
	program_release(&program);
}

/* There is no such job.  What is not possible now is no end of tasks. */
static void pilot_fail(const struct pilot_job *job, struct slurm_pilot *pilot)
{
	struct slurm_crew *crew = job->crew;
	char **reason = job->trouble ? &crew->trouble : &crew->error;
	free(*reason);
	*reason = strdup(job->error);
	if (job->trouble)
		crew->resumes_at = job->slurm->options.now() + CREW_TROUBLE_MS;
	pilot->stage = PILOT_REVOKING;
}

static void pilot_done(struct pool_job *pool_job)
{
	struct pilot_job *job = (struct pilot_job *)pool_job;
	struct slurm_crew *crew = job->crew;
	struct slurm_pilot *pilot = crew->pilots;
	silence_end(job->slurm);
	while (pilot && pilot->serial != job->serial)
		pilot = pilot->next;
	if (!job->slurm->closing && pilot) {
		/* What it refuses is said with its words. */
		silence_note(job->slurm, SLURM_ASKED_SBATCH,
		             job->result == PROGRAM_SILENT ? PROGRAM_SILENT : PROGRAM_DONE, NULL);
		pilot->job = job->number;
		pilot->odd = job->result == PROGRAM_DONE && job->number == 0;
		pilot->stage = job->number > 0 ? PILOT_THERE : PILOT_DOUBTFUL;
		if (*job->error)
			pilot_fail(job, pilot);
		slurm_hurry(job->slurm);
		crew_hurry(crew);
	}
	pilot_job_free(job);
}

/*
 * The step of a pilot.  As for a task, one step only can take its directory, and it runs nothing where the directory is
 * another one.
 */
static char *pilot_script(const struct slurm_crew *crew, const struct slurm_pilot *pilot)
{
	const char *idle = getenv(CREW_IDLE);
	char *text = NULL, *place = script_quoted(crew->path), *directory = script_quoted(crew->directory);
	long seconds = idle ? strtol(idle, NULL, 10) : 0;
	if (place && directory &&
	    asprintf(&text,
	             "#!/bin/sh\n"
	             "#SBATCH --ntasks=1 --cpus-per-task=%u\n"
	             "%s%s\n"
	             "umask 0077\n"
	             "PATH=${PATH-}:/usr/local/bin:/usr/bin:/bin\n"
	             "read -r krtask_found <%s/" SCRIPT_MARK " && test \"$krtask_found\" = %s && cd -- %s &&"
	             " mv %s/.job %s/run || exit 78\n"
	             "exec ./" CLAIMS_PROGRAM " %s %u %ld \"$(squeue -h -j \"$SLURM_JOB_ID\" -o %%L)\"\n",
	             crew->slots, crew->sbatch ? "#SBATCH " : "", crew->sbatch ? crew->sbatch : "", directory,
	             crew->slurm->identity, place, pilot->name, pilot->name, pilot->name, crew->slots,
	             seconds > 0 ? seconds : PILOT_IDLE) < 0)
		text = NULL;
	free(place);
	free(directory);
	return text;
}

void pilot_start(struct slurm_crew *crew)
{
	struct slurm *slurm = crew->slurm;
	struct pilot_job *job = slurm_worker(slurm) == 0 ? calloc(1, sizeof(*job)) : NULL;
	struct slurm_pilot *pilot = job ? pilot_new(crew, ++slurm->last_ticket) : NULL;
	char name[128];
	if (pilot)
		job->text = pilot_script(crew, pilot);
	if (!pilot || !job->text || asprintf(&job->log, "%s/%s" CLAIMS_SLURM, crew->path, pilot->name) < 0 ||
	    asprintf(&job->place, "%s/%s", crew->path, pilot->name) < 0) {
		if (pilot)
			pilot_free(pilot);
		if (job)
			pilot_job_free(job);
		return;
	}
	slurm_comment_of_pilot(name, sizeof(name) - 16, slurm->identity, pilot->serial);
	snprintf(job->comment, sizeof(job->comment), "--comment=%.100s", name);
	job->slurm = slurm;
	job->crew = crew;
	job->serial = pilot->serial;
	pilot->stage = PILOT_SUBMITTING;
	slurm_give(slurm, &job->job, pilot_work, pilot_done);
}
