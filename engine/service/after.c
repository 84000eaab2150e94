#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/service/columns.h"
#include "engine/service/service.h"

/* What a task is to wait for, as Create and Again take it: "ID", or "ID:CONDITION". */

/* Returns the id that no task has, malloc'ed, or NULL. */
static char *after_read_item(struct service *service, struct args *args, const char *text,
                             struct plan_after *after)
{
	size_t length = 0;
	int condition = text ? plan_parse_after(text, &length) : -1;
	if (condition < 0) {
		args_fail(args, "after");
		return NULL;
	}
	char *id = strndup(text, length);
	args->no_memory |= !id;
	const struct task *task = id ? engine_find(service->engine, id) : NULL;
	if (!task)
		return id;
	*after = (struct plan_after){ .number = task->number, .condition = (enum plan_condition)condition };
	free(id);
	return NULL;
}

char *args_read_after(struct service *service, struct args *args, struct plan_after **after, size_t *count)
{
	const json_t *array = args_array(args, "after"), *item;
	size_t i;
	char *unknown = NULL;
	*count = 0;
	*after = array ? calloc(json_array_size(array) + 1, sizeof(**after)) : NULL;
	args->no_memory |= array && !*after;
	if (!*after)
		return NULL;
	json_array_foreach(array, i, item)
	{
		if (args->bad || args->no_memory || unknown)
			break;
		unknown = after_read_item(service, args, args_item(item), &(*after)[(*count)++]);
	}
	return unknown;
}

bool after_read(struct service *service, struct wire_call *call, struct args *args, struct task_spec *spec)
{
	struct plan_after *after;
	size_t count;
	char *unknown = args_read_after(service, args, &after, &count);
	if (count > 0 && !spec->plan) {
		spec->plan = plan_copy(NULL);
		args->no_memory |= !spec->plan;
	}
	if (count > 0 && spec->plan) {
		free(spec->plan->after);
		spec->plan->after = after;
		spec->plan->after_count = count;
	} else {
		free(after);
	}
	bool failed = args_failed(args, call, NULL) || unknown;
	if (call && unknown && !args->bad && !args->no_memory)
		fail_not_found(call, unknown);
	free(unknown);
	return !failed;
}

void after_write(struct jsonw *w, const struct engine *engine, const struct task *task)
{
	const struct task_plan *plan = task_plan(task);
	char text[TASK_ID_MAX + 8];
	jsonw_array(w);
	for (size_t i = 0; i < plan->after_count; i++) {
		const struct task *target = engine_by_number(engine, plan->after[i].number);
		if (!target)
			continue;
		plan_format_after(task_id(target), plan->after[i].condition, text, sizeof(text));
		jsonw_string(w, text);
	}
	jsonw_end_array(w);
}
