#include "tests/simulate/removals.h"

#include <errno.h>

#include "engine/core/removal.h"
#include "tests/simulate/causes.h"
#include "tests/simulate/chance.h"
#include "tests/simulate/disk.h"
#include "tests/simulate/machine.h"
#include "tests/simulate/plans.h"
#include "tests/simulate/promises.h"
#include "tests/simulate/report.h"
#include "tests/simulate/runner.h"
#include "tests/simulate/server.h"
#include "tests/simulate/users.h"

enum { REMOVALS_MAX = 3, READERS_MAX = 2 };

/* In slices. */
static struct removals_slices {
	bool going, over;
	uint64_t family; /* the wishes, as bits */
	uint64_t root;
	uint64_t blocker;  /* one of them that could not be removed from the beginning on; 0: none */
	int error;         /* with which it is over */
	uint64_t sequence; /* of the last slice */
} removals[REMOVALS_MAX];

static struct removals_reader {
	struct core_reader reader;
	bool reads;
	unsigned count;
	const struct task *tasks[DISK_TASKS];
	uint64_t numbers[DISK_TASKS];
} readers[READERS_MAX];

static bool removals_may(const struct task *task)
{
	return task_state_terminal(task->status.state) && !task->run && !plans_wait_for(task->number);
}

/* The wishes of the task and of all under it.  *may: the core has no reason to refuse. */
static uint64_t removals_family(struct task *root, bool *may)
{
	uint64_t family = 0;
	*may = true;
	for (struct task *task = task_subtree_first(root); task; task = task_subtree_next(root, task)) {
		family |= wish_is_task(task) ? 1ULL << wish_of_task(task) : 0;
		*may = *may && removals_may(task);
	}
	return family;
}

/* One under the root, or itself, that has not ended. */
static uint64_t removals_blocker(struct task *root)
{
	for (struct task *task = task_subtree_first(root); task; task = task_subtree_next(root, task)) {
		if (!task_state_terminal(task->status.state))
			return task->number;
	}
	return 0;
}

void removals_look(void)
{
	for (int i = 0; i < REMOVALS_MAX; i++) {
		const struct disk_row *row = &disk_ahead.rows[removals[i].blocker];
		if (!row->exists || task_state_terminal((enum task_state)row->state))
			removals[i].blocker = 0;
	}
}

/* As long as one has not ended, none is removed. */
void removals_check_put(uint64_t number)
{
	const struct disk_row *row = &disk_ahead.rows[number];
	int wish = row->has_nonce ? wish_of_nonce(row->nonce) : -1;
	bool any = false, blocked = true;
	for (int i = 0; i < REMOVALS_MAX && wish >= 0; i++) {
		const struct disk_row *blocker = &disk_ahead.rows[removals[i].blocker];
		if (!removals[i].going || !(removals[i].family & 1ULL << wish))
			continue;
		any = true;
		blocked &= removals[i].blocker && blocker->exists &&
		           !task_state_terminal((enum task_state)blocker->state);
	}
	must(users_are_acting || !any || !blocked, "task %llu is removed, and one with it has not ended",
	     (unsigned long long)number);
}

bool removals_may_divide(struct task *task)
{
	bool may;
	return task_first_child(task) && removals_family(task, &may) && may;
}

uint64_t removals_going(void)
{
	uint64_t going = 0;
	for (int i = 0; i < REMOVALS_MAX; i++) {
		if (removals[i].going)
			going |= removals[i].family;
	}
	return going;
}

void removals_join(unsigned wish, const struct task *parent)
{
	for (int i = 0; i < REMOVALS_MAX && parent; i++) {
		if (!removals[i].going || !(removals[i].family & 1ULL << wish_of_task(parent)))
			continue;
		removals[i].family |= 1ULL << wish;
		promises_may_remove(1ULL << wish);
	}
}

void removals_look_again(void)
{
	for (int i = 0; i < REMOVALS_MAX; i++) {
		struct task *root = order_find(&server_core.registry.order, removals[i].root);
		bool may;
		if (!removals[i].going || removals[i].over || !root)
			continue;
		removals[i].family |= removals_family(root, &may);
		promises_may_remove(removals[i].family);
	}
}

/* Why a removal in slices may end with this error. */
static bool removals_may_end(const struct removals_slices *slices, int error)
{
	struct task *root = order_find(&server_core.registry.order, slices->root);
	bool may = false;
	switch (error) {
	case 0:
		return !root;
	case -EPERM:
		if (root)
			(void)removals_family(root, &may);
		return !may;
	case -EIO:
		return server_is_failing;
	default:
		return error == -ENOMEM;
	}
}

static void removals_ended(void *ctx, int error)
{
	struct removals_slices *slices = ctx;
	if (server_is_dead())
		return;
	tell("        the removal of task %llu in slices ends: %d", (unsigned long long)slices->root, error);
	must(slices->going && !slices->over, "a removal ends twice");
	must(removals_may_end(slices, error), "the removal of task %llu ends with %d",
	     (unsigned long long)slices->root, error);
	slices->over = true;
	slices->error = error;
	slices->sequence = server_core.asked;
}

void removals_settle(void)
{
	for (int i = 0; i < REMOVALS_MAX; i++) {
		struct removals_slices *slices = &removals[i];
		if (!slices->over)
			continue;
		slices->going = slices->over = false;
		if (slices->error)
			promises_settle_family(slices->family);
		else
			promises_ask((struct request){ .kind = REQUEST_REMOVE, .family = slices->family },
			             slices->sequence);
	}
}

static void removals_begin(struct task *task)
{
	struct removals_slices *slices = removals;
	bool may;
	while (slices < removals + REMOVALS_MAX && slices->going)
		slices++;
	if (slices == removals + REMOVALS_MAX)
		return;
	uint64_t blocker = removals_blocker(task);
	const struct removal_asker asker = { .ctx = slices, .ended = removals_ended };
	uint64_t family = removals_family(task, &may);
	*slices = (struct removals_slices){
		.going = true, .family = family, .root = task->number, .blocker = blocker
	};
	promises_may_remove(family);
	int error = removal_begin(&server_core, task, &asker);
	tell("    removes task %llu in slices: %d", (unsigned long long)slices->root, error);
	if (!error || server_is_dead())
		return;
	must(error == -ENOMEM, "error %d", error);
	slices->going = false;
	promises_settle_family(family);
}

/* What the task has left ends before the removal is stored, which fails. */
static void removals_fail(uint64_t number)
{
	struct machine_fate *fate = &machine_fates[number];
	if (fate->left == 0 || !fate->watched || fate->left_stopped || !chance_once_in(2))
		return;
	fate->left = 0;
	fate->watched = false;
	users_are_acting = false;
	runner.reports.left_gone(runner.reports.ctx, number);
	causes_gone(number);
	disk_write(0, true);
	users_are_acting = true;
}

void removals_act(struct task *task)
{
	struct request request = { .kind = REQUEST_REMOVE };
	bool may;
	if (chance_draw(2)) {
		removals_begin(task);
		return;
	}
	uint64_t number = task->number;
	request.family = removals_family(task, &may);
	if (may)
		promises_may_remove(request.family);
	int error = removal_remove(&server_core, task);
	tell("    removes task %llu: %d", (unsigned long long)number, error);
	if (server_is_dead())
		return;
	if (!error) {
		promises_ask(request, server_core.asked);
		removals_fail(number);
		return;
	}
	promises_settle_family(request.family);
	promises_ask_refused(error, may, task);
}

/* Readers. */

static void removals_let_go(struct removals_reader *reader)
{
	for (unsigned i = 0; i < reader->count; i++)
		must(reader->tasks[i]->number == reader->numbers[i], "task %llu is gone while it is read",
		     (unsigned long long)reader->numbers[i]);
	reader->reads = false;
	removal_let_go(&server_core, &reader->reader);
}

void removals_read(void)
{
	struct removals_reader *reader = &readers[chance_draw(READERS_MAX)];
	const struct order *order = &server_core.registry.order;
	if (reader->reads) {
		removals_let_go(reader);
		return;
	}
	*reader = (struct removals_reader){ .reads = true };
	for (const struct task *task = order_at(order, 0); task; task = order_next(order, task)) {
		reader->tasks[reader->count] = task;
		reader->numbers[reader->count++] = task->number;
	}
	removal_hold(&server_core, &reader->reader);
}

void removals_end_reading(void)
{
	for (int i = 0; i < READERS_MAX; i++) {
		if (readers[i].reads)
			removals_let_go(&readers[i]);
	}
}

void removals_crash(void)
{
	for (int i = 0; i < REMOVALS_MAX; i++)
		removals[i] = (struct removals_slices){ 0 };
	for (int i = 0; i < READERS_MAX; i++)
		readers[i].reads = false;
}
