#include "config.h"

#include "engine/exec/slurm/reports.h"

#include "engine/core/registry.h"
#include "engine/exec/slurm/places.h"
#include "engine/run/process.h"

void slurm_report_began(struct slurm_attempt *attempt)
{
	struct slurm *slurm = attempt->slurm;
	const struct executor_reports *reports = &slurm->executor.reports;
	struct executor_began began = { .process = TASK_PROCESS_INIT, .started_at = slurm->options.now() };
	if (attempt->stage == SLURM_RUNNING || attempt->stage == SLURM_ENDED)
		return;
	if (attempt->begin.known && attempt->begin.at < began.started_at)
		began.started_at = attempt->begin.at;
	began.tick = process_uptime() - (slurm->options.now() - began.started_at);
	began.process.entry = TASK_ENTRY_REMOTE;
	began.process.pid = (pid_t)attempt->begin.pid;
	began.process.pid_start = attempt->job;
	attempt->stage = SLURM_RUNNING;
	place_sort(attempt);
	slurm->changed = true;
	reports->began(reports->ctx, attempt->run, &began);
}

int64_t slurm_lasted(const struct slurm_attempt *attempt, int64_t ended_at)
{
	int64_t lasted = ended_at - attempt->begin.at;
	if (!attempt->begin.known || ended_at <= 0 || lasted < 0)
		return 0;
	return lasted > 0 ? lasted : 1;
}

void slurm_report_ended(struct slurm_attempt *attempt, const struct run_end *end)
{
	struct slurm *slurm = attempt->slurm;
	const struct executor_reports *reports = &slurm->executor.reports;
	slurm_report_began(attempt);
	attempt->stage = SLURM_ENDED;
	place_sort(attempt);
	slurm->changed = true;
	reports->ended(reports->ctx, attempt->run, end);
}

void slurm_report_withheld(struct slurm_attempt *attempt)
{
	const struct executor_reports *reports = &attempt->slurm->executor.reports;
	attempt->stage = SLURM_HELD;
	attempt->withdraws = false;
	place_set(attempt, TICKET_HERE, NULL);
	reports->withheld(reports->ctx, attempt->run, false);
}
