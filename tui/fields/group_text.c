#include "tui/fields/group_text.h"

#include <stdlib.h>
#include <string.h>

#include "tui/text/alloc.h"
#include "tui/text/text.h"

char *group_text_devices(const json_t *group)
{
	void *of = json_object_iter(json_object_get(group, "devices"));
	const json_t *device;
	struct text list = TEXT_INIT;
	size_t i;

	if (!of)
		return alloc_string("-");
	text_add_string(&list, json_object_iter_key(of));
	json_array_foreach(json_object_iter_value(of), i, device)
	{
		const char *name = json_string_value(json_object_get(device, "name"));
		const char *task = json_string_value(json_object_get(device, "task"));
		text_add_string(&list, i == 0 ? "=" : ",");
		text_add_string(&list, name ? name : "");
		text_add_string(&list, task ? ":" : "");
		text_add_string(&list, task ? task : "");
	}
	return list.data;
}

char *group_text_settings(const json_t *group)
{
	const json_t *nice = json_object_get(group, "nice");
	const char *on_fail = json_string_value(json_object_get(group, "onFail"));
	const char *on_empty = json_string_value(json_object_get(group, "onEmpty"));
	const char *executor = json_string_value(json_object_get(group, "executor"));
	const char *sbatch = json_string_value(json_object_get(group, "sbatch"));
	const char *directory = json_string_value(json_object_get(group, "directory"));
	const char *pilot = json_string_value(json_object_get(group, "pilot"));
	struct text list = TEXT_INIT;
	char *number;

	if (executor && strcmp(executor, "local") != 0) {
		number = alloc_format(" %s %s%s%s%s", executor, directory ? directory : "",
		                      sbatch ? " '" : "", sbatch ? sbatch : "", sbatch ? "'" : "");
		text_add_string(&list, number);
		free(number);
	}
	text_add_string(&list, pilot ? " pilot=" : "");
	text_add_string(&list, pilot ? pilot : "");
	text_add_string(&list, on_fail ? " pause-on-fail" : "");
	text_add_string(&list, on_empty ? " on-empty" : "");
	if (json_is_integer(nice)) {
		number = alloc_format(" nice=%d", (int)json_integer_value(nice));
		text_add_string(&list, number);
		free(number);
	}
	return list.data ? list.data : alloc_string("");
}
