#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "engine/task/plan.h"

const struct task_plan plan_default = {
	.weight = 1,
	.kill_after = -1,
	.retry_delay = 10000,
	.retry_max = 600000,
};

struct task_plan *plan_copy(const struct task_plan *from)
{
	struct task_plan *plan = malloc(sizeof(*plan));
	if (!plan)
		return NULL;
	*plan = from ? *from : plan_default;
	plan->retry_rule = plan->retry_rule ? strdup(plan->retry_rule) : NULL;
	plan->after = NULL;
	size_t size = plan->after_count * sizeof(*plan->after);
	if (size > 0)
		plan->after = malloc(size);
	if ((from && from->retry_rule && !plan->retry_rule) || (size > 0 && !plan->after)) {
		plan_free(plan);
		return NULL;
	}
	if (size > 0)
		memcpy(plan->after, from->after, size);
	return plan;
}

void plan_free(struct task_plan *plan)
{
	if (!plan)
		return;
	free(plan->retry_rule);
	free(plan->after);
	free(plan);
}
