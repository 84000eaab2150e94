#include "config.h"

#include "engine/exec/slurm/heard.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utlist.h>

#include "engine/exec/slurm/claims.h"
#include "engine/exec/slurm/orders.h"
#include "engine/exec/slurm/pilots.h"
#include "engine/exec/slurm/reports.h"
#include "engine/exec/slurm/submit.h"
#include "engine/exec/slurm/tickets.h"
#include "engine/task/messages.h"

enum { HEARD_FAILURES = 3 /* pilots that never began, one after the other, until it is said */ };

/* --- what was found */

struct slurm_pilot *heard_pilot(const struct slurm_crew *crew, const char *name)
{
	struct slurm_pilot *pilot;
	DL_FOREACH(crew->pilots, pilot)
	{
		size_t length = strlen(pilot->name);
		if (strncmp(pilot->name, name, length) == 0 &&
		    (name[length] == '\0' || strcmp(name + length, CLAIMS_OVER) == 0))
			return pilot;
	}
	return NULL;
}

static struct slurm_attempt *heard_attempt(const struct slurm_crew *crew, uint64_t ticket)
{
	struct slurm_attempt *attempt;
	DL_FOREACH(crew->slurm->attempts, attempt)
	{
		if (attempt->crew == crew && attempt->ticket == ticket && attempt->run)
			return attempt;
	}
	return NULL;
}

/* An earlier server left it. */
static void heard_take_pilots(struct slurm_crew *crew, const struct pump_job *job)
{
	for (size_t i = 0; i < job->found_count; i++) {
		struct slurm_pilot *pilot = heard_pilot(crew, job->found[i]);
		if (pilot)
			continue;
		pilot = pilot_new(crew, strtoull(job->found[i] + 1, NULL, 10));
		if (!pilot)
			continue;
		pilot->stage = strstr(job->found[i], CLAIMS_OVER) ? PILOT_REVOKING : PILOT_THERE;
		pilot->found = true;
		pilot->spoke = true;
	}
}

static void heard_claimed(struct slurm_attempt *attempt, struct slurm_pilot *pilot)
{
	attempt->place = TICKET_CLAIMED;
	attempt->pilot = pilot;
}

static void heard_queued(struct slurm_attempt *attempt)
{
	attempt->place = TICKET_QUEUED;
	attempt->pilot = NULL;
}

/* A ticket that nobody waits for. */
static void heard_discard(struct slurm_crew *crew, const struct pump_ticket *ticket)
{
	struct pump_order *order = crew_order(crew, *ticket->pilot ? PUMP_DROP : PUMP_WITHDRAW, NULL, NULL);
	if (!order)
		return;
	snprintf(order->pilot, sizeof(order->pilot), "%.*s", (int)strcspn(ticket->pilot, "."), ticket->pilot);
	memcpy(order->name, ticket->name, sizeof(order->name));
}

static void heard_take_ticket(struct slurm_crew *crew, const struct pump_ticket *ticket)
{
	struct slurm_attempt *attempt;
	DL_FOREACH(crew->slurm->attempts, attempt)
	{
		if (attempt->crew == crew && attempt->run && ticket_is_of(ticket->name, attempt->base))
			break;
	}
	if (!attempt || (attempt->ticket > 0 && attempt->ticket != ticket->serial)) {
		heard_discard(crew, ticket);
		return;
	}
	if (attempt->stage != SLURM_ADOPTED)
		return;
	attempt->ticket = ticket->serial;
	if (*ticket->pilot && heard_pilot(crew, ticket->pilot))
		heard_claimed(attempt, heard_pilot(crew, ticket->pilot));
	else
		heard_queued(attempt);
}

/* There is no ticket.  What had not begun was never put, or taken back. */
static void heard_missing(struct slurm_attempt *attempt)
{
	char text[160];
	struct run_end end = { .exit_code = -1, .ran = true, .message = text };
	snprintf(text, sizeof(text), MSG_PILOT_LOST, "?");
	if (attempt->run->only_claimed)
		slurm_report_withheld(attempt);
	else
		slurm_report_ended(attempt, &end);
}

/* What an earlier server let go, and what has become of it. */
void heard_found(struct slurm_crew *crew, const struct pump_job *job)
{
	struct slurm_attempt *attempt, *next;
	heard_take_pilots(crew, job);
	for (size_t i = 0; i < job->ticket_count; i++)
		heard_take_ticket(crew, &job->tickets[i]);
	crew->ready = true;
	DL_FOREACH_SAFE(crew->slurm->attempts, attempt, next)
	{
		if (attempt->crew != crew || !attempt->run)
			continue;
		if (attempt->stage == SLURM_ADOPTED && attempt->place == TICKET_HERE)
			heard_missing(attempt);
		else if (attempt->stage == SLURM_SUBMITTING)
			slurm_report_prepared(attempt);
	}
	/* Which of these pilots are still there. */
	slurm_hurry(crew->slurm);
}

/* --- what pilots say */

static void heard_began(struct slurm_attempt *attempt, struct slurm_pilot *pilot, const char *text)
{
	char *rest;
	long long pid = strtoll(text, &rest, 10), at = strtoll(rest, &rest, 10);
	if (at <= 0 || *rest)
		return;
	heard_claimed(attempt, pilot);
	attempt->begin.known = true;
	attempt->begin.pid = pid;
	attempt->begin.at = at;
	snprintf(attempt->node, sizeof(attempt->node), "%s", pilot->node);
	slurm_report_began(attempt);
}

static void heard_end(struct slurm_attempt *attempt, struct slurm_pilot *pilot, const char *text)
{
	char *rest;
	struct run_end end = { .known = true, .ran = true, .exit_code = (int)strtol(text, &rest, 10) };
	if (rest == text || *rest)
		return;
	heard_claimed(attempt, pilot);
	pilot->crew->ended++;
	slurm_report_ended(attempt, &end);
}

/* It would never have the time. */
static void heard_long(struct slurm_attempt *attempt, struct slurm_pilot *pilot)
{
	struct run_end end = { .known = true, .exit_code = -1, .message = MSG_PILOT_SHORT };
	heard_claimed(attempt, pilot);
	slurm_report_ended(attempt, &end);
}

void heard_line(struct slurm_pilot *pilot, const char *line)
{
	char *rest = NULL;
	uint64_t number = line[0] && line[1] ? strtoull(line + 2, &rest, 10) : 0;
	struct slurm_attempt *attempt = NULL;
	if (*line == 'h') {
		pilot->spoke = true;
		pilot->crew->failures = 0;
		pilot->job = pilot->job ? pilot->job : number;
		snprintf(pilot->node, sizeof(pilot->node), "%s", rest && *rest ? rest + 1 : "");
	} else if (*line == 'q') {
		pilot->stage = PILOT_REVOKING;
	} else if (number > 0) {
		attempt = heard_attempt(pilot->crew, number);
	}
	if (!attempt || (*rest != ' ' && *rest) || attempt->stage < SLURM_RELEASED ||
	    attempt->stage > SLURM_RUNNING)
		return;
	if (*line == 'b')
		heard_began(attempt, pilot, rest);
	else if (*line == 'e')
		heard_end(attempt, pilot, rest);
	else if (*line == 'x' && !*rest)
		heard_long(attempt, pilot);
}

static bool heard_lists(const struct pump_job *job, const struct slurm_pilot *pilot, uint64_t ticket)
{
	for (size_t i = 0; i < job->ticket_count; i++) {
		if (job->tickets[i].serial == ticket &&
		    strncmp(job->tickets[i].pilot, pilot->name, sizeof(pilot->name)) == 0)
			return true;
	}
	return false;
}

/* What it has not ended is lost; what it had given back is not its own any more. */
static void heard_lose(struct slurm_attempt *attempt, const struct pump_job *job, bool gone)
{
	const struct slurm_pilot *pilot = attempt->pilot;
	char text[160];
	struct run_end end = { .exit_code = -1, .ran = attempt->begin.known, .message = text };
	snprintf(text, sizeof(text), MSG_PILOT_LOST, *pilot->state ? pilot->state : "?");
	if (!gone && attempt->stage != SLURM_RUNNING && !heard_lists(job, pilot, attempt->ticket))
		heard_queued(attempt);
	else
		slurm_report_ended(attempt, &end);
}

void heard_last(struct slurm_pilot *pilot, const struct pump_job *job, bool gone)
{
	struct slurm_crew *crew = pilot->crew;
	struct slurm_attempt *attempt, *next;
	for (size_t i = 0; i < job->ticket_count; i++) {
		attempt = strncmp(job->tickets[i].pilot, pilot->name, sizeof(pilot->name)) == 0
		                  ? heard_attempt(crew, job->tickets[i].serial)
		                  : NULL;
		if (attempt && attempt->place != TICKET_CLAIMED)
			heard_claimed(attempt, pilot);
	}
	DL_FOREACH_SAFE(crew->slurm->attempts, attempt, next)
	{
		if (attempt->pilot == pilot && attempt->run && attempt->place == TICKET_CLAIMED &&
		    attempt->stage >= SLURM_RELEASED && attempt->stage <= SLURM_RUNNING)
			heard_lose(attempt, job, gone);
	}
	pilot->stage = PILOT_OVER;
	/* There may be room for another one now. */
	if (pilot->spoke) {
		free(crew->error);
		crew->error = NULL;
	}
	/* An answer that was lost, or a silent Slurm, is none of these. */
	if (!pilot->spoke && (pilot->job > 0 || pilot->odd) && ++crew->failures >= HEARD_FAILURES &&
	    !crew->error && asprintf(&crew->error, MSG_PILOT_NEVER_BEGAN, crew->path, pilot->name) < 0)
		crew->error = NULL;
}
