#include "tui/fields/group_text.h"

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
