#include "config.h"

#include <utlist.h>

#include "engine/core/kept.h"

void kept_add(struct core *core, struct removal_kept *kept,
              void (*forget)(struct removal_kept *kept, bool released))
{
	if (!core->readers) {
		forget(kept, false);
		return;
	}
	kept->last_reader = core->last_reader;
	kept->forget = forget;
	DL_APPEND(core->kept, kept);
}
