/* Changes, on their way into the queue. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/store/hash.h"
#include "engine/store/internal.h"
#include "engine/store/store.h"

/* Queues up to two operations as one change. */
static void put(struct store *store, struct op *op, struct op *second, bool urgent, uint64_t *sequence)
{
	pthread_mutex_lock(&store->lock);
	*sequence = ++store->sequence;
	bool dropped = store->failure != 0;
	if (!dropped) {
		/* a thread that waits for the pace needs no word of more that can wait too */
		bool wake = !store->queue.first || (urgent && !store->urgent);
		op_queue_add(&store->queue, op);
		if (second)
			op_queue_add(&store->queue, second);
		store->urgent = store->urgent || urgent;
		if (wake)
			pthread_cond_signal(&store->wake);
	}
	pthread_mutex_unlock(&store->lock);
	if (dropped) {
		free(op);
		free(second);
	}
}

static int put_values(struct store *store, enum op_kind kind, const struct value *values, bool urgent,
		      uint64_t *sequence)
{
	struct op *op = op_new(kind, values);

	if (!op)
		return -ENOMEM;
	put(store, op, NULL, urgent, sequence);
	return 0;
}

static struct op *status_op(uint64_t number, const struct task_status *status, const struct task_process *process,
			    const char *boot_id)
{
	static const struct task_process none = TASK_PROCESS_INIT;

	if (!process)
		process = &none;
	const struct value values[] = {
		value_integer((int64_t)number),
		value_integer(status->state),
		value_integer(status->started_at),
		value_integer(status->ended_at),
		value_integer(status->exit_code),
		value_integer(status->term_signal),
		value_integer(process->pid),
		value_integer((int64_t)process->pid_start),
		value_integer(process->entry),
		value_text(boot_id && *boot_id ? boot_id : NULL),
		value_integer(process->stop_signal),
		value_integer(process->kill_at),
		value_integer(status->percent),
		value_integer(status->percent_known),
		value_text(status->message),
	};

	return op_new(OP_STATUS, values);
}

static struct op *create_op(const struct store_task *task, const unsigned char *environment)
{
	const struct task_spec *spec = &task->spec;
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
		value_blob(environment, SHA256_SIZE),
		value_integer((int64_t)spec->max_log),
		value_integer(spec->merge),
		value_blob(spec->has_nonce ? spec->nonce : NULL, TASK_NONCE_SIZE),
	};

	return op_new(OP_CREATE, values);
}

/* True if a task without a row in statuses reads back as this. */
static bool is_initial(const struct store_task *task)
{
	static const struct task_status initial = TASK_STATUS_INIT;
	static const struct task_process none = TASK_PROCESS_INIT;
	const struct task_status *status = &task->status;
	const struct task_process *process = &task->process;

	return status->state == initial.state && status->started_at == 0 && status->ended_at == 0 &&
	       status->exit_code == initial.exit_code && status->term_signal == 0 && status->percent == 0 &&
	       !status->percent_known && !status->message && process->pid == 0 && process->pid_start == 0 &&
	       process->entry == none.entry && process->stop_signal == none.stop_signal && process->kill_at == 0 &&
	       !*task->boot_id;
}

int store_put_create(struct store *store, const struct store_task *task, uint64_t next_id, bool urgent,
		     uint64_t *sequence)
{
	unsigned char environment[SHA256_SIZE];
	const char *hash = task->spec.environment;
	struct op *status = NULL;

	if (hash && hash_to_bytes(hash, environment) < 0)
		return -EINVAL;
	if (!is_initial(task)) {
		status = status_op(task->number, &task->status, &task->process, task->boot_id);
		if (!status)
			return -ENOMEM;
	}
	struct op *create = create_op(task, hash ? environment : NULL);
	if (!create) {
		free(status);
		return -ENOMEM;
	}
	create->last_number = task->number;
	create->next_id = next_id;
	put(store, create, status, urgent, sequence);
	return 0;
}

int store_put_status(struct store *store, uint64_t number, const struct task_status *status,
		     const struct task_process *process, const char *boot_id, bool urgent, uint64_t *sequence)
{
	struct op *op = status_op(number, status, process, boot_id);

	if (!op)
		return -ENOMEM;
	put(store, op, NULL, urgent, sequence);
	return 0;
}

int store_put_text(struct store *store, uint64_t number, const char *name, const char *description,
		   uint64_t *sequence)
{
	const struct value values[] = { value_integer((int64_t)number), value_text(name), value_text(description) };

	return put_values(store, OP_TEXT, values, true, sequence);
}

int store_put_remove(struct store *store, uint64_t number, uint64_t *sequence)
{
	const struct value values[] = { value_integer((int64_t)number) };

	return put_values(store, OP_REMOVE, values, true, sequence);
}

int store_put_environment(struct store *store, const char *hash, const char *block, size_t length,
			  uint64_t *sequence)
{
	unsigned char bytes[SHA256_SIZE];

	if (hash_to_bytes(hash, bytes) < 0)
		return -EINVAL;
	const struct value values[] = { value_blob(bytes, sizeof(bytes)), value_blob(block, length) };
	return put_values(store, OP_ENVIRONMENT, values, true, sequence);
}

int store_put_forget_environment(struct store *store, const char *hash, uint64_t *sequence)
{
	unsigned char bytes[SHA256_SIZE];

	if (hash_to_bytes(hash, bytes) < 0)
		return -EINVAL;
	const struct value values[] = { value_blob(bytes, sizeof(bytes)) };
	return put_values(store, OP_FORGET_ENVIRONMENT, values, false, sequence);
}

int store_put_probe(struct store *store, int64_t now, uint64_t *sequence)
{
	const struct value values[] = { value_integer(now) };

	return put_values(store, OP_PROBE, values, true, sequence);
}

int store_put_reserved(struct store *store, uint64_t id, uint64_t *sequence)
{
	const struct value values[] = { value_integer((int64_t)id) };

	return put_values(store, OP_RESERVE, values, false, sequence);
}
