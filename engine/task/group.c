#include "engine/task/group.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "engine/task/strings.h"
#include "engine/task/task.h"

static const char no_group[] = "none";

bool group_name_valid(const char *name)
{
	return task_id_valid(name) && strcasecmp(name, no_group) != 0;
}

bool group_is_none(const char *name)
{
	return strcmp(name, GROUP_DEFAULT) == 0 || strcasecmp(name, no_group) == 0;
}

void group_settle(char **name)
{
	if (!*name || !group_is_none(*name))
		return;
	free(*name);
	*name = NULL;
}

bool group_is_meant(const char *group, const char *name)
{
	return strcasecmp(group ? group : GROUP_DEFAULT, name) == 0 || (!group && group_is_none(name));
}

/* The rest of the text; NULL: there is no such number. */
static const char *group_read_number(const char *text, unsigned most, unsigned *number)
{
	char *end;
	if (*text < '1' || *text > '9')
		return NULL;
	unsigned long value = strtoul(text, &end, 10);
	*number = (unsigned)value;
	return value <= most ? end : NULL;
}

bool group_read_pilot(const char *text, unsigned *pilots, unsigned *slots)
{
	unsigned count = 0, each = 0;
	if (*text) {
		const char *by = group_read_number(text, GROUP_PILOTS_MAX, &count);
		const char *rest =
			by && *by == 'x' ? group_read_number(by + 1, GROUP_PILOT_SLOTS_MAX, &each) : NULL;
		if (!rest || *rest)
			return false;
	}
	*pilots = count;
	*slots = each;
	return true;
}

int group_settings_copy(struct group_settings *to, const struct group_settings *from)
{
	*to = *from;
	to->devices = to->on_empty = to->sbatch = to->directory = NULL;
	int error = string_copy(&to->devices, from->devices);

	if (!error)
		error = string_copy(&to->on_empty, from->on_empty);
	if (!error)
		error = string_copy(&to->sbatch, from->sbatch);
	if (!error)
		error = string_copy(&to->directory, from->directory);
	if (error)
		group_settings_release(to);
	return error;
}

void group_settings_release(struct group_settings *settings)
{
	free(settings->devices);
	free(settings->on_empty);
	free(settings->sbatch);
	free(settings->directory);
	*settings = (struct group_settings){ .slots = 0 };
}
