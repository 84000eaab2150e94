#include "config.h"

#include "engine/exec/slurm/heard.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utlist.h>

#include "engine/exec/slurm/claims.h"
#include "engine/exec/slurm/orders.h"
#include "engine/exec/slurm/pilots.h"
#include "engine/exec/slurm/places.h"
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
	const char *base = ticket_base(ticket->name);
	struct slurm_attempt *attempt = base ? slurm_attempt_of_base(crew->slurm, base) : NULL;
	if (!attempt || attempt->crew != crew || (attempt->ticket > 0 && attempt->ticket != ticket->serial)) {
		heard_discard(crew, ticket);
		return;
	}
	if (attempt->stage != SLURM_ADOPTED)
		return;
	attempt->ticket = ticket->serial;
	struct slurm_pilot *pilot = *ticket->pilot ? heard_pilot(crew, ticket->pilot) : NULL;
	place_set(attempt, pilot ? TICKET_CLAIMED : TICKET_QUEUED, pilot);
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
	long long pid = strtoll(text, &rest, 10);
	const char *time = rest + (*rest == ' ');
	int64_t at = slurm_take_time(&time);
	if (at <= 0 || *time)
		return;
	place_set(attempt, TICKET_CLAIMED, pilot);
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
	const char *time = rest + (*rest == ' ');
	int64_t at = slurm_take_time(&time);
	if (rest == text || *time)
		return;
	end.lasted = slurm_lasted(attempt, at);
	place_set(attempt, TICKET_CLAIMED, pilot);
	pilot->crew->ended++;
	slurm_report_ended(attempt, &end);
}

/* It would never have the time. */
static void heard_long(struct slurm_attempt *attempt, struct slurm_pilot *pilot)
{
	struct run_end end = { .known = true, .exit_code = -1, .message = MSG_PILOT_SHORT };
	place_set(attempt, TICKET_CLAIMED, pilot);
	slurm_report_ended(attempt, &end);
}

/* The pilot will not begin it.  It goes to the queue, before all that was put there meanwhile. */
static void heard_back(struct slurm_attempt *attempt, const struct slurm_pilot *pilot)
{
	struct slurm_crew *crew = pilot->crew;
	struct pump_order *order = attempt->stage == SLURM_RUNNING || attempt->place == TICKET_HERE
	                                   ? NULL
	                                   : crew_order(crew, PUMP_AGAIN, pilot->name, attempt);
	if (!order)
		return;
	memcpy(order->from, order->name, sizeof(order->from));
	attempt->ticket = ++crew->slurm->last_ticket - TICKET_BACK;
	order->serial = attempt->ticket;
	ticket_name(order->name, attempt);
	place_set(attempt, TICKET_QUEUED, NULL);
}

/* Nothing that a pilot has claimed after it was revoked has begun.  It is gone if the directory was removed. */
void heard_strays(struct slurm_crew *crew, const struct pump_job *job)
{
	for (size_t i = 0; i < job->ticket_count; i++) {
		const struct pump_ticket *ticket = &job->tickets[i];
		const struct slurm_pilot *pilot = heard_pilot(crew, ticket->pilot);
		struct slurm_attempt *attempt = place_find(crew, ticket->serial);
		if (!attempt || attempt->place == TICKET_CLAIMED)
			continue;
		if (!pilot)
			place_set(attempt, TICKET_HERE, NULL);
		else if (pilot->stage == PILOT_OVER)
			heard_back(attempt, pilot);
	}
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
		attempt = place_find(pilot->crew, number);
	}
	if (!attempt || (*rest != ' ' && *rest))
		return;
	if (*line == 'b')
		heard_began(attempt, pilot, rest);
	else if (*line == 'e')
		heard_end(attempt, pilot, rest);
	else if (*line == 'x' && !*rest)
		heard_long(attempt, pilot);
	else if (*line == 'r' && !*rest)
		heard_back(attempt, pilot);
}

/* What it has not ended is lost: it may have begun. */
static void heard_lose(struct slurm_attempt *attempt)
{
	const struct slurm_pilot *pilot = attempt->pilot;
	char text[160];
	struct run_end end = { .exit_code = -1, .ran = attempt->begin.known, .message = text };
	snprintf(text, sizeof(text), MSG_PILOT_LOST, *pilot->state ? pilot->state : "?");
	slurm_report_ended(attempt, &end);
}

void heard_last(struct slurm_pilot *pilot, const struct pump_job *job)
{
	struct slurm_crew *crew = pilot->crew;
	struct slurm_attempt *attempt, *next;
	for (size_t i = 0; i < job->ticket_count; i++) {
		attempt = strncmp(job->tickets[i].pilot, pilot->name, sizeof(pilot->name)) == 0
		                  ? place_find(crew, job->tickets[i].serial)
		                  : NULL;
		if (attempt && attempt->place != TICKET_CLAIMED)
			place_set(attempt, TICKET_CLAIMED, pilot);
	}
	DL_FOREACH_SAFE2(crew->lists[CREW_CLAIMED], attempt, next, crew_next)
	{
		if (attempt->pilot == pilot)
			heard_lose(attempt);
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
