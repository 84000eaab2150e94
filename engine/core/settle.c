#include "config.h"

#include "engine/core/activity.h"
#include "engine/core/agenda.h"
#include "engine/core/dependencies.h"
#include "engine/core/ending.h"
#include "engine/core/scheduler.h"
#include "engine/core/settle.h"
#include "engine/core/times.h"

static bool settle_take(struct core *core, enum core_due due)
{
	bool was = core->due & due;
	core->due &= ~(unsigned)due;
	return was;
}

static void settle_alarm(struct core *core, bool loose)
{
	int64_t next = timers_next(&core->timers), limit = timers_next(&core->limits);
	if (limit < next)
		next = limit;
	if (core->retry_at < next)
		next = core->retry_at;
	if (core->hungry_at < next)
		next = core->hungry_at;
	if (loose || core->removing || core->joins > 0 || core_cancels(core) || core_sweeps(core) ||
	    core_adopts(core) || dependencies_are_due(core))
		next = 0;
	if (next == core->alarm || !core->hooks.alarm)
		return;
	core->alarm = next;
	core->hooks.alarm(core->hooks.ctx, next);
}

static void settle_wake(struct core *core)
{
	int64_t next = agenda_next(core);
	if (next == core->wake || !core->hooks.wake)
		return;
	core->wake = next;
	core->hooks.wake(core->hooks.ctx, next);
}

void settle_core(struct core *core)
{
	if (core->settling)
		return;
	core->settling = true;
	times_run(core);
	while (core->due & (CORE_DUE_ENDINGS | CORE_DUE_SCHEDULE)) {
		if (settle_take(core, CORE_DUE_ENDINGS))
			ending_write_all(core);
		if (settle_take(core, CORE_DUE_SCHEDULE))
			scheduler_run(core);
	}
	core->settling = false;
	if (settle_take(core, CORE_DUE_CHANGED) && core->hooks.changed)
		core->hooks.changed(core->hooks.ctx);
	settle_alarm(core, activity_settle(core));
	settle_wake(core);
}

void settle_hold(struct core *core)
{
	core->settling = true;
}

void settle_go_on(struct core *core)
{
	core->settling = false;
	settle_core(core);
}
