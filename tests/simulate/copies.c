#include "tests/simulate/copies.h"

#include <string.h>

#include "engine/core/adopted.h"
#include "engine/core/adoption.h"
#include "engine/core/creation.h"
#include "tests/simulate/adoptions.h"
#include "tests/simulate/chance.h"
#include "tests/simulate/edits.h"
#include "tests/simulate/grouped.h"
#include "tests/simulate/plans.h"
#include "tests/simulate/report.h"
#include "tests/simulate/server.h"
#include "tests/unit/scarce.h"

/* For each task: the last one that was made together with it, and the one whose place it has; 0: none. */
static uint64_t last_with[DISK_TASKS + 1], source_of[DISK_TASKS + 1];

/*
 * The source had ended before the new task was put.  Else its end was lost, and it may end because of the new task, whose key it
 * has: what it leaves then is left to a user.
 */
static bool source_was_over[DISK_TASKS + 1];

void copies_reset(void)
{
	memset(source_was_over, 0, sizeof(source_was_over));
	memset(last_with, 0, sizeof(last_with));
	memset(source_of, 0, sizeof(source_of));
}

void copies_undone(void)
{
	for (uint64_t number = disk_durable.last_number + 1; number <= DISK_TASKS; number++)
		last_with[number] = source_of[number] = 0;
}

static bool copies_has_unmet(const struct disk_row *row, uint64_t target)
{
	for (size_t i = 0; i < row->plan.after_count; i++) {
		if (row->after[i].number == target && row->after[i].unmet)
			return true;
	}
	return false;
}

bool copies_is_left(const struct disk_row *row, uint64_t source)
{
	return row->exists && row->state == TASK_STOPPED && copies_has_unmet(row, source);
}

static bool copies_waits_in_vain(const struct disk_row *row, uint64_t source)
{
	bool never = false;
	for (size_t i = 0; i < row->plan.after_count; i++)
		never |= row->after[i].number == source && plans_can_never_meet(&row->after[i]);
	return row->exists && never;
}

bool copies_is_unjudged(const struct disk_row *row, uint64_t source)
{
	return row->state == TASK_QUEUED && !row->plan.unmet_hold && copies_waits_in_vain(row, source);
}

bool copies_is_kept(const struct disk_row *row, uint64_t source)
{
	bool waits = row->state == TASK_QUEUED || row->state == TASK_CREATED;
	return waits && row->plan.unmet_hold && copies_waits_in_vain(row, source);
}

struct task *copies_choose(void)
{
	const struct order *order = &server_core.registry.order;
	struct task *ended = NULL;
	for (struct task *task = order_at(order, 0); task; task = order_next(order, task)) {
		if (!task_state_terminal(task->status.state) || task_hook_target(task))
			continue;
		ended = ended && chance_draw(2) ? ended : task;
		for (int number = 1; number <= DISK_TASKS; number++) {
			const struct disk_row *row = &disk_ahead.rows[number];
			bool wanted = copies_is_left(row, task->number) ||
			              copies_is_unjudged(row, task->number) ||
			              copies_is_kept(row, task->number);
			if (wanted && chance_draw(2))
				return task;
		}
	}
	return ended;
}

static bool copies_is_copy(const struct disk_row *copy, const struct disk_row *row)
{
	return !copy->has_nonce && copy->target == 0 && strcmp(copy->command, row->command) == 0;
}

const struct task *copies_source(const struct wish *wish)
{
	return order_find(&server_core.registry.order, wish->source);
}

/* Those that the adoption is about: what is not run, or is kept, because of the source or of one of those. */
static void copies_find(uint64_t source, bool *found)
{
	bool more = true;
	memset(found, 0, (DISK_TASKS + 1) * sizeof(*found));
	found[source] = true;
	while (more) {
		more = false;
		for (uint64_t number = 1; number <= DISK_TASKS; number++) {
			bool left = found[number];
			for (uint64_t other = 1; other <= DISK_TASKS && !left; other++)
				left = found[other] && copies_is_left(&disk_ahead.rows[number], other);
			more |= left && !found[number];
			found[number] = left;
		}
	}
}

/* One that waits for those is still to be judged. */
static bool copies_find_unjudged(const bool *found)
{
	bool unjudged = false;
	for (uint64_t number = 1; number <= DISK_TASKS; number++) {
		for (uint64_t other = 1; other <= DISK_TASKS; other++)
			unjudged |= found[other] && copies_is_unjudged(&disk_ahead.rows[number], other);
	}
	return unjudged;
}

/* So much is waited for by what the adoption is about, and by what the new task waits for, and it is no circle. */
static unsigned copies_count_looks(const struct wish *wish, const bool *found)
{
	bool visited[DISK_TASKS + 1] = { false }, circle = false;
	const struct wish_form *form = &wish->forms[0];
	unsigned looks = 0;
	for (size_t i = 0; i < form->plan.after_count; i++)
		looks += edits_count_waits(form->after[i].number, visited);
	for (uint64_t number = 1; number <= DISK_TASKS; number++) {
		const struct disk_row *row = &disk_ahead.rows[number];
		bool waits = found[number];
		for (size_t i = 0; i < row->plan.after_count && row->exists; i++)
			waits |= found[row->after[i].number];
		if (waits)
			looks += edits_count_waits(number, visited);
	}
	for (uint64_t number = 1; number <= DISK_TASKS; number++)
		circle |= visited[number] && edits_made_circle(number);
	return circle ? 0 : looks;
}

int copies_make(const struct wish *wish, struct task_spec *spec, struct shared_environment *environment,
                struct task *parent, struct task **task, char **error)
{
	uint64_t number = server_core.registry.last_number + 1;
	bool known = registry_find_nonce(&server_core.registry, spec->nonce);
	if (!wish->source)
		return creation_make(&server_core, spec, environment, parent, wish->queued, task, error);
	/* It can become durable although the server is killed before it answers. */
	if (!known) {
		source_of[number] = wish->source;
		source_was_over[number] =
			task_state_terminal((enum task_state)disk_ahead.rows[wish->source].state);
	}
	const unsigned most[] = { ADOPTION_MOST, COPIES_SLICED, 0 };
	/* Another one that goes on looks for circles. */
	server_core.adoption_most = most[chance_draw(server_core.adoptions ? 2 : 3)];
	bool found[DISK_TASKS + 1];
	copies_find(wish->source, found);
	unsigned looks = copies_count_looks(wish, found);
	bool small = looks <= ADOPTED_LOOKS * server_core.adoption_most && !copies_find_unjudged(found);
	int code = adoption_make(&server_core, copies_source(wish), spec, environment, parent, wish->queued,
	                         task, error);
	if (code && !known && !server_is_dead())
		source_of[number] = 0;
	must(code || known || small || server_is_dead() || scarce_failed() || adoptions_are_put(number),
	     "task %llu takes over from task %llu in one change, which looks at %u",
	     (unsigned long long)number, (unsigned long long)wish->source, looks);
	server_core.adoption_most = chance_draw(4) ? COPIES_SLICED : ADOPTION_MOST;
	return code;
}

/* What this one waited for, its copy waits for the new one for the same end. */
static void copies_check_one(uint64_t left, uint64_t number, uint64_t source)
{
	const struct disk_row *row = &disk_ahead.rows[left];
	enum plan_condition condition = PLAN_AFTER_OK;
	bool found = false;
	for (size_t i = 0; i < row->plan.after_count; i++)
		condition = row->after[i].number == source ? row->after[i].condition : condition;
	for (uint64_t copy = number + 1; copy <= last_with[number]; copy++) {
		const struct disk_row *its = &disk_ahead.rows[copy];
		for (size_t i = 0; i < its->plan.after_count && copies_is_copy(its, row); i++)
			found |= its->after[i].number == number && its->after[i].condition == condition;
	}
	must(found, "task %llu was not run because of task %llu, and has no copy that waits for task %llu",
	     (unsigned long long)left, (unsigned long long)source, (unsigned long long)number);
}

/* What is kept waits for the new ones, unless its last attempt is not quite over. */
static void copies_check_kept(uint64_t number, uint64_t source)
{
	for (uint64_t kept = 1; kept <= DISK_TASKS; kept++) {
		const struct task *task = order_find(&server_core.registry.order, kept);
		must(kept == number || !copies_is_kept(&disk_ahead.rows[kept], source) || !task || task->run,
		     "task %llu waits for task %llu, whose place task %llu has taken",
		     (unsigned long long)kept, (unsigned long long)source, (unsigned long long)number);
	}
}

static bool copies_is_made(uint64_t number)
{
	return disk_ahead.rows[number].exists && !disk_ahead.rows[number].target;
}

void copies_made(uint64_t number, uint64_t source)
{
	bool found[DISK_TASKS + 1];
	source_of[number] = source;
	last_with[number] = server_core.registry.last_number;
	/* What follows may have made hooks, in a later change, or tried to. */
	while (last_with[number] > number && !copies_is_made(last_with[number]))
		last_with[number]--;
	for (uint64_t task = 1; task <= last_with[number]; task++)
		must(task_state_terminal((enum task_state)disk_ahead.rows[task].state) ||
		             !edits_made_circle(task),
		     "task %llu waits for itself", (unsigned long long)task);
	for (uint64_t left = 1; left < number; left++) {
		if (source_was_over[number] && copies_is_left(&disk_ahead.rows[left], source))
			copies_check_one(left, number, source);
	}
	for (uint64_t copy = number + 1; copy <= last_with[number]; copy++) {
		uint64_t former = copies_is_made(copy) ? 1 : number;
		while (former < number &&
		       !(disk_ahead.rows[former].state == TASK_STOPPED && disk_ahead.rows[former].exists &&
		         strcmp(disk_ahead.rows[former].command, disk_ahead.rows[copy].command) == 0))
			former++;
		source_of[copy] = former < number ? former : 0;
		must(former < number || !copies_is_made(copy), "task %llu is a copy of none",
		     (unsigned long long)copy);
	}
	copies_find(source, found);
	for (uint64_t former = 1; former < number; former++) {
		if (source_was_over[number] && found[former])
			copies_check_kept(number, former);
	}
	tell("    task %llu takes over from task %llu, with %llu copies", (unsigned long long)number,
	     (unsigned long long)source, (unsigned long long)(last_with[number] - number));
}

uint64_t copies_former(uint64_t number)
{
	uint64_t first = 1;
	if (source_of[number] || disk_ahead.rows[number].has_nonce || disk_ahead.rows[number].target)
		return source_of[number];
	while (first < number && strcmp(disk_ahead.rows[first].command, disk_ahead.rows[number].command) != 0)
		first++;
	return first < number ? first : 0;
}

bool copies_stand_for(uint64_t number, uint64_t former)
{
	while (number > former && !copies_is_copy(&disk_ahead.rows[number], &disk_ahead.rows[former]))
		number = copies_former(number);
	return number == former ||
	       (number > former && copies_is_copy(&disk_ahead.rows[number], &disk_ahead.rows[former]));
}

void copies_check(void)
{
	uint64_t last = disk_durable.last_number;
	for (uint64_t number = 1; number <= last; number++)
		must(last_with[number] <= last || !source_of[number],
		     "task %llu is stored without its copies", (unsigned long long)number);
}

bool copies_may_not_be_made(void)
{
	for (int number = 1; number <= DISK_TASKS; number++) {
		const struct disk_row *row = &disk_ahead.rows[number];
		if (row->exists &&
		    (!grouped_is_known(row->group) || grouped_weighs_too_much(row->group, row->plan.weight)))
			return true;
	}
	return false;
}

bool copies_may_be_refused(void)
{
	bool kept = false;
	for (int number = 1; number <= DISK_TASKS; number++) {
		const struct disk_row *row = &disk_ahead.rows[number];
		bool waits = row->state == TASK_QUEUED || row->state == TASK_CREATED;
		kept |= row->exists && waits && row->plan.unmet_hold;
	}
	return kept || copies_may_not_be_made();
}
