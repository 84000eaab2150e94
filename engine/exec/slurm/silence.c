#include "config.h"

#include "engine/exec/slurm/silence.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/task/messages.h"

/* Whoever waits for Slurm has another reason now. */
static void silence_changed(struct slurm *slurm)
{
	const struct executor_reports *reports = &slurm->executor.reports;
	if (!slurm->closing)
		reports->room(reports->ctx);
}

/* --- the worker */

/* A program is killed before the worker is taken for stuck. */
static void silence_wait(struct slurm *slurm)
{
	int most = slurm->options.program_ms;
	int ms = slurm->late == SLURM_IN_TIME ? most / 3 : most - most / 3 + most / 6;
	struct timeval later = { .tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000 };
	if (slurm->late < SLURM_STUCK && !slurm->closing)
		event_add(slurm->late_event, &later);
}

static void silence_due(evutil_socket_t fd, short what, void *ctx)
{
	(void)fd, (void)what;
	struct slurm *slurm = ctx;
	slurm->late++;
	silence_wait(slurm);
	silence_changed(slurm);
}

int silence_open(struct slurm *slurm)
{
	slurm->late_event = event_new(slurm->options.base, -1, 0, silence_due, slurm);
	return slurm->late_event ? 0 : -ENOMEM;
}

void silence_close(struct slurm *slurm)
{
	if (slurm->late_event)
		event_free(slurm->late_event);
	slurm->late_event = NULL;
	for (int i = 0; i < SLURM_ASKED_COUNT; i++) {
		free(slurm->asked[i].error);
		slurm->asked[i].error = NULL;
	}
}

void silence_begin(struct slurm *slurm)
{
	if (slurm->given++ == 0)
		silence_wait(slurm);
}

void silence_end(struct slurm *slurm)
{
	bool was_late = slurm->late != SLURM_IN_TIME;
	slurm->given--;
	if (slurm->closing)
		return;
	event_del(slurm->late_event);
	slurm->late = SLURM_IN_TIME;
	if (slurm->given > 0)
		silence_wait(slurm);
	if (was_late)
		silence_changed(slurm);
}

/* --- programs */

static void silence_set(struct slurm *slurm, enum slurm_asked asked, bool silent, const char *error)
{
	struct slurm_answer *answer = &slurm->asked[asked];
	const char *before = answer->error ? answer->error : "";
	bool other = answer->silent != silent || strcmp(before, error) != 0;
	/* A controller that has been started again may have jobs that it had no longer: they are looked for. */
	slurm->swept = slurm->swept && (silent || !answer->silent);
	answer->silent = silent;
	if (!other)
		return;
	free(answer->error);
	answer->error = *error ? strdup(error) : NULL;
	silence_changed(slurm);
}

void silence_note(struct slurm *slurm, enum slurm_asked asked, enum program_result result, const char *error)
{
	if (!slurm->closing)
		silence_set(slurm, asked, result != PROGRAM_DONE,
		            result != PROGRAM_DONE && error ? error : "");
}

void silence_clear(struct slurm *slurm, enum slurm_asked asked)
{
	if (!slurm->closing)
		silence_set(slurm, asked, false, "");
}

const char *silence_reason(const struct slurm_attempt *attempt)
{
	const struct slurm *slurm = attempt->slurm;
	bool submits = attempt->stage == SLURM_SUBMITTING || attempt->stage == SLURM_DOUBTFUL;
	/* What its pilots are asked for is what it waits for. */
	bool also = attempt->crew && attempt->stage < SLURM_RUNNING;
	if (slurm->late != SLURM_IN_TIME)
		return slurm->late == SLURM_STUCK ? MSG_SLURM_STUCK : MSG_SLURM_SILENT;
	for (int i = 0; i < SLURM_ASKED_COUNT; i++) {
		const struct slurm_answer *answer = &slurm->asked[i];
		if (answer->silent &&
		    (i == SLURM_ASKED_SQUEUE || also || submits == (i == SLURM_ASKED_SBATCH)))
			return answer->error ? answer->error : MSG_SLURM_SILENT;
	}
	return NULL;
}
