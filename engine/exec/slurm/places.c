#include "config.h"

#include "engine/exec/slurm/places.h"

#include <utlist.h>

#include "engine/exec/slurm/crews.h"

static enum crew_list place_list(const struct slurm_attempt *attempt)
{
	static const enum crew_list lists[] = { [TICKET_HERE] = CREW_HERE,
		                                [TICKET_QUEUED] = CREW_QUEUED,
		                                [TICKET_WITHDRAWN] = CREW_WITHDRAWN,
		                                [TICKET_CLAIMED] = CREW_CLAIMED };
	if (!attempt->run || attempt->stage < SLURM_RELEASED || attempt->stage > SLURM_RUNNING)
		return CREW_NONE;
	if (attempt->withdraws && (attempt->place == TICKET_HERE || attempt->place == TICKET_QUEUED))
		return CREW_LEAVING;
	return lists[attempt->place];
}

/* Older ones come first: what could not be put goes back to where it was. */
static void place_insert(struct slurm_attempt **list, struct slurm_attempt *attempt)
{
	struct slurm_attempt *after = *list;
	if (!after || after->crew_prev->serial < attempt->serial) {
		DL_APPEND2(*list, attempt, crew_prev, crew_next);
		return;
	}
	while (after->serial < attempt->serial)
		after = after->crew_next;
	DL_PREPEND_ELEM2(*list, after, attempt, crew_prev, crew_next);
}

void place_sort(struct slurm_attempt *attempt)
{
	struct slurm_crew *crew = attempt->crew;
	if (!crew)
		return;
	enum crew_list list = place_list(attempt);
	if (list == attempt->listed)
		return;
	if (attempt->listed != CREW_NONE) {
		DL_DELETE2(crew->lists[attempt->listed], attempt, crew_prev, crew_next);
		crew->counts[attempt->listed]--;
	}
	attempt->listed = list;
	if (list == CREW_NONE)
		return;
	place_insert(&crew->lists[list], attempt);
	crew->counts[list]++;
}

void place_set(struct slurm_attempt *attempt, enum slurm_place place, struct slurm_pilot *pilot)
{
	if (attempt->pilot)
		attempt->pilot->attempts--;
	if (pilot)
		pilot->attempts++;
	attempt->pilot = pilot;
	attempt->place = place;
	place_sort(attempt);
}

void place_forget(struct slurm_attempt *attempt)
{
	attempt->stage = SLURM_FORGOTTEN;
	place_set(attempt, TICKET_HERE, NULL);
}

struct slurm_attempt *place_find(const struct slurm_crew *crew, uint64_t ticket)
{
	static const enum crew_list lists[] = { CREW_CLAIMED, CREW_QUEUED, CREW_LEAVING, CREW_WITHDRAWN };
	struct slurm_attempt *attempt;
	for (size_t i = 0; i < sizeof(lists) / sizeof(*lists); i++) {
		DL_FOREACH2(crew->lists[lists[i]], attempt, crew_next)
		{
			if (attempt->ticket == ticket)
				return attempt;
		}
	}
	return NULL;
}
