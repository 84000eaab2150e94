#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utlist.h>

#include "engine/service/executors.h"
#include "engine/service/service.h"
#include "engine/task/devices.h"
#include "engine/task/messages.h"

/* Methods on groups. */

/* NotFound of groups, with the names that there are. */
void fail_group(struct service *service, struct wire_call *call, const char *name)
{
	const struct task_group *group;
	struct jsonw w = JSONW_INIT;
	jsonw_object(&w);
	jsonw_key(&w, "group");
	jsonw_string(&w, name);
	jsonw_key(&w, "groups");
	jsonw_array(&w);
	DL_FOREACH(engine_groups(service->engine), group)
	{
		if (group->name)
			jsonw_string(&w, group->name);
	}
	jsonw_end_array(&w);
	jsonw_end_object(&w);
	wire_error(call, "GroupNotFound", &w);
	jsonw_release(&w);
}

/* reason: NULL: the error says all. */
static void groups_fail_reason(struct wire_call *call, const char *error, const char *name,
                               const char *reason)
{
	struct jsonw w = JSONW_INIT;
	jsonw_object(&w);
	jsonw_key(&w, "group");
	jsonw_string(&w, name);
	if (reason) {
		jsonw_key(&w, "reason");
		jsonw_string(&w, reason);
	}
	jsonw_end_object(&w);
	wire_error(call, error, &w);
	jsonw_release(&w);
}

static void groups_fail(struct wire_call *call, const char *error, const char *name)
{
	groups_fail_reason(call, error, name, NULL);
}

/* By the parameter "name"; NULL: it has replied. */
static struct task_group *groups_find_or_fail(struct service *service, struct wire_call *call,
                                              const json_t *parameters)
{
	static const char *const needs[] = { "name", NULL };
	struct args args = { .parameters = parameters };
	const char *name = args_string(&args, "name");
	if (args_failed(&args, call, needs))
		return NULL;
	struct task_group *group = engine_group_find(service->engine, name);
	if (!group)
		fail_group(service, call, name);
	return group;
}

/* An empty one is none.  It is borrowed. */
static void groups_read_on_empty(struct args *args, struct group_settings *settings)
{
	const char *code = args_string(args, "onEmpty");
	if (!code)
		return;
	if (strlen(code) > PLAN_HOOK_MAX || (*code && code[strspn(code, " \t\r\n")] == '\0'))
		args_fail(args, "onEmpty");
	settings->on_empty = *code ? (char *)code : NULL;
}

/* Replies with an error, and returns false. */
static bool groups_fail_slots(struct wire_call *call, const char *name, unsigned devices)
{
	struct jsonw w = JSONW_INIT;
	jsonw_object(&w);
	jsonw_key(&w, "group");
	jsonw_string(&w, name);
	jsonw_key(&w, "devices");
	jsonw_uint(&w, devices);
	jsonw_end_object(&w);
	wire_error(call, "SlotsAreDevices", &w);
	jsonw_release(&w);
	return false;
}

/*
 * Reads the devices into *list, which the caller must free, whatever is returned.  A group has as many slots.
 * False: it has replied.
 */
static bool groups_read_devices(struct args *args, struct wire_call *call, const char *name,
                                struct group_settings *settings, char **list)
{
	const char *text = args_string(args, "devices");
	char *reason = NULL;
	if (text) {
		int error = *text ? devices_parse(text, list, &reason) : 0;
		if (error == -EINVAL)
			fail_reason(call, "InvalidDevices", reason ? reason : MSG_OUT_OF_MEMORY);
		free(reason);
		if (error == -EINVAL)
			return false;
		args->no_memory |= error == -ENOMEM;
		settings->devices = *list;
	}
	unsigned count = devices_count(settings->devices);
	if (count > 0 && args_has(args, "slots") && settings->slots != count)
		return groups_fail_slots(call, name, count);
	if (count > 0)
		settings->slots = count;
	return true;
}

static void groups_read_niceness(struct args *args, struct group_settings *settings)
{
	if (!args_has(args, "nice"))
		return;
	settings->niceness = (int)args_within(args, "nice", NICENESS_MIN, NICENESS_NONE);
	settings->has_niceness = settings->niceness != NICENESS_NONE;
}

/* False: it has replied.  What is not given stays.  The caller must free *list, whatever is returned. */
static bool groups_read(struct wire_call *call, const json_t *parameters, const char *name,
                        struct group_settings *settings, char **list)
{
	struct args args = { .parameters = parameters };
	int64_t priority = args_int(&args, "priority", settings->priority);
	settings->slots = (unsigned)args_count(&args, "slots", GROUP_SLOTS_MAX, settings->slots);
	if (priority < INT32_MIN || priority > INT32_MAX)
		args_fail(&args, "priority");
	settings->priority = (int32_t)priority;
	if (json_object_get(parameters, "pauseOnFail"))
		settings->pause_on_fail = args_bool(&args, "pauseOnFail");
	groups_read_on_empty(&args, settings);
	groups_read_niceness(&args, settings);
	executors_read(&args, settings);
	return groups_read_devices(&args, call, name, settings, list) && !args_failed(&args, call, NULL);
}

static void groups_reply(struct service *service, struct wire_call *call, int error, const char *name)
{
	if (error == -EEXIST)
		groups_fail(call, "GroupInUse", name);
	else if (error == -EBUSY)
		groups_fail(call, "DevicesBusy", name);
	else if (error)
		fail_memory(call);
	else
		wire_reply_tagged(call, NULL, false, engine_asked(service->engine));
}

/* A group was added, and its tasks join it.  It is the call's. */
struct group_call {
	struct service *service;
	struct wire_call *call;
};

/* If the group was not added, StoreFailed takes the place of this reply: its change is not committed. */
static void groups_joined(void *ctx)
{
	struct wire_call *call = ((struct group_call *)ctx)->call;
	free(ctx);
	wire_reply(call, NULL, false);
}

static void groups_asker_gone(void *ctx)
{
	engine_disown_group(((struct group_call *)ctx)->service->engine, ctx);
	free(ctx);
}

static void groups_reply_added(struct service *service, struct wire_call *call, int error, const char *name)
{
	struct group_call *its = error ? NULL : malloc(sizeof(*its));
	const struct group_asker asker = { .ctx = its, .joined = groups_joined };
	if (!its || !engine_group_await(engine_group_find(service->engine, name), &asker)) {
		free(its);
		groups_reply(service, call, error, name);
		return;
	}
	*its = (struct group_call){ service, call };
	wire_call_on_close(call, groups_asker_gone, its);
}

/* With these devices a task of the group could never start.  False: it has replied. */
static bool groups_check_weights(const struct service *service, struct wire_call *call, const char *name,
                                 const struct group_settings *settings)
{
	unsigned devices = devices_count(settings->devices);
	const struct task *task = devices > 0 ? engine_group_too_heavy(service->engine, name, devices) : NULL;
	char *reason = NULL;
	if (!task)
		return true;
	if (asprintf(&reason, MSG_WAITS_OVER_DEVICES, task_id(task), task_plan(task)->weight, devices, name) <
	    0)
		reason = NULL;
	fail_reason(call, "InvalidDevices", reason ? reason : MSG_OUT_OF_MEMORY);
	free(reason);
	return false;
}

void service_group_add(void *ctx, struct wire_call *call, const json_t *parameters)
{
	static const char *const needs[] = { "name", NULL };
	struct service *service = ctx;
	struct args args = { .parameters = parameters };
	struct group_settings settings = { .slots = 0 };
	const char *name = args_string(&args, "name");
	char *list = NULL;
	if (args_failed(&args, call, needs))
		return;
	if (!group_name_valid(name))
		groups_fail(call, "InvalidGroup", name);
	else if (groups_read(call, parameters, name, &settings, &list) &&
	         executors_check(service, call, &settings) &&
	         (engine_group_find(service->engine, name) ||
	          groups_check_weights(service, call, name, &settings)))
		groups_reply_added(service, call, engine_group_add(service->engine, name, &settings), name);
	free(list);
}

/* Replies with an error if a value is wrong, whether or not there is the group. */
static bool groups_check(struct wire_call *call, const json_t *parameters)
{
	struct args args = { .parameters = parameters };
	struct group_settings settings = { .slots = 0 };
	const char *name = args_string(&args, "name");
	char *list = NULL;
	bool sound = groups_read(call, parameters, name ? name : "", &settings, &list);
	free(list);
	return sound;
}

void service_group_set(void *ctx, struct wire_call *call, const json_t *parameters)
{
	struct task_group *group = NULL;
	struct group_settings settings;
	char *list = NULL;
	if (groups_check(call, parameters))
		group = groups_find_or_fail(ctx, call, parameters);
	if (!group)
		return;
	settings = group->settings;
	if (groups_read(call, parameters, group->name, &settings, &list) &&
	    executors_check_move(ctx, call, group, &settings) &&
	    (!list || groups_check_weights(ctx, call, group->name, &settings)))
		groups_reply(ctx, call, engine_group_set(((struct service *)ctx)->engine, group, &settings),
		             group->name);
	free(list);
}

void service_group_remove(void *ctx, struct wire_call *call, const json_t *parameters)
{
	struct service *service = ctx;
	struct task_group *group = groups_find_or_fail(service, call, parameters);
	if (!group)
		return;
	int error = engine_group_remove(service->engine, group);
	if (error == -EBUSY)
		groups_fail_reason(call, "GroupBusy", group->name,
		                   group_is_meant(NULL, group->name) ? MSG_GROUP_STAYS : NULL);
	else
		groups_reply(service, call, error, NULL);
}

static void groups_mark(struct service *service, struct wire_call *call, const json_t *parameters,
                        bool paused)
{
	struct args args = { .parameters = parameters };
	struct group_settings settings;
	bool running = args_bool(&args, "running");
	if (args_failed(&args, call, NULL))
		return;
	struct task_group *group = groups_find_or_fail(service, call, parameters);
	if (!group)
		return;
	if (running) {
		pauses_sweep(service, call, group, paused);
		return;
	}
	settings = group->settings;
	settings.paused = paused;
	groups_reply(service, call, engine_group_set(service->engine, group, &settings), group->name);
}

void service_group_pause(void *ctx, struct wire_call *call, const json_t *parameters)
{
	groups_mark(ctx, call, parameters, true);
}

void service_group_resume(void *ctx, struct wire_call *call, const json_t *parameters)
{
	groups_mark(ctx, call, parameters, false);
}

/* {"VARIABLE":[{"name","task"}]}; null: it has none. */
static void groups_write_devices(struct jsonw *w, const struct task_group *group)
{
	const char *list = group->settings.devices, *name;
	char *variable = list ? strndup(list, devices_variable(list)) : NULL;
	size_t length;
	if (!variable) {
		w->failed |= list != NULL;
		jsonw_null(w);
		return;
	}
	jsonw_object(w);
	jsonw_key(w, variable);
	free(variable);
	jsonw_array(w);
	for (unsigned place = 0; (name = devices_name(list, place, &length)); place++) {
		const struct task *task = group->devices[place].task;
		jsonw_object(w);
		jsonw_key(w, "name");
		jsonw_string_n(w, name, length);
		jsonw_key(w, "task");
		jsonw_string(w, task ? task_id(task) : NULL);
		jsonw_end_object(w);
	}
	jsonw_end_array(w);
	jsonw_end_object(w);
}

static void groups_write(struct jsonw *w, const struct task_group *group)
{
	jsonw_object(w);
	jsonw_key(w, "name");
	jsonw_string(w, group->name);
	jsonw_key(w, "slots");
	if (group->settings.slots)
		jsonw_uint(w, group->settings.slots);
	else
		jsonw_null(w);
	jsonw_key(w, "used");
	jsonw_uint(w, group->used);
	jsonw_key(w, "running");
	jsonw_uint(w, group->running);
	jsonw_key(w, "queued");
	jsonw_uint(w, ranking_count(&group->ranking));
	jsonw_key(w, "paused");
	jsonw_bool(w, group->settings.paused);
	jsonw_key(w, "priority");
	jsonw_int(w, group->settings.priority);
	jsonw_key(w, "devices");
	groups_write_devices(w, group);
	jsonw_key(w, "executor");
	jsonw_string(w, group->settings.executor == GROUP_SLURM ? "slurm" : "local");
	jsonw_key(w, "onFail");
	jsonw_string(w, group->settings.pause_on_fail ? "pause" : NULL);
	jsonw_key(w, "onEmpty");
	jsonw_string(w, group->settings.on_empty);
	jsonw_key(w, "nice");
	if (group->settings.has_niceness)
		jsonw_int(w, group->settings.niceness);
	else
		jsonw_null(w);
	jsonw_key(w, "pausedTasks");
	jsonw_uint(w, group->paused);
	jsonw_key(w, "sbatch");
	jsonw_string(w, group->settings.sbatch);
	jsonw_key(w, "directory");
	jsonw_string(w, group->settings.directory);
	jsonw_key(w, "pilot");
	executors_write_pilot(w, &group->settings);
	jsonw_end_object(w);
}

static uint64_t groups_mix(uint64_t hash, uint64_t value)
{
	return (hash ^ value) * 0x100000001b3U;
}

static uint64_t groups_mix_text(uint64_t hash, const char *text)
{
	for (; text && *text; text++)
		hash = groups_mix(hash, (unsigned char)*text);
	return groups_mix(hash, 0);
}

uint64_t groups_hash(const struct service *service)
{
	uint64_t hash = engine_paused(service->engine);
	const struct task_group *group;
	DL_FOREACH(engine_groups(service->engine), group)
	{
		const struct group_settings *settings = &group->settings;
		unsigned devices = devices_count(settings->devices);
		const uint64_t values[] = { group->number,
			                    settings->slots,
			                    (uint32_t)settings->priority,
			                    settings->paused,
			                    settings->pause_on_fail,
			                    settings->has_niceness,
			                    (uint32_t)settings->niceness,
			                    group->used,
			                    group->running,
			                    group->paused,
			                    settings->pilots,
			                    settings->pilot_slots,
			                    ranking_count(&group->ranking) };
		for (size_t i = 0; i < sizeof(values) / sizeof(*values); i++)
			hash = groups_mix(hash, values[i]);
		for (unsigned place = 0; place < devices; place++) {
			const struct task *task = group->devices[place].task;
			hash = groups_mix(hash, task ? task->number : 0);
		}
		hash = groups_mix_text(groups_mix_text(hash, settings->devices), settings->on_empty);
		hash = groups_mix_text(groups_mix_text(hash, settings->sbatch), settings->directory);
	}
	return hash;
}

void service_group_list(void *ctx, struct wire_call *call, const json_t *parameters)
{
	(void)parameters;
	struct service *service = ctx;
	const struct task_group *group;
	struct jsonw w = JSONW_INIT;
	engine_look(service->engine);
	jsonw_object(&w);
	jsonw_key(&w, "groups");
	jsonw_array(&w);
	DL_FOREACH(engine_groups(service->engine), group)
	{
		if (group->name)
			groups_write(&w, group);
	}
	jsonw_end_array(&w);
	jsonw_end_object(&w);
	wire_reply(call, &w, false);
	jsonw_release(&w);
}
