#include "tui/view/server_status.h"

#include <errno.h>
#include <stdlib.h>

#include "tui/fields/format.h"
#include "tui/text/alloc.h"

void server_status_release(struct server_status *status)
{
	free(status->name);
	free(status->address);
	free(status->version);
	*status = (struct server_status){ 0 };
}

int server_status_parse(struct server_status *status, const json_t *object)
{
	const json_t *tasks = json_object_get(object, "tasks"), *count,
		     *used = json_object_get(object, "used");
	const char *name;
	int state;

	if (!json_is_object(object) || !json_is_object(tasks))
		return -EPROTO;
	server_status_release(status);
	status->name = alloc_string(json_string_value(json_object_get(object, "name")));
	status->address = alloc_string(json_string_value(json_object_get(object, "address")));
	status->version = alloc_string(json_string_value(json_object_get(object, "version")));
	status->started_ms = format_time_read(json_string_value(json_object_get(object, "startedAt")));
	status->slots = json_integer_value(json_object_get(object, "slots"));
	if (!used)
		used = json_object_get(object, "running"); /* a server before weights */
	status->used = json_integer_value(used);
	status->paused = json_is_true(json_object_get(object, "paused"));
	json_object_foreach((json_t *)tasks, name, count)
	{
		state = task_state_parse(name);
		if (state >= 0)
			status->tasks[state] = json_integer_value(count);
	}
	return 0;
}
