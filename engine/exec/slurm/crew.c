#include "config.h"

#include "engine/exec/slurm/crew.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utlist.h>

#include "engine/exec/slurm/claims.h"
#include "engine/exec/slurm/places.h"
#include "engine/exec/slurm/pump.h"
#include "engine/exec/slurm/submit.h"
#include "engine/exec/slurm/tickets.h"
#include "engine/task/group.h"
#include "engine/task/messages.h"

enum { CREW_SOON_US = 5000 };

void crew_hurry(struct slurm_crew *crew)
{
	struct timeval soon = { .tv_usec = CREW_SOON_US };
	crew->interval_ms = CREW_SOON_US / 1000;
	if (!crew->pumping && !crew->slurm->closing)
		event_add(crew->timer, &soon);
}

static void crew_free(struct slurm_crew *crew)
{
	struct pump_order *order;
	struct slurm_pilot *pilot;
	while ((pilot = crew->pilots)) {
		DL_DELETE(crew->pilots, pilot);
		free(pilot);
	}
	while ((order = crew->orders)) {
		DL_DELETE(crew->orders, order);
		free(order->bytes);
		free(order);
	}
	if (crew->timer)
		event_free(crew->timer);
	free(crew->directory);
	free(crew->path);
	free(crew->sbatch);
	free(crew->error);
	free(crew->trouble);
	free(crew);
}

static struct slurm_crew *crew_new(struct slurm *slurm, const char *path, const char *directory)
{
	struct slurm_crew *crew = calloc(1, sizeof(*crew));
	if (!crew)
		return NULL;
	crew->slurm = slurm;
	crew->directory = strdup(directory);
	crew->path = strdup(path);
	crew->timer = event_new(slurm->options.base, -1, 0, slurm->crew_turn, crew);
	if (!crew->directory || !crew->path || !crew->timer) {
		crew_free(crew);
		return NULL;
	}
	DL_APPEND(slurm->crews, crew);
	return crew;
}

struct slurm_crew *crew_of(struct slurm *slurm, const char *group, const struct group_settings *settings,
                           const char *directory)
{
	struct slurm_crew *crew;
	char path[SLURM_PATH_SIZE];
	snprintf(path, sizeof(path), "%s/pilots.%s", directory, group);
	DL_FOREACH(slurm->crews, crew)
	{
		if (strcmp(crew->path, path) == 0)
			break;
	}
	if (!crew)
		crew = crew_new(slurm, path, directory);
	if (crew && settings) {
		char *sbatch = settings->sbatch ? strdup(settings->sbatch) : NULL;
		free(crew->sbatch);
		crew->sbatch = sbatch;
		crew->most = settings->pilots;
		crew->slots = settings->pilot_slots;
	}
	return crew;
}

/* --- the verbs */

void crew_prepare(struct slurm_attempt *attempt)
{
	if (attempt->crew->ready)
		slurm_report_prepared(attempt);
	else
		crew_hurry(attempt->crew);
}

void crew_go(struct slurm_attempt *attempt)
{
	attempt->stage = SLURM_RELEASED;
	attempt->withdraws = false;
	place_set(attempt, TICKET_HERE, NULL);
	crew_hurry(attempt->crew);
}

void crew_withhold(struct slurm_attempt *attempt)
{
	if (attempt->stage != SLURM_RELEASED && attempt->stage != SLURM_ADOPTED)
		return;
	attempt->withdraws = true;
	place_sort(attempt);
	crew_hurry(attempt->crew);
}

/* Where its ticket is will be known when the directory was read. */
void crew_adopt(struct slurm_attempt *attempt)
{
	attempt->crew->ready = false;
	place_sort(attempt);
	crew_hurry(attempt->crew);
}

struct pump_order *crew_order(struct slurm_crew *crew, enum pump_verb verb, const char *pilot,
                              const struct slurm_attempt *attempt)
{
	struct pump_order *order = calloc(1, sizeof(*order));
	if (!order)
		return NULL;
	order->verb = verb;
	snprintf(order->pilot, sizeof(order->pilot), "%s", pilot ? pilot : "");
	if (attempt) {
		order->attempt = attempt->serial;
		order->serial = attempt->ticket;
		ticket_name(order->name, attempt);
	}
	DL_APPEND(crew->orders, order);
	return order;
}

static void crew_send(struct slurm_attempt *attempt, int signal)
{
	struct slurm_crew *crew = attempt->crew;
	struct pump_order *order = crew_order(crew, PUMP_SIGNAL, attempt->pilot->name, attempt);
	if (order)
		snprintf(order->name, sizeof(order->name), CLAIMS_SIGNAL "%020" PRIu64 ".%d.%" PRIu64,
		         ++crew->slurm->last_ticket, signal, attempt->ticket);
	crew_hurry(crew);
}

void crew_signal(struct slurm_attempt *attempt, int signal)
{
	if (attempt->place != TICKET_CLAIMED || attempt->stage != SLURM_RUNNING)
		return;
	crew_send(attempt, signal);
	if (signal != SIGKILL && signal != SIGSTOP && signal != SIGCONT)
		crew_send(attempt, SIGCONT);
}

void crew_forget(struct slurm_attempt *attempt)
{
	struct slurm_crew *crew = attempt->crew;
	if (attempt->place == TICKET_CLAIMED)
		(void)crew_order(crew, PUMP_DROP, attempt->pilot->name, attempt);
	else if (attempt->place == TICKET_QUEUED)
		(void)crew_order(crew, PUMP_WITHDRAW, NULL, attempt);
	place_forget(attempt);
	if (crew->orders)
		crew_hurry(crew);
}

const char *crew_reason(const struct slurm_attempt *attempt, bool *of_slurm)
{
	const struct slurm_pilot *pilot;
	*of_slurm = false;
	if (attempt->crew->error || attempt->crew->trouble)
		return attempt->crew->error ? attempt->crew->error : attempt->crew->trouble;
	DL_FOREACH(attempt->crew->pilots, pilot)
	{
		if (pilot->stage == PILOT_THERE && *pilot->reason && strcmp(pilot->reason, "None") != 0) {
			*of_slurm = true;
			return pilot->reason;
		}
	}
	return NULL;
}

void crews_stop(struct slurm *slurm)
{
	struct slurm_crew *crew;
	DL_FOREACH(slurm->crews, crew)
	{
		event_del(crew->timer);
	}
}

void crews_free(struct slurm *slurm)
{
	struct slurm_crew *crew;
	while ((crew = slurm->crews)) {
		DL_DELETE(slurm->crews, crew);
		crew_free(crew);
	}
}
