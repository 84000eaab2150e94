/* What the next server reads. */
#include <stdlib.h>
#include <string.h>

#include "tests/simulate/disk.h"
#include "tests/simulate/grouped.h"
#include "tests/simulate/report.h"

static int disk_load_task(struct recovery *recovery, const struct disk_row *row, uint64_t number)
{
	char hash[ENVIRONMENT_HASH_SIZE];
	struct store_task task = {
		.number = number,
		.created_at = row->created_at,
		.spec = { .id = (char *)row->id,
		          .name = *row->name ? (char *)row->name : NULL,
		          .cwd = (char *)"/",
		          .command = { .block = (char *)row->command, .length = strlen(row->command) + 1 },
		          .parent = row->parent,
		          .group = (char *)grouped_label(row->group),
		          .has_nonce = row->has_nonce || row->copied },
		.status = { .state = (enum task_state)row->state,
		            .started_at = row->started_at,
		            .ended_at = row->ended_at,
		            .exit_code = (int16_t)row->exit_code,
		            .term_signal = (uint8_t)row->term_signal,
		            .percent = (uint8_t)row->percent,
		            .percent_known = row->percent_known,
		            .start_order = row->start_order,
		            .message = *row->message ? (char *)row->message : NULL },
		.process = row->process,
	};
	struct task_usage usage = { .cpu_ms = row->cpu_ms, .max_rss = row->max_rss };
	task_status_set_usage(&task.status, usage);
	struct task_plan plan = row->plan;
	struct plan_after after[DISK_AFTER];
	char rule[] = DISK_RULE;
	memcpy(after, row->after, sizeof(after));
	plan.after = plan.after_count > 0 ? after : NULL;
	struct plan_hooks hooks = disk_hooks;
	hooks.target = row->target;
	if (!row->hooked)
		hooks.on_end = hooks.on_fail = hooks.on_ok = NULL;
	plan.hooks = row->hooked || row->target ? &hooks : NULL;
	plan.retry_rule = row->has_rule ? rule : NULL;
	plan.unique = *row->key ? (char *)row->key : NULL;
	task.spec.plan = row->planned ? &plan : NULL;
	memcpy(task.spec.nonce, row->nonce, TASK_NONCE_SIZE);
	memcpy(task.boot_id, row->boot_id, sizeof(task.boot_id));
	if (row->environment >= 0) {
		hash_from_bytes(disk_durable.environments[row->environment].hash, hash);
		task.spec.environment = hash;
	}
	return recovery_reader.task(recovery, &task);
}

static int disk_load_attempts(struct recovery *recovery, const struct disk_row *row, uint64_t number)
{
	int error = 0;
	for (uint32_t i = 0; i < row->plan.marks.attempt && !error; i++) {
		struct plan_attempt attempt = row->attempts[i];
		attempt.message = (char *)row->words[i];
		attempt.left.block = attempt.left.length > 0 ? (char *)row->left[i] : NULL;
		error = recovery_reader.attempt(recovery, number, &attempt);
	}
	return error;
}

static int disk_load_environments(struct recovery *recovery)
{
	int error = 0;
	for (int i = 0; i < DISK_ENVIRONMENTS && !error; i++) {
		const struct disk_environment *environment = &disk_durable.environments[i];
		char hash[ENVIRONMENT_HASH_SIZE];
		hash_from_bytes(environment->hash, hash);
		if (environment->exists)
			error = recovery_reader.environment(recovery, hash, environment->block,
			                                    environment->length);
	}
	return error;
}

struct group_settings disk_group_settings(const struct disk_group *group)
{
	static char hook[] = DISK_ON_EMPTY;
	struct group_settings settings = group->settings;
	settings.devices = *group->devices ? (char *)group->devices : NULL;
	settings.on_empty = group->has_hook ? hook : NULL;
	return settings;
}

static int disk_load_groups(struct recovery *recovery)
{
	int error = 0;
	for (int i = 0; i < DISK_GROUPS && !error; i++) {
		const struct disk_group *group = &disk_durable.groups[i];
		const struct group_settings settings = disk_group_settings(group);
		if (group->exists)
			error = recovery_reader.group(recovery, i ? grouped_label(i) : GROUP_DEFAULT,
			                              &settings);
	}
	return error;
}

int disk_load(struct recovery *recovery)
{
	int error = disk_durable.has_slots ? recovery_reader.slots(recovery, disk_durable.slots) : 0;
	if (!error)
		error = recovery_reader.paused(recovery, disk_durable.paused);
	if (!error && disk_durable.hook_limit)
		error = recovery_reader.hook_limit(recovery, disk_durable.hook_limit);
	if (!error)
		error = recovery_reader.cancelling(recovery, disk_durable.cancelling);
	if (!error)
		error = recovery_reader.sweep(recovery, disk_durable.sweep);
	for (unsigned i = 0; i < disk_durable.adoption_count && !error; i++) {
		const struct disk_adoption *its = &disk_durable.adoptions[i];
		error = recovery_reader.adoption(recovery, its->source, its->made, its->start, its->at);
	}
	if (!error)
		error = disk_load_groups(recovery);
	if (!error)
		error = disk_load_environments(recovery);
	for (uint64_t number = 1; number <= DISK_TASKS && !error; number++) {
		if (disk_durable.rows[number].exists)
			error = disk_load_task(recovery, &disk_durable.rows[number], number);
	}
	for (uint64_t number = 1; number <= DISK_TASKS && !error; number++) {
		if (disk_durable.rows[number].exists)
			error = disk_load_attempts(recovery, &disk_durable.rows[number], number);
	}
	for (uint32_t user = 0; user < DISK_USERS && !error; user++) {
		if (disk_durable.seen[user])
			error = recovery_reader.seen(recovery, user, disk_durable.seen[user]);
	}
	if (!error)
		error = recovery_reader.keep(recovery, &disk_durable.keep);
	for (uint64_t id = 0; id < DISK_NUMBERS && !error; id++) {
		if (disk_durable.reserved[id])
			error = recovery_reader.reserved(recovery, id);
	}
	return error ? error
	             : recovery_reader.counters(recovery, disk_durable.last_number, disk_durable.next_id);
}
