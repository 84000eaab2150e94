#include "config.h"

#include "engine/service/executors.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/task/messages.h"
#include "engine/task/sbatch.h"

/* Replies with an error, and returns false. */
static __attribute__((format(printf, 2, 3))) bool executors_fail(struct wire_call *call, const char *format,
                                                                 ...)
{
	va_list arguments;
	char *reason = NULL;
	va_start(arguments, format);
	/* NOLINTNEXTLINE: va_start() was called */
	if (vasprintf(&reason, format, arguments) < 0)
		reason = NULL;
	va_end(arguments);
	fail_reason(call, "InvalidExecutor", reason ? reason : MSG_OUT_OF_MEMORY);
	free(reason);
	return false;
}

/* Where tasks of a group on Slurm write.  It is looked at here; what the nodes see is seen by the first task. */
static bool executors_check_directory(const struct service *service, struct wire_call *call,
                                      const char *directory)
{
	struct stat status;
	if (directory[0] != '/')
		return executors_fail(call, MSG_GROUP_DIRECTORY, directory, MSG_MUST_BE_ABSOLUTE);
	if (stat(directory, &status) || access(directory, W_OK | X_OK))
		return executors_fail(call, MSG_GROUP_DIRECTORY, directory, strerror(errno));
	if (!S_ISDIR(status.st_mode))
		return executors_fail(call, MSG_GROUP_DIRECTORY, directory, strerror(ENOTDIR));
	return !engine_slurm_refuses(service->engine, directory) ||
	       executors_fail(call, MSG_SLURM_DIRECTORY_OTHER, directory);
}

/* False: it has replied. */
bool executors_check(const struct service *service, struct wire_call *call,
                     const struct group_settings *settings)
{
	char word[64];
	if (settings->executor == GROUP_LOCAL) {
		if (settings->sbatch || settings->directory || settings->pilots > 0)
			return executors_fail(call, MSG_GROUP_NOT_SLURM);
		return true;
	}
	if (settings->devices)
		return executors_fail(call, MSG_GROUP_DEVICES);
	if (!engine_has_slurm())
		return executors_fail(call, MSG_GROUP_NO_SLURM);
	if (settings->sbatch && !sbatch_check(settings->sbatch, word, sizeof(word)))
		return executors_fail(call, MSG_SBATCH_INVALID, word);
	if (!settings->directory)
		return executors_fail(call, MSG_GROUP_NO_DIRECTORY);
	return executors_check_directory(service, call, settings->directory);
}

static struct group_settings executors_without(struct group_settings settings)
{
	settings.sbatch = settings.directory = NULL;
	settings.pilots = settings.pilot_slots = 0;
	return settings;
}

/* Texts are borrowed; an empty one is none. */
void executors_read(struct args *args, struct group_settings *settings)
{
	const char *executor = args_string(args, "executor"), *sbatch = args_string(args, "sbatch"),
		   *directory = args_string(args, "directory"), *pilot = args_string(args, "pilot");
	if (executor && strcasecmp(executor, "slurm") != 0 && strcasecmp(executor, "local") != 0)
		args_fail(args, "executor");
	if (executor)
		settings->executor = strcasecmp(executor, "slurm") == 0 ? GROUP_SLURM : GROUP_LOCAL;
	/* What only Slurm needs is forgotten with it. */
	if (executor && settings->executor == GROUP_LOCAL)
		*settings = executors_without(*settings);
	if (sbatch)
		settings->sbatch = *sbatch ? (char *)sbatch : NULL;
	if (directory)
		settings->directory = *directory ? (char *)directory : NULL;
	if (pilot && !group_read_pilot(pilot, &settings->pilots, &settings->pilot_slots))
		args_fail(args, "pilot");
}

void executors_write_pilot(struct jsonw *w, const struct group_settings *settings)
{
	char text[32];
	snprintf(text, sizeof(text), "%ux%u", settings->pilots, settings->pilot_slots);
	jsonw_string(w, settings->pilots > 0 ? text : NULL);
}

/* What waits or runs in it has its place.  False: it has replied. */
bool executors_check_move(const struct service *service, struct wire_call *call,
                          const struct task_group *group, const struct group_settings *settings)
{
	bool moves = settings->executor != group->settings.executor;
	if (moves && (group->members > 0 || !group->name || strcmp(group->name, GROUP_DEFAULT) == 0))
		return executors_fail(call, MSG_GROUP_MOVES, group->name ? group->name : "");
	if (!moves && group->members > 0 && (settings->pilots > 0) != (group->settings.pilots > 0))
		return executors_fail(call, MSG_GROUP_PILOT_MOVES, group->name ? group->name : "");
	return executors_check(service, call, settings);
}
