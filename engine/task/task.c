#include "engine/task/task.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/task/error.h"
#include "engine/task/messages.h"
#include "engine/task/utf8.h"

void task_spec_release(struct task_spec *spec)
{
	free(spec->id);
	free(spec->name);
	free(spec->description);
	free(spec->group);
	free(spec->cwd);
	free(spec->environment);
	plan_free(spec->plan);
	strings_release(&spec->command);
	strings_release(&spec->variables);
	memset(spec, 0, sizeof(*spec));
}

int task_spec_copy(struct task_spec *to, const struct task_spec *from)
{
	*to = (struct task_spec){
		.command = STRINGS_INIT,
		.variables = STRINGS_INIT,
		.parent = from->parent,
		.max_log = from->max_log,
		.merge = from->merge,
		.has_nonce = from->has_nonce,
	};
	memcpy(to->nonce, from->nonce, sizeof(to->nonce));
	to->plan = from->plan ? plan_copy(from->plan) : NULL;
	if (from->plan && !to->plan)
		return -ENOMEM;
	if (string_copy(&to->id, from->id) < 0 || string_copy(&to->name, from->name) < 0 ||
	    string_copy(&to->description, from->description) < 0 ||
	    string_copy(&to->group, from->group) < 0 || string_copy(&to->cwd, from->cwd) < 0 ||
	    string_copy(&to->environment, from->environment) < 0 ||
	    strings_copy(&to->command, from->command.block, from->command.length) < 0 ||
	    strings_copy(&to->variables, from->variables.block, from->variables.length) < 0) {
		task_spec_release(to);
		return -ENOMEM;
	}
	return 0;
}

void task_status_release(struct task_status *status)
{
	free(status->message);
	*status = (struct task_status)TASK_STATUS_INIT;
}

int task_status_copy(struct task_status *to, const struct task_status *from)
{
	*to = *from;
	to->message = NULL;
	if (string_copy(&to->message, from->message) < 0) {
		task_status_release(to);
		return -ENOMEM;
	}
	return 0;
}

static bool is_alphanumeric(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

bool task_id_valid(const char *id)
{
	size_t length = 0;

	if (!is_alphanumeric(id[0]))
		return false;
	for (; id[length]; length++) {
		if (length == TASK_ID_MAX)
			return false;
		if (!is_alphanumeric(id[length]) && !strchr("._-", id[length]))
			return false;
	}
	return true;
}

/* Sets an error about a value.  The value is cut, so that the message stays one readable line. */
static int task_fail_value(char **error, const char *what, const char *value, const char *wanted)
{
	enum { SHOWN = 200 };
	char *shown = utf8_readable(value, strnlen(value, SHOWN));

	*error = NULL;
	if (shown)
		error_set(error, 0, MSG_VALUE_INVALID, what, shown,
		          strnlen(value, SHOWN + 1) > SHOWN ? "..." : "", wanted);
	free(shown);
	return -EINVAL;
}

static int check_id(const char *what, const char *id, char **error)
{
	if (!id || task_id_valid(id))
		return 0;
	return task_fail_value(error, what, id, MSG_MUST_BE_ID);
}

static int check_text(const char *what, const char *text, size_t most, char **error)
{
	if (!text)
		return 0;
	if (text[strspn(text, " \t\r\n\v\f")] == '\0')
		return error_set(error, -EINVAL, MSG_TEXT_BLANK, what);
	size_t length = strnlen(text, most + 1);
	if (length > most)
		return error_set(error, -EINVAL, MSG_TEXT_TOO_LONG, what, most);
	if (!utf8_valid(text, length))
		return task_fail_value(error, what, text, MSG_MUST_BE_UTF8);
	return 0;
}

static int check_cwd(const char *cwd, char **error)
{
	if (!cwd)
		return error_set(error, -EINVAL, MSG_DIRECTORY_MISSING);
	if (cwd[0] != '/')
		return task_fail_value(error, "working directory", cwd, MSG_MUST_BE_ABSOLUTE);
	return 0;
}

static int check_command(const struct strings *command, char **error)
{
	const char *program = strings_next(command, NULL);

	if (!program)
		return error_set(error, -EINVAL, MSG_COMMAND_MISSING);
	if (!*program)
		return error_set(error, -EINVAL, MSG_COMMAND_EMPTY);
	return 0;
}

static int check_variables(const struct strings *variables, char **error)
{
	for (const char *variable = NULL; (variable = strings_next(variables, variable));)
		if (variable[0] == '=' || !strchr(variable, '='))
			return task_fail_value(error, "variable", variable, MSG_MUST_BE_ASSIGNMENT);
	return 0;
}

int task_text_check(const char *name, const char *description, char **error)
{
	int rc = check_text("name", name, TASK_NAME_MAX, error);

	return rc ? rc : check_text("description", description, TASK_DESCRIPTION_MAX, error);
}

int task_spec_check(const struct task_spec *spec, char **error)
{
	int rc = check_id("id", spec->id, error);

	if (rc == 0)
		rc = task_text_check(spec->name, spec->description, error);
	if (rc == 0)
		rc = check_id("group", spec->group, error);
	if (rc == 0)
		rc = check_cwd(spec->cwd, error);
	if (rc == 0)
		rc = check_command(&spec->command, error);
	if (rc == 0)
		rc = check_variables(&spec->variables, error);
	if (rc == 0 && spec->plan)
		rc = plan_check(spec->plan, error);
	return rc;
}

int task_status_set_message(struct task_status *status, const char *message)
{
	char *repaired = NULL;

	if (message) {
		/* the repair can make it longer, so it is cut afterwards; a large excess is cut before */
		repaired = utf8_readable(message, strnlen(message, TASK_MESSAGE_MAX + 4));
		if (!repaired)
			return -ENOMEM;
		repaired[utf8_cut(repaired, TASK_MESSAGE_MAX)] = '\0';
	}
	free(status->message);
	status->message = repaired;
	return 0;
}

void task_status_set_usage(struct task_status *status, struct task_usage usage)
{
	status->cpu_time = usage_pack(usage.cpu_ms, USAGE_CPU_BITS);
	status->max_rss = (uint16_t)usage_pack(usage.max_rss / 1024, USAGE_RSS_BITS);
}

struct task_usage task_status_usage(const struct task_status *status)
{
	return (struct task_usage){ .cpu_ms = usage_unpack(status->cpu_time, USAGE_CPU_BITS),
		                    .max_rss = usage_unpack(status->max_rss, USAGE_RSS_BITS) * 1024 };
}

struct task_usage task_status_known_usage(const struct task_status *status)
{
	bool ended = status->exit_code >= 0 || status->term_signal > 0;

	return ended ? task_status_usage(status) : (struct task_usage){ .cpu_ms = 0 };
}

int64_t task_duration(const struct task_status *status, int64_t now)
{
	if (!status->started_at)
		return 0;
	int64_t end = status->ended_at ? status->ended_at : now;
	/* the clock may have been set back meanwhile */
	return end > status->started_at ? end - status->started_at : 0;
}
