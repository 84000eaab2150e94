#include "config.h"

#include "engine/core/niceness.h"
#include "engine/task/schedule.h"

bool niceness_decide(const struct task *task, const struct environment *environment,
                     struct environment *scheduled)
{
	struct task_schedule schedule = task_plan(task)->schedule;
	const struct task_group *group = task->standing ? task->standing->group : NULL;
	if (!schedule.has_niceness && group && group->settings.has_niceness) {
		schedule.niceness = (short)group->settings.niceness;
		schedule.has_niceness = true;
	}
	if (!schedule_asks(&schedule))
		return false;
	*scheduled = *environment;
	schedule_apply(&schedule, scheduled);
	return true;
}
