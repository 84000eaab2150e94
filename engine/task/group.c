#include "engine/task/group.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/task/strings.h"

int group_settings_copy(struct group_settings *to, const struct group_settings *from)
{
	*to = *from;
	to->devices = to->on_empty = NULL;
	int error = string_copy(&to->devices, from->devices);

	if (!error)
		error = string_copy(&to->on_empty, from->on_empty);
	if (error)
		group_settings_release(to);
	return error;
}

void group_settings_release(struct group_settings *settings)
{
	free(settings->devices);
	free(settings->on_empty);
	*settings = (struct group_settings){ .slots = 0 };
}
