#include "config.h"

#include <errno.h>

#include "engine/exec/local/spares.h"
#include "engine/task/array.h"

int local_spares_add(struct local *local, uint64_t number, int64_t created_at, bool due)
{
	struct local_spares *its = &local->spares;
	struct local_spare *all = array_grow(its->all, &its->size, its->count + 1, sizeof(*all));
	if (!all)
		return -ENOMEM;
	its->all = all;
	its->all[its->count++] =
		(struct local_spare){ .number = number, .created_at = created_at, .due = due };
	its->due += due;
	return 0;
}

/* In turn, so that each gets a descriptor some time.  There must be one. */
static struct local_spare *spares_next(struct local_spares *its, bool due)
{
	do {
		its->at = its->at + 1 < its->count ? its->at + 1 : 0;
	} while (its->all[its->at].due != due);
	return &its->all[its->at];
}

bool local_spares_take(struct local *local, struct local_spare *spare)
{
	struct local_spares *its = &local->spares;
	if (its->due == 0)
		return false;
	struct local_spare *next = spares_next(its, true);
	*spare = *next;
	*next = its->all[--its->count];
	its->due--;
	return true;
}

static void spares_become_due(struct local *local, struct local_spare *spare)
{
	spare->due = true;
	local->spares.due++;
	event_active(local->spares_event, EV_TIMEOUT, 0);
}

void local_spares_wake(struct local *local, uint64_t number)
{
	struct local_spares *its = &local->spares;
	for (size_t i = 0; i < its->count; i++) {
		if (its->all[i].number == number && !its->all[i].due)
			spares_become_due(local, &its->all[i]);
	}
}

void local_spares_wake_next(struct local *local)
{
	struct local_spares *its = &local->spares;
	if (its->due < its->count)
		spares_become_due(local, spares_next(its, false));
}
