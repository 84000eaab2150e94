/* What a write of the store does to an image. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/store/op.h"
#include "tests/simulate/adoptions.h"
#include "tests/simulate/cancels.h"
#include "tests/simulate/causes.h"
#include "tests/simulate/disk.h"
#include "tests/simulate/grouped.h"
#include "tests/simulate/hooked.h"
#include "tests/simulate/oracle.h"
#include "tests/simulate/plans.h"
#include "tests/simulate/removals.h"
#include "tests/simulate/report.h"
#include "tests/simulate/sweeps.h"
#include "tests/simulate/wishes.h"

static void disk_text(char *to, size_t size, const struct op_value *value)
{
	must(value->length < size, "a text of %zu bytes", value->length);
	memcpy(to, value->bytes ? value->bytes : "", value->length);
	to[value->length] = '\0';
}

static int disk_environment_of(const struct disk_image *image, const struct op_value *hash)
{
	if (!hash->bytes)
		return -1;
	for (int i = 0; i < DISK_ENVIRONMENTS; i++) {
		if (image->environments[i].exists &&
		    memcmp(image->environments[i].hash, hash->bytes, SHA256_SIZE) == 0)
			return i;
	}
	must(false, "an environment that is not in the store");
}

static void disk_write_create(struct disk_image *image, struct disk_row *row, const struct op_value *values)
{
	must(!row->exists, "task %lld is there already", (long long)values[0].integer);
	*row = (struct disk_row){
		.exists = true,
		.parent = (uint64_t)values[5].integer,
		.created_at = values[6].integer,
		.environment = disk_environment_of(image, &values[10]),
		.state = TASK_CREATED,
		.exit_code = -1,
		.process = TASK_PROCESS_INIT,
		.plan = plan_default,
	};
	disk_text(row->id, sizeof(row->id), &values[1]);
	disk_text(row->name, sizeof(row->name), &values[2]);
	row->group = grouped_of(values[4].bytes, values[4].length);
	disk_text(row->command, sizeof(row->command), &values[8]);
	if (!values[13].bytes)
		return;
	memcpy(row->nonce, values[13].bytes, TASK_NONCE_SIZE);
	row->has_nonce = wish_of_nonce(row->nonce) >= 0;
	row->copied = !row->has_nonce;
}

static void disk_write_status(struct disk_row *row, const struct op_value *values)
{
	row->state = (int)values[1].integer;
	row->started_at = values[2].integer;
	row->ended_at = values[3].integer;
	row->exit_code = (int)values[4].integer;
	row->term_signal = (int)values[5].integer;
	row->process = (struct task_process){
		.pid = (pid_t)values[6].integer,
		.pid_start = (uint64_t)values[7].integer,
		.entry = (int)values[8].integer,
		.stop_signal = (int)values[10].integer,
		.kill_at = values[11].integer,
	};
	disk_text(row->boot_id, sizeof(row->boot_id), &values[9]);
	row->percent = (int)values[12].integer;
	row->percent_known = values[13].integer;
	disk_text(row->message, sizeof(row->message), &values[14]);
	row->start_order = (uint64_t)values[15].integer;
	row->cpu_ms = values[16].integer;
	row->max_rss = values[17].integer;
}

static void disk_write_plan(struct disk_row *row, const struct op_value *values)
{
	row->planned = true;
	row->has_rule = values[10].bytes != NULL;
	disk_text(row->key, sizeof(row->key), &values[21]);
	row->plan = (struct task_plan){
		.priority = (int32_t)values[1].integer,
		.weight = (uint32_t)values[2].integer,
		.begin_at = values[3].integer,
		.expire_at = values[4].integer,
		.time_limit = values[5].integer,
		.kill_after = values[6].integer,
		.retries = (uint32_t)values[7].integer,
		.retry_delay = values[8].integer,
		.retry_max = values[9].integer,
		.retry_lost = values[11].integer != 0,
		.unmet_hold = values[12].integer != 0,
		.after_count = row->plan.after_count,
		.marks = { .held = values[13].integer != 0,
		           .attempt = (uint32_t)values[14].integer,
		           .not_before = values[15].integer,
		           .ran = values[16].integer,
		           .resumed_at = values[17].integer },
		.schedule = { .has_niceness = values[18].type == OP_VALUE_INTEGER,
		              .niceness = (short)values[18].integer },
	};
}

/* Replaces the one of that task, if there is one. */
static void disk_write_dependency(struct disk_row *row, const struct op_value *values)
{
	size_t at = 0;
	while (at < row->plan.after_count && row->after[at].number != (uint64_t)values[1].integer)
		at++;
	must(at < DISK_AFTER, "task %s waits for too many", row->id);
	row->plan.after_count += at == row->plan.after_count;
	row->after[at] = (struct plan_after){ .number = (uint64_t)values[1].integer,
		                              .condition = (enum plan_condition)values[2].integer,
		                              .unmet = values[3].integer != 0 };
}

static void disk_forget_dependency(struct disk_row *row, const struct op_value *values)
{
	size_t at = 0;
	while (at < row->plan.after_count && row->after[at].number != (uint64_t)values[1].integer)
		at++;
	must(at < row->plan.after_count, "task %s does not wait for task %lld", row->id,
	     (long long)values[1].integer);
	row->plan.after_count--;
	memmove(&row->after[at], &row->after[at + 1], (row->plan.after_count - at) * sizeof(row->after[0]));
}

static void disk_write_hooks(struct disk_row *row, const struct op_value *values)
{
	row->hooked = values[1].bytes != NULL;
	row->target = (uint64_t)values[5].integer;
}

static void disk_write_attempt(struct disk_row *row, const struct op_value *values)
{
	uint32_t ordinal = (uint32_t)values[1].integer;
	const struct plan_attempt attempt = {
		.ordinal = ordinal,
		.started_at = values[2].integer,
		.ended_at = values[3].integer,
		.exit_code = (int16_t)values[4].integer,
		.term_signal = (uint8_t)values[5].integer,
		.left = { .length = values[7].length },
	};
	must(ordinal > 0 && ordinal <= DISK_RETRIES, "attempt %u of task %s", ordinal, row->id);
	row->attempts[ordinal - 1] = attempt;
	disk_text(row->words[ordinal - 1], sizeof(row->words[0]), &values[6]);
	disk_text(row->left[ordinal - 1], sizeof(row->left[0]), &values[7]);
}

static void disk_write_environment(struct disk_image *image, const struct op_value *values)
{
	struct disk_environment *unused = NULL;
	for (int i = 0; i < DISK_ENVIRONMENTS; i++) {
		struct disk_environment *environment = &image->environments[i];
		if (environment->exists && memcmp(environment->hash, values[0].bytes, SHA256_SIZE) == 0)
			return;
		if (!environment->exists && !unused)
			unused = environment;
	}
	must(unused && values[1].length <= sizeof(unused->block), "too many environments");
	unused->exists = true;
	memcpy(unused->hash, values[0].bytes, SHA256_SIZE);
	memcpy(unused->block, values[1].bytes, values[1].length);
	unused->length = values[1].length;
}

static void disk_forget_environment(struct disk_image *image, const struct op_value *values)
{
	for (int i = 0; i < DISK_ENVIRONMENTS; i++) {
		struct disk_environment *environment = &image->environments[i];
		if (environment->exists && memcmp(environment->hash, values[0].bytes, SHA256_SIZE) == 0)
			environment->exists = false;
	}
}

static void disk_write_group(struct disk_image *image, const struct op_value *values)
{
	int number = grouped_of(values[0].bytes, values[0].length);
	struct disk_group *group = &image->groups[number];
	if (image == &disk_durable)
		sweeps_mark(number, (enum group_sweep)(values[3].integer / 2));
	*group = (struct disk_group){ .exists = true,
		                      .settings = { .slots = (unsigned)values[1].integer,
		                                    .priority = (int32_t)values[2].integer,
		                                    .paused = values[3].integer & 1,
		                                    .sweep = (enum group_sweep)(values[3].integer / 2),
		                                    .pause_on_fail = values[4].integer != 0,
		                                    .has_niceness = values[5].type == OP_VALUE_INTEGER,
		                                    .niceness = (int)values[5].integer },
		                      .has_hook = values[7].bytes != NULL };
	disk_text(group->devices, sizeof(group->devices), &values[6]);
}

static void disk_forget_group(struct disk_image *image, const struct op_value *values)
{
	struct disk_group *group = &image->groups[grouped_of(values[0].bytes, values[0].length)];
	must(group->exists, "group %d is removed, and is not there", (int)(group - image->groups));
	group->exists = false;
	if (image == &disk_ahead)
		sweeps_gone((int)(group - image->groups));
}

static void disk_write_adoption(struct disk_image *image, const struct op_value *values)
{
	must(image->adoption_count < DISK_ADOPTIONS, "too many adoptions");
	image->adoptions[image->adoption_count++] =
		(struct disk_adoption){ .source = (uint64_t)values[1].integer / 2,
		                        .made = (uint64_t)values[0].integer,
		                        .start = values[1].integer & 1 };
}

static struct disk_adoption *disk_find_adoption(struct disk_image *image, uint64_t made)
{
	unsigned at = 0;
	while (at < image->adoption_count && image->adoptions[at].made != made)
		at++;
	must(at < image->adoption_count, "task %llu takes over nothing", (unsigned long long)made);
	return &image->adoptions[at];
}

static void disk_write_adopted(struct disk_image *image, const struct op_value *values)
{
	struct disk_adoption *its = disk_find_adoption(image, (uint64_t)values[0].integer);
	must((uint64_t)values[1].integer >= its->at, "what task %llu takes over is gone through again",
	     (unsigned long long)its->made);
	its->at = (uint64_t)values[1].integer;
}

static void disk_forget_adoption(struct disk_image *image, const struct op_value *values)
{
	uint64_t made = (uint64_t)values[0].integer;
	if (image == &disk_durable)
		adoptions_forgotten(made);
	struct disk_adoption *its = disk_find_adoption(image, made);
	const struct disk_adoption *end = &image->adoptions[image->adoption_count--];
	memmove(its, its + 1, (size_t)(end - its - 1) * sizeof(*its));
}

static void disk_change_row(struct disk_row *row, const struct op *op)
{
	switch (op->kind) {
	case OP_STATUS:
		disk_write_status(row, op->values);
		break;
	case OP_PLAN:
		disk_write_plan(row, op->values);
		break;
	case OP_HOOKS:
		disk_write_hooks(row, op->values);
		break;
	case OP_DEPENDENCY:
		disk_write_dependency(row, op->values);
		break;
	case OP_FORGET_DEPENDENCY:
		disk_forget_dependency(row, op->values);
		break;
	case OP_FORGET_DEPENDENCIES:
		row->plan.after_count = 0;
		break;
	case OP_ATTEMPT:
		disk_write_attempt(row, op->values);
		break;
	case OP_FORGET_ATTEMPT:
		row->attempts[op->values[1].integer - 1] = (struct plan_attempt){ 0 };
		break;
	case OP_SPEC:
		disk_text(row->command, sizeof(row->command), &op->values[5]);
		row->group = grouped_of(op->values[3].bytes, op->values[3].length);
		disk_text(row->name, sizeof(row->name), &op->values[1]);
		break;
	case OP_TEXT:
		disk_text(row->name, sizeof(row->name), &op->values[1]);
		break;
	default:
		row->exists = false;
		break;
	}
}

static void disk_write_row(struct disk_image *image, const struct op *op)
{
	uint64_t number = (uint64_t)op->values[0].integer;
	must(number > 0 && number <= DISK_TASKS, "task %llu", (unsigned long long)number);
	struct disk_row *row = &image->rows[number], before = *row;
	must(op->kind == OP_CREATE || before.exists, "task %llu is written, and is not there",
	     (unsigned long long)number);
	if (image == &disk_ahead && op->kind == OP_REMOVE)
		removals_check_put(number);
	if (image == &disk_durable && op->kind == OP_FORGET_DEPENDENCY)
		plans_check_met(number, (uint64_t)op->values[1].integer);
	if (op->kind == OP_CREATE)
		disk_write_create(image, row, op->values);
	else
		disk_change_row(row, op);
	if (image != &disk_durable) {
		causes_touch(number, &before);
		cancels_put(&before, row);
		sweeps_put(&before, row);
		return;
	}
	disk_row_news[number] |= op->kind == OP_STATUS;
	if (op->kind == OP_CREATE && row->copied)
		adoptions_copy_written(number, row);
	if (op->kind == OP_DEPENDENCY && op->values[3].integer)
		plans_check_unmet(number, (uint64_t)op->values[1].integer);
	if (op->kind == OP_ATTEMPT)
		plans_check_attempt(number, &row->attempts[op->values[1].integer - 1]);
	oracle_row_written(number, &before, row);
	if (op->kind == OP_HOOKS && row->target)
		hooked_written(number, row);
}

void disk_write_op(struct disk_image *image, const struct op *op)
{
	switch (op->kind) {
	case OP_CREATE:
		image->last_number = op->last_number;
		image->next_id = op->next_id > image->next_id ? op->next_id : image->next_id;
		disk_write_row(image, op);
		break;
	case OP_STATUS:
	case OP_PLAN:
	case OP_DEPENDENCY:
	case OP_FORGET_DEPENDENCY:
	case OP_FORGET_DEPENDENCIES:
	case OP_HOOKS:
	case OP_ATTEMPT:
	case OP_FORGET_ATTEMPT:
	case OP_TEXT:
	case OP_SPEC:
	case OP_REMOVE:
		disk_write_row(image, op);
		break;
	case OP_ENVIRONMENT:
		disk_write_environment(image, op->values);
		break;
	case OP_FORGET_ENVIRONMENT:
		disk_forget_environment(image, op->values);
		break;
	case OP_RESERVE:
		must(op->values[0].integer < DISK_NUMBERS, "too great a number");
		image->reserved[op->values[0].integer] = true;
		break;
	case OP_SLOTS:
		image->has_slots = true;
		image->slots = (unsigned)op->values[0].integer;
		break;
	case OP_CANCELLING:
		if (image == &disk_durable)
			cancels_mark((uint64_t)op->values[0].integer);
		image->cancelling = (uint64_t)op->values[0].integer;
		break;
	case OP_SWEEP:
		if (image == &disk_durable)
			sweeps_mark(DISK_GROUPS, (enum group_sweep)op->values[0].integer);
		image->sweep = (enum group_sweep)op->values[0].integer;
		break;
	case OP_ADOPTION:
		disk_write_adoption(image, op->values);
		break;
	case OP_ADOPTED:
		disk_write_adopted(image, op->values);
		break;
	case OP_FORGET_ADOPTION:
		disk_forget_adoption(image, op->values);
		break;
	case OP_GROUP:
		disk_write_group(image, op->values);
		break;
	case OP_FORGET_GROUP:
		disk_forget_group(image, op->values);
		break;
	case OP_HOOK_LIMIT:
		image->hook_limit = op->values[0].integer;
		break;
	case OP_SEEN:
		must(op->values[0].integer < DISK_USERS, "another user");
		image->seen[op->values[0].integer] = (uint64_t)op->values[1].integer;
		break;
	case OP_KEEP:
		image->keep = (struct keep){ .ended = op->values[0].integer,
			                     .failed = op->values[1].integer,
			                     .size = op->values[2].integer };
		break;
	case OP_PAUSED:
		image->paused = op->values[0].integer != 0;
		break;
	default:
		break;
	}
}
