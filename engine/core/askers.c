#include "config.h"

#include <stddef.h>
#include <utlist.h>

#include "engine/core/askers.h"

void askers_disown(struct core_asker *asker)
{
	if (asker->list)
		DL_DELETE(*asker->list, asker);
	asker->list = NULL;
}

void askers_add(struct core_asker **list, struct core_asker *asker)
{
	askers_disown(asker);
	asker->list = list;
	DL_APPEND(*list, asker);
}

void askers_tell(struct core_asker **list, uint64_t serial)
{
	struct core_asker *asker, *next;
	DL_FOREACH_SAFE(*list, asker, next)
	{
		if (serial > 0 && asker->serial != serial)
			continue;
		askers_disown(asker);
		asker->over(asker->ctx);
	}
}

void askers_forget(struct core_asker **list)
{
	while (*list)
		askers_disown(*list);
}
