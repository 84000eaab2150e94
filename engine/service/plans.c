#include "config.h"

#include "engine/service/service.h"

/* The parameters that make a plan: those of Create, Again and Set. */

static void plan_read_priority(struct args *args, const char *key, struct task_plan *plan)
{
	int64_t priority = args_int(args, key, 0);
	if (priority < INT32_MIN || priority > INT32_MAX)
		args_fail(args, key);
	plan->priority = (int32_t)priority;
}

static void plan_read_weight(struct args *args, const char *key, struct task_plan *plan)
{
	plan->weight = (uint32_t)args_count(args, key, PLAN_WEIGHT_MAX, 0);
}

/* Each reads a value that is given. */
static const struct plan_parameter {
	const char *key;
	void (*read)(struct args *args, const char *key, struct task_plan *plan);
} plan_parameters[] = {
	{ "priority", plan_read_priority },
	{ "weight", plan_read_weight },
};

enum { PLAN_PARAMETERS = sizeof(plan_parameters) / sizeof(*plan_parameters) };

bool args_have_plan(const struct args *args)
{
	for (size_t i = 0; i < PLAN_PARAMETERS; i++) {
		if (args_has(args, plan_parameters[i].key))
			return true;
	}
	return false;
}

void args_read_plan(struct args *args, const struct task_plan *from, struct task_plan **plan)
{
	if (!from && !args_have_plan(args))
		return;
	*plan = plan_copy(from);
	args->no_memory |= !*plan;
	for (size_t i = 0; *plan && i < PLAN_PARAMETERS; i++) {
		if (args_has(args, plan_parameters[i].key))
			plan_parameters[i].read(args, plan_parameters[i].key, *plan);
	}
}
