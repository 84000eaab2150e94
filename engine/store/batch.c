#include "engine/store/batch.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/store/hash.h"
#include "engine/store/op.h"

static struct op *batch_add(struct store_batch *batch, enum op_kind kind, const struct op_value *values)
{
	struct op *op = batch->error ? NULL : op_new(kind, values);
	if (!op) {
		batch->error = batch->error ? batch->error : -ENOMEM;
		return NULL;
	}
	op->next = NULL;
	*(batch->end ? batch->end : &batch->first) = op;
	batch->end = &op->next;
	return op;
}

void store_batch_status(struct store_batch *batch, uint64_t number, const struct task_status *status,
                        const struct task_process *process, const char *boot_id)
{
	static const struct task_process none = TASK_PROCESS_INIT;
	const struct task_process *its = process ? process : &none;
	const struct task_usage usage = task_status_usage(status);
	const struct op_value values[] = {
		op_integer((int64_t)number),    op_integer(status->state),
		op_integer(status->started_at), op_integer(status->ended_at),
		op_integer(status->exit_code),  op_integer(status->term_signal),
		op_integer(its->pid),           op_integer((int64_t)its->pid_start),
		op_integer(its->entry),         op_text(boot_id && *boot_id ? boot_id : NULL),
		op_integer(its->stop_signal),   op_integer(its->kill_at),
		op_integer(status->percent),    op_integer(status->percent_known),
		op_text(status->message),       op_integer((int64_t)status->start_order),
		op_integer(usage.cpu_ms),       op_integer(usage.max_rss),
	};
	batch_add(batch, OP_STATUS, values);
}

void store_batch_plan(struct store_batch *batch, uint64_t number, const struct task_plan *plan)
{
	const struct plan_marks *marks = &plan->marks;
	const struct task_schedule *schedule = &plan->schedule;
	const struct plan_job *job = plan->job;
	const struct op_value values[] = {
		op_integer((int64_t)number),
		op_integer(plan->priority),
		op_integer(plan->weight),
		op_integer(plan->begin_at),
		op_integer(plan->expire_at),
		op_integer(plan->time_limit),
		op_integer(plan->kill_after),
		op_integer(plan->retries),
		op_integer(plan->retry_delay),
		op_integer(plan->retry_max),
		op_text(plan->retry_rule),
		op_integer(plan->retry_lost),
		op_integer(plan->unmet_hold),
		op_integer(marks->held),
		op_integer(marks->attempt),
		op_integer(marks->not_before),
		op_integer(marks->ran),
		op_integer(marks->resumed_at),
		schedule->has_niceness ? op_integer(schedule->niceness) : op_text(NULL),
		op_integer(schedule->io_priority),
		op_text(schedule->cpus),
		op_text(plan->unique),
		op_integer(plan->auto_remove),
		op_text(plan->sbatch),
		op_integer(job ? (int64_t)job->number : 0),
		op_text(job ? job->directory : NULL),
		op_text(job && *job->node ? job->node : NULL),
	};
	batch_add(batch, OP_PLAN, values);
}

void store_batch_dependency(struct store_batch *batch, uint64_t number, const struct plan_after *after)
{
	const struct op_value values[] = {
		op_integer((int64_t)number),
		op_integer((int64_t)after->number),
		op_integer(after->condition),
		op_integer(after->unmet),
	};
	batch_add(batch, OP_DEPENDENCY, values);
}

void store_batch_forget_dependency(struct store_batch *batch, uint64_t number, uint64_t target)
{
	const struct op_value values[] = { op_integer((int64_t)number), op_integer((int64_t)target) };
	batch_add(batch, OP_FORGET_DEPENDENCY, values);
}

void store_batch_forget_dependencies(struct store_batch *batch, uint64_t number)
{
	const struct op_value values[] = { op_integer((int64_t)number) };
	batch_add(batch, OP_FORGET_DEPENDENCIES, values);
}

void store_batch_attempt(struct store_batch *batch, uint64_t number, const struct plan_attempt *attempt)
{
	const struct op_value values[] = {
		op_integer((int64_t)number),     op_integer(attempt->ordinal),
		op_integer(attempt->started_at), op_integer(attempt->ended_at),
		op_integer(attempt->exit_code),  op_integer(attempt->term_signal),
		op_text(attempt->message),       op_blob(attempt->left.block, attempt->left.length),
	};
	batch_add(batch, OP_ATTEMPT, values);
}

void store_batch_forget_attempt(struct store_batch *batch, uint64_t number, uint32_t ordinal)
{
	const struct op_value values[] = { op_integer((int64_t)number), op_integer(ordinal) };
	batch_add(batch, OP_FORGET_ATTEMPT, values);
}

void store_batch_hooks(struct store_batch *batch, uint64_t number, const struct plan_hooks *hooks)
{
	const struct op_value values[] = {
		op_integer((int64_t)number), op_text(hooks->on_end),  op_text(hooks->on_fail),
		op_text(hooks->on_ok),       op_text(hooks->webhook), op_integer((int64_t)hooks->target),
		op_text(hooks->input),
	};
	batch_add(batch, OP_HOOKS, values);
}

/* Names of environments are stored as bytes.  False: the error is kept in the batch. */
static bool batch_hash(struct store_batch *batch, const char *hash, unsigned char bytes[SHA256_SIZE])
{
	if (!batch->error && hash_to_bytes(hash, bytes) < 0)
		batch->error = -EINVAL;
	return !batch->error;
}

void store_batch_create(struct store_batch *batch, const struct store_task *task, uint64_t next_id)
{
	const struct task_spec *spec = &task->spec;
	unsigned char environment[SHA256_SIZE];
	if (spec->environment && !batch_hash(batch, spec->environment, environment))
		return;
	const struct op_value values[] = {
		op_integer((int64_t)task->number),
		op_text(spec->id),
		op_text(spec->name),
		op_text(spec->description),
		op_text(spec->group),
		op_integer((int64_t)spec->parent),
		op_integer(task->created_at),
		op_blob(spec->cwd, strlen(spec->cwd)),
		op_blob(spec->command.block, spec->command.length),
		op_blob(spec->variables.block, spec->variables.length),
		op_blob(spec->environment ? environment : NULL, SHA256_SIZE),
		op_integer((int64_t)spec->max_log),
		op_integer(spec->merge),
		op_blob(spec->has_nonce ? spec->nonce : NULL, TASK_NONCE_SIZE),
	};
	struct op *op = batch_add(batch, OP_CREATE, values);
	if (!op)
		return;
	op->last_number = task->number;
	op->next_id = next_id;
	store_batch_status(batch, task->number, &task->status, &task->process, task->boot_id);
	if (!spec->plan)
		return;
	store_batch_plan(batch, task->number, spec->plan);
	for (size_t i = 0; i < spec->plan->after_count; i++)
		store_batch_dependency(batch, task->number, &spec->plan->after[i]);
	if (spec->plan->hooks)
		store_batch_hooks(batch, task->number, spec->plan->hooks);
}

void store_batch_text(struct store_batch *batch, uint64_t number, const char *name, const char *description)
{
	const struct op_value values[] = { op_integer((int64_t)number), op_text(name), op_text(description) };
	batch_add(batch, OP_TEXT, values);
}

void store_batch_spec(struct store_batch *batch, uint64_t number, const struct task_spec *spec)
{
	const struct op_value values[] = {
		op_integer((int64_t)number),
		op_text(spec->name),
		op_text(spec->description),
		op_text(spec->group),
		op_blob(spec->cwd, strlen(spec->cwd)),
		op_blob(spec->command.block, spec->command.length),
		op_blob(spec->variables.block, spec->variables.length),
		op_integer((int64_t)spec->max_log),
		op_integer(spec->merge),
	};
	batch_add(batch, OP_SPEC, values);
	if (spec->plan)
		store_batch_plan(batch, number, spec->plan);
	if (spec->plan && spec->plan->hooks)
		store_batch_hooks(batch, number, spec->plan->hooks);
}

void store_batch_remove(struct store_batch *batch, uint64_t number)
{
	const struct op_value values[] = { op_integer((int64_t)number) };
	batch_add(batch, OP_REMOVE, values);
}

void store_batch_environment(struct store_batch *batch, const char *hash, const char *block, size_t length)
{
	unsigned char bytes[SHA256_SIZE];
	if (!batch_hash(batch, hash, bytes))
		return;
	const struct op_value values[] = { op_blob(bytes, sizeof(bytes)), op_blob(block, length) };
	batch_add(batch, OP_ENVIRONMENT, values);
}

void store_batch_forget_environment(struct store_batch *batch, const char *hash)
{
	unsigned char bytes[SHA256_SIZE];
	if (!batch_hash(batch, hash, bytes))
		return;
	const struct op_value values[] = { op_blob(bytes, sizeof(bytes)) };
	batch_add(batch, OP_FORGET_ENVIRONMENT, values);
}

void store_batch_reserved(struct store_batch *batch, uint64_t id)
{
	const struct op_value values[] = { op_integer((int64_t)id) };
	batch_add(batch, OP_RESERVE, values);
}

void store_batch_slots(struct store_batch *batch, unsigned slots)
{
	const struct op_value values[] = { op_integer(slots) };
	batch_add(batch, OP_SLOTS, values);
}

void store_batch_group(struct store_batch *batch, const char *name, const struct group_settings *settings)
{
	const struct op_value values[] = {
		op_text(name),
		op_integer(settings->slots),
		op_integer(settings->priority),
		op_integer((int)settings->paused + 2 * (int)settings->sweep),
		op_integer(settings->pause_on_fail),
		settings->has_niceness ? op_integer(settings->niceness) : op_text(NULL),
		op_text(settings->devices),
		op_text(settings->on_empty),
		op_integer(settings->executor),
		op_text(settings->sbatch),
		op_text(settings->directory),
		op_integer(settings->pilots),
		op_integer(settings->pilot_slots),
	};
	batch_add(batch, OP_GROUP, values);
}

void store_batch_forget_group(struct store_batch *batch, const char *name)
{
	const struct op_value values[] = { op_text(name) };
	batch_add(batch, OP_FORGET_GROUP, values);
}

void store_batch_keep(struct store_batch *batch, const struct keep *keep)
{
	const struct op_value values[] = { op_integer(keep->ended), op_integer(keep->failed),
		                           op_integer(keep->size) };
	batch_add(batch, OP_KEEP, values);
}

void store_batch_cancelling(struct store_batch *batch, uint64_t upto)
{
	const struct op_value values[] = { op_integer((int64_t)upto) };
	batch_add(batch, OP_CANCELLING, values);
}

void store_batch_paused(struct store_batch *batch, bool paused)
{
	const struct op_value values[] = { op_integer(paused) };
	batch_add(batch, OP_PAUSED, values);
}

void store_batch_sweep(struct store_batch *batch, enum group_sweep sweep)
{
	const struct op_value values[] = { op_integer((int64_t)sweep) };
	batch_add(batch, OP_SWEEP, values);
}

void store_batch_adoption(struct store_batch *batch, uint64_t source, uint64_t made, bool start)
{
	const struct op_value values[] = { op_integer((int64_t)made),
		                           op_integer(2 * (int64_t)source + start) };
	batch_add(batch, OP_ADOPTION, values);
}

void store_batch_adopted(struct store_batch *batch, uint64_t made, uint64_t at)
{
	const struct op_value values[] = { op_integer((int64_t)made), op_integer((int64_t)at) };
	batch_add(batch, OP_ADOPTED, values);
}

void store_batch_forget_adoption(struct store_batch *batch, uint64_t made)
{
	const struct op_value values[] = { op_integer((int64_t)made) };
	batch_add(batch, OP_FORGET_ADOPTION, values);
}

void store_batch_hook_limit(struct store_batch *batch, int64_t limit)
{
	const struct op_value values[] = { op_integer(limit) };
	batch_add(batch, OP_HOOK_LIMIT, values);
}

void store_batch_seen(struct store_batch *batch, uint32_t uid, uint64_t cursor)
{
	const struct op_value values[] = { op_integer(uid), op_integer((int64_t)cursor) };
	batch_add(batch, OP_SEEN, values);
}

void store_batch_probe(struct store_batch *batch, int64_t now)
{
	const struct op_value values[] = { op_integer(now) };
	batch_add(batch, OP_PROBE, values);
}

void store_batch_append(struct store_batch *batch, struct store_batch *other)
{
	if (!other->first)
		return;
	*(batch->end ? batch->end : &batch->first) = other->first;
	batch->end = other->end;
	*other = (struct store_batch)STORE_BATCH_INIT;
}

void store_batch_release(struct store_batch *batch)
{
	while (batch->first) {
		struct op *op = batch->first;
		batch->first = op->next;
		free(op);
	}
	*batch = (struct store_batch)STORE_BATCH_INIT;
}
