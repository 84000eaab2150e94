#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/service/service.h"
#include "engine/task/error.h"
#include "engine/task/messages.h"

/* What follows the end of a task: whether it can be run. */

/* The PATH with which its command is searched for. */
static const char *hooks_path(const struct task_spec *spec, const struct shared_environment *environment)
{
	const char *path = strings_value(&spec->variables, "PATH", 4);
	if (!path && environment)
		path = strings_value(&environment->environment.variables, "PATH", 4);
	if (!path && !environment)
		path = getenv("PATH");
	return path ? path : "/usr/local/bin:/bin:/usr/bin";
}

static bool hooks_is_program(const char *directory, size_t length, const char *program)
{
	struct stat status;
	char *path;
	if (length == 0 || directory[0] != '/' ||
	    asprintf(&path, "%.*s/%s", (int)length, directory, program) < 0)
		return false;
	bool found = stat(path, &status) == 0 && S_ISREG(status.st_mode) && access(path, X_OK) == 0;
	free(path);
	return found;
}

static bool hooks_can_run(const struct task_spec *spec, const struct shared_environment *environment)
{
	if (!spec->plan || !spec->plan->hooks || !spec->plan->hooks->webhook)
		return true;
	for (const char *at = hooks_path(spec, environment), *end;; at = end + 1) {
		end = strchrnul(at, ':');
		if (hooks_is_program(at, (size_t)(end - at), "curl"))
			return true;
		if (!*end)
			return false;
	}
}

int hooks_check(const struct task_spec *spec, const struct shared_environment *environment, char **reason)
{
	return hooks_can_run(spec, environment) ? 0 : error_set(reason, -EINVAL, MSG_WEBHOOK_NO_CURL);
}

bool args_check_hooks(struct wire_call *call, const struct task_spec *spec,
                      const struct shared_environment *environment)
{
	bool can = hooks_can_run(spec, environment);
	if (!can)
		fail_reason(call, "InvalidTask", MSG_WEBHOOK_NO_CURL);
	return can;
}
