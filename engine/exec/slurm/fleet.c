#include "config.h"

#include "engine/exec/slurm/fleet.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utlist.h>

#include "engine/exec/slurm/heard.h"
#include "engine/exec/slurm/orders.h"
#include "engine/exec/slurm/pilots.h"
#include "engine/exec/slurm/places.h"
#include "engine/exec/slurm/pump.h"
#include "engine/exec/slurm/reports.h"
#include "engine/exec/slurm/tickets.h"
#include "engine/run/pool.h"
#include "engine/task/messages.h"

enum {
	FLEET_LEAST_MS = 5,
	FLEET_MOST_MS = 200, /* between two looks at what the pilots say */
	FLEET_AHEAD = 4,     /* tickets in the queue for each slot at most, while tasks are short */
	FLEET_LOOKS = 10,    /* squeues that do not list a pilot, until it is over */
};

/* --- what is to be done */

struct fleet_counts {
	size_t here, queued, claimed, live, ending;
	size_t revoking, leaving; /* the latter have begun */
	bool submitting;
};

static struct fleet_counts fleet_count(const struct slurm_crew *crew)
{
	struct fleet_counts counts = { .here = crew->counts[CREW_HERE],
		                       .queued = crew->counts[CREW_QUEUED] + crew->counts[CREW_LEAVING] +
		                                 crew->counts[CREW_WITHDRAWN],
		                       .claimed = crew->counts[CREW_CLAIMED] };
	const struct slurm_pilot *pilot;
	DL_FOREACH(crew->pilots, pilot)
	{
		counts.live += pilot->stage < PILOT_REVOKING;
		counts.ending += pilot->stage >= PILOT_REVOKING;
		counts.revoking += pilot->stage == PILOT_REVOKING;
		counts.leaving += pilot->stage == PILOT_REVOKING && pilot->spoke;
		/* Whether another one would begin is known when this one is over. */
		counts.submitting |= pilot->stage == PILOT_SUBMITTING || pilot->stage == PILOT_DOUBTFUL ||
		                     (pilot->stage == PILOT_REVOKING && !pilot->spoke);
	}
	return counts;
}

/* There is no pilot, and there will be none. */
static void fleet_fail(struct slurm_attempt *attempt)
{
	struct run_end end = { .known = true, .exit_code = -1, .message = attempt->crew->error };
	slurm_report_ended(attempt, &end);
}

/* False: out of memory. */
static bool fleet_put(struct slurm_attempt *attempt)
{
	struct slurm_crew *crew = attempt->crew;
	attempt->ticket = ++crew->slurm->last_ticket;
	struct pump_order *order = crew_order(crew, PUMP_PUT, NULL, attempt);
	if (!order)
		return false;
	if (ticket_write(attempt, &order->bytes, &order->length)) {
		DL_DELETE(crew->orders, order);
		free(order);
		return false;
	}
	place_set(attempt, TICKET_QUEUED, NULL);
	return true;
}

/* False: out of memory. */
static bool fleet_withdraw(struct slurm_attempt *attempt)
{
	if (!crew_order(attempt->crew, PUMP_WITHDRAW, NULL, attempt))
		return false;
	place_set(attempt, TICKET_WITHDRAWN, NULL);
	return true;
}

/* What is to be taken back. */
static void fleet_take_back(struct slurm_crew *crew)
{
	struct slurm_attempt *attempt;
	bool goes = true;
	while (goes && (attempt = crew->lists[CREW_LEAVING])) {
		if (attempt->place == TICKET_HERE)
			slurm_report_withheld(attempt);
		else
			goes = fleet_withdraw(attempt);
	}
}

/* Tickets that are to be taken back, and new ones, as many as there are slots for. */
static void fleet_arrange(struct slurm_crew *crew, const struct fleet_counts *counts)
{
	size_t slots = (size_t)crew->most * crew->slots, ahead = 2 * crew->ended;
	/* What runs may run all of them. */
	bool fails = crew->error && counts->live + counts->leaving == 0, goes = true;
	size_t most = slots + (ahead < FLEET_AHEAD * slots ? ahead : FLEET_AHEAD * slots);
	fleet_take_back(crew);
	while (fails && crew->lists[CREW_HERE])
		fleet_fail(crew->lists[CREW_HERE]);
	while (fails && goes && crew->lists[CREW_QUEUED])
		goes = fleet_withdraw(crew->lists[CREW_QUEUED]);
	while (goes && crew->lists[CREW_HERE] &&
	       crew->counts[CREW_QUEUED] + crew->counts[CREW_WITHDRAWN] < most)
		goes = fleet_put(crew->lists[CREW_HERE]);
}

/* Pilots that are over go when nothing refers to them any more. */
static void fleet_tidy(struct slurm_crew *crew)
{
	struct slurm_pilot *pilot, *next;
	DL_FOREACH_SAFE(crew->pilots, pilot, next)
	{
		struct pump_order *order = pilot->stage == PILOT_OVER && pilot->attempts == 0
		                                   ? crew_order(crew, PUMP_REMOVE, pilot->name, NULL)
		                                   : NULL;
		if (!order)
			continue;
		/* Else nobody has said why it did not begin. */
		order->keeps = !pilot->spoke;
		pilot_free(pilot);
	}
}

static bool fleet_pump(struct slurm_crew *crew);

void fleet_turn(evutil_socket_t fd, short what, void *ctx)
{
	(void)fd, (void)what;
	struct slurm_crew *crew = ctx;
	if (crew->pumping || crew->slurm->closing)
		return;
	struct fleet_counts counts = fleet_count(crew);
	if (crew->ready) {
		fleet_arrange(crew, &counts);
		fleet_tidy(crew);
		counts = fleet_count(crew);
	}
	size_t busy = counts.here + counts.queued + counts.claimed;
	size_t wanted = crew->slots > 0 ? (busy + crew->slots - 1) / crew->slots : 0;
	if (crew->ready && counts.here + counts.queued > 0 && !counts.submitting && !crew->error &&
	    crew->slurm->options.now() >= crew->resumes_at && counts.live < wanted &&
	    counts.live < crew->most)
		pilot_start(crew);
	if (busy > 0 || crew->orders || !crew->ready || counts.live + counts.ending > 0)
		(void)fleet_pump(crew);
	else if (crew->error) {
		/* The next task may have more luck. */
		free(crew->error);
		crew->error = NULL;
		crew->failures = 0;
	}
}

/* --- the pump */

static void fleet_apply_order(struct slurm_crew *crew, const struct pump_order *order)
{
	struct slurm_attempt *attempt =
		order->attempt ? slurm_attempt_find(crew->slurm, order->attempt) : NULL;
	if (!attempt || !attempt->run || attempt->ticket != order->serial)
		return;
	bool unput = (order->verb == PUMP_PUT && order->result) ||
	             (order->verb == PUMP_AGAIN && order->result == -ENOENT);
	if (unput && attempt->place == TICKET_QUEUED)
		place_set(attempt, TICKET_HERE, NULL);
	else if (order->verb == PUMP_WITHDRAW && attempt->place == TICKET_WITHDRAWN)
		/* If it is gone, a pilot has it, and will say so, or give it back. */
		place_set(attempt, order->result ? TICKET_QUEUED : TICKET_HERE, NULL);
}

static bool fleet_apply_pilot(struct slurm_crew *crew, struct pump_pilot *told, const struct pump_job *job)
{
	struct slurm_pilot *pilot = heard_pilot(crew, told->name);
	bool news = told->text != NULL;
	if (!pilot)
		return false;
	for (char *line = told->text, *end; line && *line; line = end) {
		end = line + strcspn(line, "\n");
		*end++ = '\0';
		heard_line(pilot, line);
	}
	pilot->offset += told->length;
	if (told->revoke && !told->error && !news)
		heard_last(pilot, job);
	return news || (told->revoke && !told->error);
}

/* The directory cannot be used now: that is a reason, and no end. */
static void fleet_note_trouble(struct slurm_crew *crew, const struct pump_job *job)
{
	int length = 0;
	if (!job->error && crew->slurm->options.now() < crew->resumes_at)
		return;
	free(crew->trouble);
	crew->trouble = NULL;
	if (job->error == -EEXIST)
		length = asprintf(&crew->trouble, MSG_SLURM_DIRECTORY_OTHER, job->directory);
	else if (job->error)
		length = asprintf(&crew->trouble, MSG_SLURM_DIRECTORY, job->path, strerror(-job->error));
	if (length < 0)
		crew->trouble = NULL;
}

/* Nobody else would repeat what was not possible.  They come before newer ones. */
static void fleet_repeat(struct slurm_crew *crew, struct pump_job *job)
{
	struct pump_order *order, *next, *again = NULL;
	DL_FOREACH_SAFE(job->orders, order, next)
	{
		/* These are repeated with their attempt. */
		bool once = order->verb == PUMP_PUT || (order->verb == PUMP_WITHDRAW && order->attempt &&
		                                        slurm_attempt_find(crew->slurm, order->attempt));
		if (once || !order->result || (order->result == -ENOENT && !job->error))
			continue;
		DL_DELETE(job->orders, order);
		DL_APPEND(again, order);
	}
	DL_CONCAT(again, crew->orders);
	crew->orders = again;
}

static void fleet_pumped(struct pool_job *pool_job)
{
	struct pump_job *job = (struct pump_job *)pool_job;
	struct slurm_crew *crew = job->crew;
	const struct pump_order *order;
	bool news = false, trouble = job->error != 0;
	crew->pumping = false;
	if (crew->slurm->closing) {
		pump_free(job);
		return;
	}
	DL_FOREACH(job->orders, order)
	{
		fleet_apply_order(crew, order);
		news |= order->result == 0;
		trouble |= order->verb == PUMP_REMOVE && order->result;
	}
	if (job->prepare && !job->error)
		heard_found(crew, job);
	else if (!job->prepare)
		heard_strays(crew, job);
	crew->ended /= 2;
	for (size_t i = 0; i < job->pilot_count && !job->error; i++) {
		trouble |= job->pilots[i].error != 0;
		news |= fleet_apply_pilot(crew, &job->pilots[i], job);
	}
	fleet_repeat(crew, job);
	fleet_note_trouble(crew, job);
	crew->interval_ms = news ? FLEET_LEAST_MS : 2 * crew->interval_ms;
	if (crew->interval_ms > FLEET_MOST_MS)
		crew->interval_ms = trouble ? CREW_TROUBLE_MS : FLEET_MOST_MS;
	pump_free(job);
	struct fleet_counts counts = fleet_count(crew);
	struct timeval later = { .tv_sec = crew->interval_ms / 1000,
		                 .tv_usec = crew->interval_ms % 1000 * 1000 };
	if (news || crew->orders || !crew->ready ||
	    counts.revoking + counts.here + counts.queued + counts.claimed > 0)
		event_add(crew->timer, &later);
}

static bool fleet_adopts(const struct slurm_crew *crew)
{
	const struct slurm_attempt *attempt;
	DL_FOREACH(crew->slurm->attempts, attempt)
	{
		if (attempt->crew == crew && attempt->run && attempt->stage == SLURM_ADOPTED)
			return true;
	}
	return false;
}

/* False: out of memory. */
static bool fleet_pump(struct slurm_crew *crew)
{
	struct pump_job *job = slurm_files(crew->slurm) == 0 ? calloc(1, sizeof(*job)) : NULL;
	struct slurm_pilot *pilot;
	size_t count = 0;
	DL_COUNT(crew->pilots, pilot, count);
	if (!job)
		return false;
	job->crew = crew;
	job->directory = strdup(crew->directory);
	job->path = strdup(crew->path);
	job->pilots = calloc(count + 1, sizeof(*job->pilots));
	if (!job->directory || !job->path || !job->pilots) {
		pump_free(job);
		return false;
	}
	memcpy(job->identity, crew->slurm->identity, sizeof(job->identity));
	job->prepare = !crew->ready;
	job->adopts = job->prepare && fleet_adopts(crew);
	job->program = crew->slurm->options.pilot;
	DL_FOREACH(crew->pilots, pilot)
	{
		struct pump_pilot *asked = &job->pilots[job->pilot_count];
		if (pilot->stage == PILOT_SUBMITTING)
			continue;
		asked->over = pilot->stage == PILOT_OVER;
		memcpy(asked->name, pilot->name, sizeof(asked->name));
		asked->offset = pilot->offset;
		asked->revoke = pilot->stage == PILOT_REVOKING;
		job->pilot_count++;
	}
	job->orders = crew->orders;
	crew->orders = NULL;
	crew->pumping = true;
	slurm_give_files(crew->slurm, &job->job, pump_work, fleet_pumped);
	return true;
}

/* --- squeue */

static void fleet_judge_pilot(struct slurm_pilot *pilot, const struct slurm_row *row)
{
	if (row) {
		pilot->job = row->job;
		pilot->stage = PILOT_THERE;
		pilot->unseen = 0;
		snprintf(pilot->state, sizeof(pilot->state), "%s", row->state);
		snprintf(pilot->reason, sizeof(pilot->reason), "%s",
		         row->condition == SLURM_PENDING ? row->reason : "");
		if (row->condition > SLURM_ACTIVE)
			pilot->stage = PILOT_REVOKING;
	} else if (++pilot->unseen >= FLEET_LOOKS || pilot->stage == PILOT_DOUBTFUL) {
		pilot->stage = PILOT_REVOKING;
	}
	crew_hurry(pilot->crew);
}

void fleet_judge(struct slurm *slurm, const struct slurm_row *rows, size_t count)
{
	struct slurm_crew *crew;
	struct slurm_pilot *pilot;
	DL_FOREACH(slurm->crews, crew)
	{
		DL_FOREACH(crew->pilots, pilot)
		{
			size_t i = 0;
			while (i < count && rows[i].pilot != pilot->serial)
				i++;
			if (pilot->stage == PILOT_DOUBTFUL || pilot->stage == PILOT_THERE)
				fleet_judge_pilot(pilot, i < count ? &rows[i] : NULL);
		}
	}
}

bool fleet_watches(const struct slurm *slurm)
{
	const struct slurm_crew *crew;
	const struct slurm_pilot *pilot;
	DL_FOREACH(slurm->crews, crew)
	{
		DL_FOREACH(crew->pilots, pilot)
		{
			if (pilot->stage < PILOT_OVER)
				return true;
		}
	}
	return false;
}
