#include "config.h"

#include <errno.h>
#include <inttypes.h>
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

/*
 * Other servers of this user have tasks with the same number, which may have been created at the same time.
 * Before krtask 0.2.0, tokens had no identity.
 */
static int variables_add_token(struct strings *variables, const struct task *task, const char *identity)
{
	char token[LOCAL_TOKEN_SIZE];
	snprintf(token, sizeof(token), "%" PRIu64 "-%" PRId64 "%s%s", task->number, task->created_at,
	         *identity ? "-" : "", identity);
	return variables_add(variables, LOCAL_TOKEN, token);
}

bool local_token_parse(const char *token, const char *identity, uint64_t *number, int64_t *created_at)
{
	char *end;
	uint64_t first = strtoull(token, &end, 10);
	if (end == token || *end != '-' || !end[1])
		return false;
	int64_t second = strtoll(end + 1, &end, 10);
	if (*end && *end != '-')
		return false;
	*number = *end && strcmp(end + 1, identity) != 0 ? 0 : first;
	*created_at = second;
	return true;
}

static bool variables_has(const struct strings *variables, const char *variable)
{
	return strings_value(variables, variable, strcspn(variable, "=")) != NULL;
}

/* The variables that say which task it is.  No caller is allowed to set these. */
static char variables_names[] =
	"KRTASK_ID=\0KRTASK_SERVER=\0KRTASK_PROGRESS_FD=\0KRTASK_ATTEMPT=\0KRTASK_SLOT=\0" LOCAL_TOKEN "=";
static const struct strings variables_ours = { .block = variables_names, .length = sizeof(variables_names) };

static bool variables_is_ours(const char *variable)
{
	return strncmp(variable, "KRTASK_", 7) == 0 && variables_has(&variables_ours, variable);
}

bool local_variables_leave(void)
{
	static const char nobodys[] = "0-0";
	const char *token = getenv(LOCAL_TOKEN);
	char name[32];
	if (!token || strcmp(token, nobodys) == 0)
		return false;
	for (const char *string = NULL; (string = strings_next(&variables_ours, string));) {
		snprintf(name, sizeof(name), "%.*s", (int)strcspn(string, "="), string);
		unsetenv(name);
	}
	return setenv(LOCAL_TOKEN, nobodys, 1) == 0;
}

static int variables_add_attempt(struct strings *variables, const struct task *task)
{
	char attempt[16];
	snprintf(attempt, sizeof(attempt), "%" PRIu32, task_plan(task)->marks.attempt + 1);
	return variables_add(variables, "KRTASK_ATTEMPT", attempt);
}

int local_variables_of(struct strings *variables, const struct task *task, const char *address,
                       const char *identity, const struct strings *given)
{
	struct strings own = task_variables(task);
	int error = 0;
	for (const char *string = NULL; !error && (string = strings_next(&own, string));) {
		if (!variables_is_ours(string) && !variables_has(given, string))
			error = strings_add(variables, string);
	}
	if (!error)
		error = strings_append(variables, given->block, given->length);
	if (!error)
		error = variables_add(variables, "KRTASK_ID", task_id(task));
	if (!error)
		error = variables_add(variables, "KRTASK_SERVER", address);
	if (!error)
		error = variables_add_attempt(variables, task);
	if (!error)
		error = variables_add_token(variables, task, identity);
	return error;
}

int local_variables_add_progress(struct strings *variables)
{
	char descriptor[16];
	snprintf(descriptor, sizeof(descriptor), "%d", SPAWN_PROGRESS_FD);
	return variables_add(variables, "KRTASK_PROGRESS_FD", descriptor);
}

char **local_variables_vector(const struct environment *environment, const struct strings *variables)
{
	size_t count = strings_count(&environment->variables) + strings_count(variables), used = 0;
	char **vector = calloc(count + 1, sizeof(*vector));
	if (!vector)
		return NULL;
	for (const char *string = NULL; (string = strings_next(&environment->variables, string));) {
		/* The caller may be a task itself.  Its own variables of this kind are not passed on. */
		if (!variables_is_ours(string) && !variables_has(variables, string))
			vector[used++] = (char *)string;
	}
	for (const char *string = NULL; (string = strings_next(variables, string));)
		vector[used++] = (char *)string;
	return vector;
}
