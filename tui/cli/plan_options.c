#include "tui/cli/plan_options.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "engine/task/duration.h"
#include "engine/task/plan.h"
#include "engine/task/utf8.h"
#include "tui/cli/report.h"
#include "tui/cli/time_options.h"
#include "tui/text/alloc.h"
#include "tui/text/messages.h"
#include "tui/text/text.h"

/*
 * none: the JSON value that takes away what was given.  column: of a row, with the value in the same form; NULL: it is
 * not shown, or cannot be changed.
 */
static const struct plan_option {
	enum option_id id;
	const char *key, *none, *column;
} plan_options[] = {
	{ OPT_PRIORITY, "priority", "0", "priority" },
	{ OPT_WEIGHT, "weight", "1", "weight" },
	{ OPT_RETRY, "retries", "0", "retries" },
	{ OPT_RETRY_DELAY, "retryDelay", "10", "retryDelay" },
	{ OPT_RETRY_MAX, "retryMax", "600", "retryMax" },
	{ OPT_RETRY_ON, "retryOn", "[]", "retryOn" },
	{ OPT_RETRY_NOT, "retryNot", "[]", "retryNot" },
	{ OPT_RETRY_LOST, "retryLost", "false", "retryLost" },
	{ OPT_NICE, "nice", "20", "nice" },
	{ OPT_IONICE, "ionice", "\"\"", "ionice" },
	{ OPT_CPU_LIST, "cpuList", "\"\"", "cpuList" },
	{ OPT_UNIQUE, "unique", "null", NULL },
	{ OPT_AUTO_REMOVE, "autoRemove", "false", NULL },
	{ OPT_AFTER, "after", "[]", "after" },
	{ OPT_UNMET, "unmet", "\"stop\"", "unmet" },
	{ OPT_ON_END, "onEnd", "\"\"", "onEnd" },
	{ OPT_ON_FAIL, "onFail", "\"\"", "onFail" },
	{ OPT_ON_OK, "onOk", "\"\"", "onOk" },
	{ OPT_WEBHOOK, "webhook", "\"\"", "webhook" },
	{ OPT_SBATCH, "sbatch", "\"\"", "sbatch" },
	{ OPT_PUT_OFF, "delay", "0", "delay" },
	{ OPT_AT, "beginAt", "\"\"", "beginAt" },
	{ OPT_EXPIRE, "expireAt", "\"\"", "expireAt" },
	{ OPT_TIME_LIMIT, "timeLimit", "0", "timeLimit" },
	{ OPT_KILL_AFTER, "killAfter", "-1", "killAfter" },
};

enum { PLAN_OPTIONS = sizeof(plan_options) / sizeof(*plan_options) };

/* An empty text is none. */
static char *plan_hook_text(const char *text)
{
	return text && *text ? (char *)text : NULL;
}

static int plan_check_hooks(const struct arguments *args, char **error)
{
	struct plan_hooks hooks = {
		.on_end = plan_hook_text(args->on_end),
		.on_fail = plan_hook_text(args->on_fail),
		.on_ok = plan_hook_text(args->on_ok),
		.webhook = plan_hook_text(args->webhook),
	};
	struct task_plan plan = plan_default;

	plan.hooks = &hooks;
	plan.sbatch = plan_hook_text(args->sbatch);
	return plan_check(&plan, error) ? EXIT_USAGE : 0;
}

static int plan_option_fail(enum option_id id, bool cmdlet, const char *value, const char *wrong,
                            char **error)
{
	const struct option_info *info = &option_table[id];

	*error = alloc_format(cmdlet ? MSG_PARAMETER_VALUE : MSG_OPTION_VALUE, value,
	                      cmdlet ? info->parameter : info->name, wrong);
	return EXIT_USAGE;
}

/* What the task waits for. */
static int plan_options_check_after(const struct arguments *args, bool cmdlet, char **error)
{
	bool cleared = option_set_has(&args->cleared, OPT_AFTER);
	size_t length;

	for (size_t i = 0; i < args->after.count && !cleared; i++) {
		const char *text = args->after.items[i].text;

		if (plan_parse_after(text, &length) < 0)
			return plan_option_fail(OPT_AFTER, cmdlet, text, MSG_MUST_BE_AFTER, error);
	}
	if (args->unmet && !option_set_has(&args->cleared, OPT_UNMET) &&
	    strcasecmp(args->unmet, "hold") != 0 && strcasecmp(args->unmet, "stop") != 0)
		return plan_option_fail(OPT_UNMET, cmdlet, args->unmet, MSG_MUST_BE_UNMET, error);
	return 0;
}

static bool plan_is_given(const struct arguments *args, enum option_id id)
{
	return arguments_given(args, id) && !option_set_has(&args->cleared, id);
}

int plan_options_check(const struct arguments *args, bool cmdlet, char **error)
{
	int status = plan_options_check_after(args, cmdlet, error);

	if (!status)
		status = plan_check_hooks(args, error);
	if (status)
		return status;
	if (plan_is_given(args, OPT_RETRY_DELAY) && plan_is_given(args, OPT_RETRY_MAX) &&
	    args->retry_delay > args->retry_max)
		*error = alloc_format(MSG_RETRY_DELAY_OVER_MAX, args->retry_delay, args->retry_max);
	else if (args->weight > PLAN_WEIGHT_MAX)
		*error = alloc_format(MSG_WEIGHT_TOO_GREAT, (long long)args->weight, PLAN_WEIGHT_MAX);
	else if (args->retry > PLAN_RETRIES_MAX)
		*error = alloc_format(MSG_RETRIES_TOO_MANY, (long long)args->retry, PLAN_RETRIES_MAX);
	else if (args->retry_on && args->retry_not)
		*error = alloc_format(MSG_RETRY_ON_AND_NOT, args->retry_on, args->retry_not);
	else if (args->unique && !*args->unique)
		*error = alloc_format(MSG_OPTION_VALUE, args->unique, option_table[OPT_UNIQUE].name,
		                      MSG_MUST_NOT_BE_EMPTY);
	else if (args->unique && strlen(args->unique) > PLAN_UNIQUE_MAX)
		*error = alloc_format(MSG_TEXT_TOO_LONG, option_table[OPT_UNIQUE].name,
		                      (size_t)PLAN_UNIQUE_MAX);
	else if (args->unique && !utf8_valid(args->unique, strlen(args->unique)))
		*error = alloc_format(MSG_OPTION_VALUE, args->unique, option_table[OPT_UNIQUE].name,
		                      MSG_MUST_BE_UTF8);
	return *error ? EXIT_USAGE : time_options_check(args, cmdlet, error);
}

/* Such an error about the parameter.  NULL: it is another one. */
static char *plan_option_refusal(const struct arguments *args, bool cmdlet, const char *parameter)
{
	char longest[DURATION_SIZE], *error = NULL;

	if (strcmp(parameter, "expireAt") == 0) {
		time_options_fail_expiry(args, cmdlet, &error);
	} else if (strcmp(parameter, "retryMax") == 0) {
		duration_write((int64_t)(args->retry_max * 1000 + 0.5), longest);
		plan_option_fail(OPT_RETRY_MAX, cmdlet, longest, MSG_MUST_REACH_DELAY, &error);
	} else if (strcmp(parameter, "killAfter") == 0) {
		error = alloc_format(MSG_OPTION_ALONE, option_table[OPT_KILL_AFTER].name,
		                     option_table[OPT_TIME_LIMIT].name);
	}
	return error;
}

bool plan_options_report(struct invocation *inv, const struct client_reply *reply)
{
	const char *parameter = json_string_value(json_object_get(reply->parameters, "parameter"));
	char *error;

	if (!reply->error || !parameter || strcmp(reply->error, "org.varlink.service.InvalidParameter") != 0)
		return false;
	error = plan_option_refusal(&inv->args, inv->cmdlet, parameter);
	if (!error)
		return false;
	report_error(inv, EXIT_USAGE, "%s", error);
	free(error);
	return true;
}

static void plan_option_put_list(struct jsonw *w, const struct words *list)
{
	jsonw_array(w);
	for (size_t i = 0; i < list->count; i++)
		jsonw_string(w, list->items[i].text);
	jsonw_end_array(w);
}

/* As strings of an array. */
static void plan_option_put_ends(struct jsonw *w, const char *list)
{
	jsonw_array(w);
	for (const char *item = list; item; item = strchr(item, ',') ? strchr(item, ',') + 1 : NULL)
		jsonw_string_n(w, item, strcspn(item, ","));
	jsonw_end_array(w);
}

static void plan_option_put_value(struct jsonw *w, const struct arguments *args, enum option_id id)
{
	const void *field = (const char *)args + option_table[id].offset;

	switch (option_table[id].kind) {
	case OPTION_FLAG:
		jsonw_bool(w, *(const bool *)field);
		break;
	case OPTION_TEXT:
	case OPTION_IO_CLASS:
	case OPTION_CPU_SET:
		jsonw_string(w, *(const char *const *)field);
		break;
	case OPTION_LIST:
		plan_option_put_list(w, field);
		break;
	case OPTION_ENDS:
		plan_option_put_ends(w, *(const char *const *)field);
		break;
	case OPTION_MOMENT:
		jsonw_time(w, time_option(args, id));
		break;
	case OPTION_SECONDS:
	case OPTION_DURATION:
		jsonw_fixed3(w, (int64_t)(*(const double *)field * 1000 + 0.5));
		break;
	default:
		jsonw_int(w, *(const int64_t *)field);
	}
}

void plan_options_put(const struct arguments *args, struct jsonw *w)
{
	for (size_t i = 0; i < PLAN_OPTIONS; i++) {
		const struct plan_option *option = &plan_options[i];

		if (!arguments_given(args, option->id))
			continue;
		jsonw_key(w, option->key);
		if (option_set_has(&args->cleared, option->id))
			jsonw_raw(w, option->none, strlen(option->none));
		else
			plan_option_put_value(w, args, option->id);
	}
}

void plan_options_columns(struct jsonw *w)
{
	for (size_t i = 0; i < PLAN_OPTIONS; i++) {
		if (plan_options[i].column)
			jsonw_string(w, plan_options[i].column);
	}
}

static char *plan_option_join(const json_t *list)
{
	struct text all = TEXT_INIT;
	const json_t *item;
	size_t i;

	json_array_foreach(list, i, item)
	{
		text_add_string(&all, i > 0 ? "," : "");
		text_add_string(&all, json_string_value(item));
	}
	return all.data;
}

static char *plan_option_duration(double seconds)
{
	char text[DURATION_SIZE];

	return alloc_string(duration_write((int64_t)(seconds * 1000 + 0.5), text));
}

/* The value in a row as the value of the option, malloc'ed.  NULL: nothing was given. */
static char *plan_option_text(const struct plan_option *option, const json_t *row)
{
	const json_t *value = option->column ? json_object_get(row, option->column) : NULL;
	char *text = value ? json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT) : NULL;

	if (text && (strcmp(text, option->none) == 0 || json_is_null(value) ||
	             time_option_is_over(option->id, json_string_value(value)))) {
		free(text);
		return NULL;
	}
	if (json_is_string(value)) {
		free(text);
		text = (char *)json_string_value(value);
		return option_table[option->id].kind == OPTION_MOMENT ? time_option_text(text)
		                                                      : alloc_string(text);
	}
	if (json_is_array(value)) {
		free(text);
		return plan_option_join(value);
	}
	if (json_is_real(value)) {
		free(text);
		return plan_option_duration(json_real_value(value));
	}
	return text;
}

void plan_options_write(struct strings *words, const json_t *row)
{
	for (size_t i = 0; i < PLAN_OPTIONS; i++) {
		const struct option_info *info = &option_table[plan_options[i].id];
		char *value = plan_option_text(&plan_options[i], row), *name;

		if (!value)
			continue;
		name = alloc_format("--%s", info->name);
		alloc_add(words, name);
		if (info->kind != OPTION_FLAG)
			alloc_add(words, value);
		free(name);
		free(value);
	}
}

void plan_options_put_changes(const struct arguments *args, const json_t *row, struct jsonw *w)
{
	plan_options_put(args, w);
	for (size_t i = 0; i < PLAN_OPTIONS; i++) {
		const struct plan_option *option = &plan_options[i];
		char *before = plan_option_text(option, row);

		if (before && !arguments_given(args, option->id)) {
			jsonw_key(w, option->key);
			jsonw_raw(w, option->none, strlen(option->none));
		}
		free(before);
	}
}
