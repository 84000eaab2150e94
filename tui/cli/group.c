/*
 * group add, set, remove, pause, resume, list.
 */
#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "engine/task/devices.h"
#include "engine/task/group.h"
#include "engine/task/messages.h"
#include "engine/task/task.h"
#include "tui/cli/commands.h"
#include "tui/cli/context.h"
#include "tui/cli/create.h"
#include "tui/cli/report.h"
#include "tui/cli/table.h"
#include "tui/fields/group_text.h"
#include "tui/text/alloc.h"
#include "tui/text/messages.h"
#include "tui/text/nearest.h"

static const struct group_method {
	const char *command, *method;
} group_methods[] = {
	{ "group add", "GroupAdd" },     { "group set", "GroupSet" },       { "group remove", "GroupRemove" },
	{ "group pause", "GroupPause" }, { "group resume", "GroupResume" },
};

static const char *group_method(const struct invocation *inv)
{
	const struct group_method *row = group_methods;

	while (strcmp(row->command, inv->command->name) != 0)
		row++;
	return row->method;
}

static bool group_has_devices(const char *text)
{
	return strcasecmp(text, "none") != 0;
}

static int group_check_devices(struct invocation *inv)
{
	const char *devices = inv->args.devices;
	char *list = NULL, *error = NULL, count[16];

	if (!group_has_devices(devices))
		return 0;
	if (devices_parse(devices, &list, &error) == 0 && arguments_given(&inv->args, OPT_SLOTS) &&
	    inv->args.slots != devices_count(list)) {
		snprintf(count, sizeof(count), "%u", devices_count(list));
		error = alloc_format(MSG_SLOTS_ARE_DEVICES, inv->args.operands.items[0].text, count);
	}
	free(list);
	if (!error)
		return 0;
	invocation_blame(inv, devices);
	report_error(inv, EXIT_USAGE, "%s", error);
	free(error);
	return EXIT_USAGE;
}

/* An empty one is none. */
static int group_check_on_empty(struct invocation *inv)
{
	const char *code = inv->args.on_empty;

	if (code && *code && code[strspn(code, " \t\r\n")] == '\0') {
		invocation_blame(inv, code);
		report_error(inv, EXIT_USAGE, MSG_TEXT_BLANK, "--on-empty");
		return EXIT_USAGE;
	}
	return 0;
}

static int group_check_executor(struct invocation *inv)
{
	const char *executor = inv->args.executor;

	if (!executor || strcasecmp(executor, "local") == 0 || strcasecmp(executor, "slurm") == 0)
		return 0;
	invocation_blame(inv, executor);
	report_error(inv, EXIT_USAGE, MSG_EXECUTOR_INVALID, executor);
	return EXIT_USAGE;
}

static int group_check_pilot(struct invocation *inv)
{
	const char *pilot = inv->args.pilot;
	unsigned pilots, slots;

	static_assert(GROUP_PILOTS_MAX == (int)GROUP_PILOT_SLOTS_MAX, "one limit is said of both");
	if (!pilot || group_read_pilot(pilot, &pilots, &slots))
		return 0;
	invocation_blame(inv, pilot);
	report_error(inv, EXIT_USAGE, MSG_PILOT_INVALID, pilot, GROUP_PILOTS_MAX);
	return EXIT_USAGE;
}

/* None can be added with the name "none", which means no group. */
static int group_check_name(struct invocation *inv, const struct word *name)
{
	bool adds = strcmp(inv->command->name, "group add") == 0;

	if (name->unknown || (adds ? group_name_valid(name->text) : task_id_valid(name->text)))
		return 0;
	invocation_blame(inv, name->text);
	report_error(inv, EXIT_USAGE, MSG_GROUP_INVALID, name->text);
	return EXIT_USAGE;
}

static int group_check_given(struct invocation *inv, const char *name)
{
	struct option_set set = inv->command->options;

	option_set_join(&set, &inv->command->later);
	OPTION_SET_EACH(id, &set) {
		if (arguments_given(&inv->args, id))
			return 0;
	}
	if (strcmp(inv->command->name, "group set") != 0)
		return 0;
	report_error(inv, EXIT_USAGE, MSG_GROUP_SET_NOTHING, name);
	return EXIT_USAGE;
}

int group_check(struct invocation *inv)
{
	const struct word *name = &inv->args.operands.items[0];

	if (group_check_name(inv, name) || group_check_given(inv, name->text))
		return EXIT_USAGE;
	if (inv->args.slots > GROUP_SLOTS_MAX) {
		report_error(inv, EXIT_USAGE, MSG_SLOTS_TOO_MANY, (long long)inv->args.slots,
		             GROUP_SLOTS_MAX);
		return EXIT_USAGE;
	}
	if (group_check_executor(inv) || group_check_pilot(inv) ||
	    (inv->args.devices && group_check_devices(inv)))
		return EXIT_USAGE;
	return group_check_on_empty(inv);
}

bool group_report_unknown(struct invocation *inv, const struct client_reply *reply)
{
	const char *group = json_string_value(json_object_get(reply->parameters, "group"));
	struct text list = TEXT_INIT;
	const json_t *name;
	struct nearest nearest;
	size_t i;

	if (!reply->error || strcmp(reply->error, "io.krtask.GroupNotFound") != 0 || !group)
		return false;
	nearest = nearest_to(group, strlen(group));
	json_array_foreach(json_object_get(reply->parameters, "groups"), i, name)
	{
		if (json_is_string(name))
			nearest_offer(&nearest, json_string_value(name));
	}
	nearest_list(&nearest, NEAREST_MAX, "", &list);
	report_error(inv, EXIT_FALSE, MSG_GROUP_UNKNOWN, group, list.length ? list.data : "");
	text_release(&list);
	return true;
}

static void group_put_executor(struct jsonw *w, const struct arguments *args)
{
	if (args->executor) {
		jsonw_key(w, "executor");
		jsonw_string(w, args->executor);
	}
	if (arguments_given(args, OPT_SBATCH))
		create_put_text(w, "sbatch", args->sbatch ? args->sbatch : "");
	if (args->directory)
		create_put_text(w, "directory", args->directory);
	if (arguments_given(args, OPT_PILOT))
		create_put_text(w, "pilot", args->pilot ? args->pilot : "");
}

static void group_put(struct invocation *inv)
{
	struct jsonw *w = &inv->request;

	jsonw_clear(w);
	jsonw_object(w);
	jsonw_key(w, "name");
	jsonw_string(w, inv->args.operands.items[0].text);
	if (arguments_given(&inv->args, OPT_SLOTS)) {
		jsonw_key(w, "slots");
		jsonw_int(w, inv->args.slots);
	}
	if (arguments_given(&inv->args, OPT_PRIORITY)) {
		jsonw_key(w, "priority");
		jsonw_int(w, inv->args.priority);
	}
	if (arguments_given(&inv->args, OPT_PAUSE_ON_FAIL)) {
		jsonw_key(w, "pauseOnFail");
		jsonw_bool(w, inv->args.pause_on_fail);
	}
	if (inv->args.devices) {
		jsonw_key(w, "devices");
		jsonw_string(w, group_has_devices(inv->args.devices) ? inv->args.devices : "");
	}
	if (arguments_given(&inv->args, OPT_NICE)) {
		jsonw_key(w, "nice");
		jsonw_int(w, inv->args.nice);
	}
	group_put_executor(w, &inv->args);
	if (arguments_given(&inv->args, OPT_ON_EMPTY))
		create_put_text(w, "onEmpty", inv->args.on_empty ? inv->args.on_empty : "");
	if (inv->args.running) {
		jsonw_key(w, "running");
		jsonw_bool(w, true);
	}
	jsonw_end_object(w);
}

void group_run(struct invocation *inv)
{
	struct client_reply reply = { 0 };

	if (!invocation_connect(inv))
		return;
	group_put(inv);
	if (!invocation_ask(inv, group_method(inv), &inv->request, false, &reply))
		return;
	if (reply.error && !group_report_unknown(inv, &reply))
		report_reply_error(inv, &reply);
	else if (!reply.error && report_is_json(inv))
		report_bool(inv, inv->args.operands.items[0].text, 1);
	client_reply_release(&reply);
}

static void group_as_json(struct invocation *inv, const json_t *group)
{
	char *text = json_dumps(group, JSON_COMPACT);
	struct jsonw *w = report_json(inv);

	if (text)
		jsonw_raw(w, text, strlen(text));
	free(text);
	report_json_end(inv);
}

/* Cut to the width of the terminal, as in a list of tasks. */
static void group_line(struct invocation *inv, const char *text)
{
	char *shown = table_line(text);

	report_line(inv, shown);
	free(shown);
}

/* The columns of the names. */
static int group_name_width(const json_t *groups)
{
	const json_t *group;
	size_t i, width = 16;

	json_array_foreach(groups, i, group)
	{
		size_t length = json_string_length(json_object_get(group, "name"));
		width = length > width ? length : width;
	}
	return (int)width;
}

static void group_as_text(struct invocation *inv, const json_t *group, int width)
{
	const json_t *slots = json_object_get(group, "slots");
	char limit[24] = "-", *line, *devices = group_text_devices(group),
	     *settings = group_text_settings(group);

	if (json_is_integer(slots))
		snprintf(limit, sizeof(limit), "%" PRId64, (int64_t)json_integer_value(slots));
#define NUMBER(key) (int64_t) json_integer_value(json_object_get(group, key))
	line = alloc_format(
		"%-*s %7s %7" PRId64 " %7" PRId64 " %7" PRId64 " %7" PRId64 " %8" PRId64 " %-6s %s%s", width,
		json_string_value(json_object_get(group, "name")), limit, NUMBER("used"), NUMBER("running"),
		NUMBER("pausedTasks"), NUMBER("queued"), NUMBER("priority"),
		json_is_true(json_object_get(group, "paused")) ? "Paused" : "-", devices, settings);
#undef NUMBER
	group_line(inv, line);
	free(settings);
	free(devices);
	free(line);
}

void group_list_run(struct invocation *inv)
{
	struct client_reply reply = { 0 };
	const json_t *group, *groups;
	size_t i;
	int width;

	if (!invocation_connect(inv) || !invocation_call(inv, "GroupList", NULL, true, &reply))
		return;
	groups = json_object_get(reply.parameters, "groups");
	width = group_name_width(groups);
	if (!report_is_json(inv) && !inv->args.no_headers && !inv->args.quiet) {
		char *heading =
			alloc_format("%-*s   SLOTS    USED RUNNING  PAUSED  QUEUED PRIORITY STATE  DEVICES",
		                     width, "GROUP");

		group_line(inv, heading);
		free(heading);
	}
	json_array_foreach(groups, i, group)
	{
		if (report_is_json(inv))
			group_as_json(inv, group);
		else if (inv->args.quiet)
			report_line(inv, json_string_value(json_object_get(group, "name")));
		else
			group_as_text(inv, group, width);
	}
	client_reply_release(&reply);
}
