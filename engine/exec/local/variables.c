#include "config.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/core/registry.h"
#include "engine/exec/local/variables.h"
#include "engine/run/spawn.h"

static int variables_add(struct strings *variables, const char *name, const char *value)
{
	char *variable;
	if (asprintf(&variable, "%s=%s", name, value) < 0)
		return -ENOMEM;
	int error = strings_add(variables, variable);
	free(variable);
	return error;
}

int local_variables_of(struct strings *variables, const struct task *task, const char *address)
{
	struct strings own = task_variables(task);
	int error = strings_copy(variables, own.block, own.length);
	if (!error)
		error = variables_add(variables, "KRTASK_ID", task_id(task));
	if (!error)
		error = variables_add(variables, "KRTASK_SERVER", address);
	return error;
}

int local_variables_add_progress(struct strings *variables)
{
	char descriptor[16];
	snprintf(descriptor, sizeof(descriptor), "%d", SPAWN_PROGRESS_FD);
	return variables_add(variables, "KRTASK_PROGRESS_FD", descriptor);
}

static bool variables_has(const struct strings *variables, const char *variable)
{
	return strings_value(variables, variable, strcspn(variable, "=")) != NULL;
}

char **local_variables_vector(const struct environment *environment, const struct strings *variables)
{
	/* If the caller is a task itself, these of its variables are not passed on. */
	static char names[] = "KRTASK_ID=\0KRTASK_SERVER=\0KRTASK_PROGRESS_FD=";
	static const struct strings reserved = { .block = names, .length = sizeof(names) };
	size_t count = strings_count(&environment->variables) + strings_count(variables), used = 0;
	char **vector = calloc(count + 1, sizeof(*vector));
	if (!vector)
		return NULL;
	for (const char *string = NULL; (string = strings_next(&environment->variables, string));) {
		bool is_reserved = strncmp(string, "KRTASK_", 7) == 0 && variables_has(&reserved, string);
		if (!is_reserved && !variables_has(variables, string))
			vector[used++] = (char *)string;
	}
	for (const char *string = NULL; (string = strings_next(variables, string));)
		vector[used++] = (char *)string;
	return vector;
}
