#include "config.h"

#include <errno.h>
#include <event2/event.h>
#include <utlist.h>

#include "engine/run/turns.h"
#include "engine/service/chores.h"

static const struct timeval next_turn = { 0 };

static void chores_turn(evutil_socket_t fd, short what, void *ctx)
{
	(void)fd, (void)what;
	struct chores *chores = ctx;
	for (size_t left = chores->count; left > 0 && chores->first; left--) {
		struct chore *chore = chores->first;
		chores_drop(chores, chore);
		if (chore->slice(chore))
			chores_add(chores, chore);
		if (turns_late())
			break;
	}
	if (chores->first)
		event_add(chores->turn, &next_turn);
}

int chores_init(struct chores *chores, struct event_base *base)
{
	*chores = (struct chores){ .turn = evtimer_new(base, chores_turn, chores) };
	return chores->turn ? 0 : -ENOMEM;
}

void chores_release(struct chores *chores)
{
	if (chores->turn)
		event_free(chores->turn);
	*chores = (struct chores){ 0 };
}

void chores_add(struct chores *chores, struct chore *chore)
{
	if (chore->listed)
		return;
	if (chores->count++ == 0)
		event_add(chores->turn, &next_turn);
	chore->listed = true;
	DL_APPEND(chores->first, chore);
}

void chores_drop(struct chores *chores, struct chore *chore)
{
	if (!chore->listed)
		return;
	chores->count--;
	chore->listed = false;
	DL_DELETE(chores->first, chore);
}
