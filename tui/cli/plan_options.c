#include "tui/cli/plan_options.h"

#include <string.h>
#include <strings.h>

#include "engine/task/plan.h"
#include "engine/task/utf8.h"
#include "tui/text/alloc.h"
#include "tui/text/messages.h"

/* none: the JSON value that takes away what was given. */
static const struct plan_option {
	enum option_id id;
	const char *key, *none;
} plan_options[] = {
	{ OPT_PRIORITY, "priority", "0" },
	{ OPT_WEIGHT, "weight", "1" },
	{ OPT_NICE, "nice", "20" },
	{ OPT_IONICE, "ionice", "\"\"" },
	{ OPT_CPU_LIST, "cpuList", "\"\"" },
	{ OPT_UNIQUE, "unique", "null" },
	{ OPT_AUTO_REMOVE, "autoRemove", "false" },
	{ OPT_AFTER, "after", "[]" },
	{ OPT_UNMET, "unmet", "\"stop\"" },
};

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

int plan_options_check(const struct arguments *args, bool cmdlet, char **error)
{
	int after = plan_options_check_after(args, cmdlet, error);

	if (after)
		return after;
	if (args->weight > PLAN_WEIGHT_MAX)
		*error = alloc_format(MSG_WEIGHT_TOO_GREAT, (long long)args->weight, PLAN_WEIGHT_MAX);
	else if (args->unique && !*args->unique)
		*error = alloc_format(MSG_OPTION_VALUE, args->unique, option_table[OPT_UNIQUE].name,
		                      MSG_MUST_NOT_BE_EMPTY);
	else if (args->unique && strlen(args->unique) > PLAN_UNIQUE_MAX)
		*error = alloc_format(MSG_TEXT_TOO_LONG, option_table[OPT_UNIQUE].name,
		                      (size_t)PLAN_UNIQUE_MAX);
	else if (args->unique && !utf8_valid(args->unique, strlen(args->unique)))
		*error = alloc_format(MSG_OPTION_VALUE, "?", option_table[OPT_UNIQUE].name, MSG_MUST_BE_UTF8);
	return *error ? EXIT_USAGE : 0;
}

static void plan_option_put_list(struct jsonw *w, const struct words *list)
{
	jsonw_array(w);
	for (size_t i = 0; i < list->count; i++)
		jsonw_string(w, list->items[i].text);
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
	for (size_t i = 0; i < sizeof(plan_options) / sizeof(*plan_options); i++) {
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
