#include "engine/store/batch.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/store/hash.h"
#include "engine/store/op.h"

static struct op *batch_add(struct store_batch *batch, enum op_kind kind, const struct value *values)
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
	const struct value values[] = {
		value_integer((int64_t)number),
		value_integer(status->state),
		value_integer(status->started_at),
		value_integer(status->ended_at),
		value_integer(status->exit_code),
		value_integer(status->term_signal),
		value_integer(its->pid),
		value_integer((int64_t)its->pid_start),
		value_integer(its->entry),
		value_text(boot_id && *boot_id ? boot_id : NULL),
		value_integer(its->stop_signal),
		value_integer(its->kill_at),
		value_integer(status->percent),
		value_integer(status->percent_known),
		value_text(status->message),
	};
	batch_add(batch, OP_STATUS, values);
}

/* Names of environments are stored as bytes; false: the batch has its error. */
static bool batch_hash(struct store_batch *batch, const char *hash, unsigned char bytes[SHA256_SIZE])
{
	if (!batch->error && hash_to_bytes(hash, bytes) < 0)
		batch->error = -EINVAL;
	return !batch->error;
}

/* True if a task without a row in statuses reads back as this. */
static bool batch_is_initial(const struct store_task *task)
{
	static const struct task_status initial = TASK_STATUS_INIT;
	static const struct task_process none = TASK_PROCESS_INIT;
	const struct task_status *status = &task->status;
	const struct task_process *process = &task->process;
	return status->state == initial.state && status->started_at == 0 && status->ended_at == 0 &&
	       status->exit_code == initial.exit_code && status->term_signal == 0 && status->percent == 0 &&
	       !status->percent_known && !status->message && process->pid == 0 && process->pid_start == 0 &&
	       process->entry == none.entry && process->kill_at == 0 && process->stop_signal == none.stop_signal &&
	       !*task->boot_id;
}

void store_batch_create(struct store_batch *batch, const struct store_task *task, uint64_t next_id)
{
	const struct task_spec *spec = &task->spec;
	unsigned char environment[SHA256_SIZE];
	if (spec->environment && !batch_hash(batch, spec->environment, environment))
		return;
	const struct value values[] = {
		value_integer((int64_t)task->number),
		value_text(spec->id),
		value_text(spec->name),
		value_text(spec->description),
		value_text(spec->group),
		value_integer((int64_t)spec->parent),
		value_integer(task->created_at),
		value_blob(spec->cwd, strlen(spec->cwd)),
		value_blob(spec->command.block, spec->command.length),
		value_blob(spec->variables.block, spec->variables.length),
		value_blob(spec->environment ? environment : NULL, SHA256_SIZE),
		value_integer((int64_t)spec->max_log),
		value_integer(spec->merge),
		value_blob(spec->has_nonce ? spec->nonce : NULL, TASK_NONCE_SIZE),
	};
	struct op *op = batch_add(batch, OP_CREATE, values);
	if (!op)
		return;
	op->last_number = task->number;
	op->next_id = next_id;
	if (!batch_is_initial(task))
		store_batch_status(batch, task->number, &task->status, &task->process, task->boot_id);
}

void store_batch_text(struct store_batch *batch, uint64_t number, const char *name, const char *description)
{
	const struct value values[] = { value_integer((int64_t)number), value_text(name), value_text(description) };
	batch_add(batch, OP_TEXT, values);
}

void store_batch_remove(struct store_batch *batch, uint64_t number)
{
	const struct value values[] = { value_integer((int64_t)number) };
	batch_add(batch, OP_REMOVE, values);
}

void store_batch_environment(struct store_batch *batch, const char *hash, const char *block, size_t length)
{
	unsigned char bytes[SHA256_SIZE];
	if (!batch_hash(batch, hash, bytes))
		return;
	const struct value values[] = { value_blob(bytes, sizeof(bytes)), value_blob(block, length) };
	batch_add(batch, OP_ENVIRONMENT, values);
}

void store_batch_forget_environment(struct store_batch *batch, const char *hash)
{
	unsigned char bytes[SHA256_SIZE];
	if (!batch_hash(batch, hash, bytes))
		return;
	const struct value values[] = { value_blob(bytes, sizeof(bytes)) };
	batch_add(batch, OP_FORGET_ENVIRONMENT, values);
}

void store_batch_reserved(struct store_batch *batch, uint64_t id)
{
	const struct value values[] = { value_integer((int64_t)id) };
	batch_add(batch, OP_RESERVE, values);
}

void store_batch_probe(struct store_batch *batch, int64_t now)
{
	const struct value values[] = { value_integer(now) };
	batch_add(batch, OP_PROBE, values);
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
