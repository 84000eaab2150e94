#include "tests/simulate/adoptions.h"

#include <signal.h>
#include <string.h>

#include "engine/core/adopted.h"
#include "engine/core/adoption.h"
#include "engine/core/askers.h"
#include "engine/core/removal.h"
#include "engine/core/requests.h"
#include "tests/simulate/chance.h"
#include "tests/simulate/copies.h"
#include "tests/simulate/edits.h"
#include "tests/simulate/promises.h"
#include "tests/simulate/removals.h"
#include "tests/simulate/report.h"
#include "tests/simulate/server.h"

#define number_of(number) ((unsigned long long)(number))

/* By the number of the first one. */
static struct adoptions_one {
	uint64_t source;           /* 0: it takes over nothing in slices */
	bool left[DISK_TASKS + 1]; /* durably, when that was asked for; or still to be judged then */
	bool kept[DISK_TASKS +
	          1]; /* then, too: it waits for one of them, and is to wait for the new one instead */
	/* What those that are kept wait for since then; the others are 0. */
	struct plan_after after[DISK_TASKS + 1][DISK_AFTER];
	bool excused; /* some of them could not be made */
	bool refused; /* the same, and not just since what is kept would wait for itself */
} adoptions[DISK_TASKS + 1];

/* Who is to be told, by wish. */
static struct adoptions_call {
	struct core_asker asker;
	bool waits;
	uint64_t asked; /* the change that made the first one: who asked is told about that */
} calls[WISHES_MAX];

void adoptions_crash(void)
{
	for (int wish = 0; wish < WISHES_MAX; wish++)
		calls[wish].waits = false;
}

void adoptions_reset(void)
{
	memset(adoptions, 0, sizeof(adoptions));
	adoptions_crash();
}

void adoptions_undone(void)
{
	for (uint64_t made = disk_durable.last_number + 1; made <= DISK_TASKS; made++)
		adoptions[made].source = 0;
}

static bool adoptions_are_marked(const struct disk_image *image, uint64_t made)
{
	for (unsigned i = 0; i < image->adoption_count; i++) {
		if (image->adoptions[i].made == made)
			return true;
	}
	return false;
}

bool adoptions_go_on(uint64_t made)
{
	return adoptions_are_marked(&disk_durable, made);
}

bool adoptions_are_put(uint64_t made)
{
	return adoptions_are_marked(&disk_ahead, made);
}

bool adoptions_are_awaited(unsigned wish)
{
	return calls[wish].waits;
}

bool adoptions_stand_in(uint64_t made)
{
	return adoptions[made].source && adoptions[made].excused;
}

/* What users ask for. */

static void adoptions_told(void *ctx)
{
	struct adoptions_call *call = ctx;
	unsigned wish = (unsigned)(call - calls);
	must(call->waits, "who made wish %u is told twice", wish);
	call->waits = false;
	const struct task *task = wish_task(wish);
	if (!task || server_is_dead())
		return;
	must(server_is_failing || !adoptions_go_on(task->number),
	     "who made task %llu is told before all that it takes over is made", number_of(task->number));
	if (promises_have_room())
		promises_ask((struct request){ .kind = REQUEST_CREATE, .wish = wish }, call->asked);
}

/* Those that were not run because of the source, or because of one of those. */
static void adoptions_find_left(uint64_t source, uint64_t made, bool *found)
{
	for (bool more = true; more;) {
		more = false;
		for (uint64_t number = 1; number < made; number++) {
			bool left = copies_is_left(&disk_durable.rows[number], source);
			for (uint64_t other = 1; other < made && !left; other++)
				left = found[other] && copies_is_left(&disk_durable.rows[number], other);
			more |= left && !found[number];
			found[number] |= left;
		}
	}
}

/* These are not run soon, unless a user does something else with them. */
static void adoptions_find_unjudged(uint64_t made)
{
	struct adoptions_one *its = &adoptions[made];
	bool found[DISK_TASKS + 1] = { false };
	for (uint64_t number = 1; number < made; number++) {
		found[number] = copies_is_unjudged(&disk_durable.rows[number], its->source);
		for (uint64_t other = 1; other < made; other++)
			found[number] |=
				its->left[other] && copies_is_unjudged(&disk_durable.rows[number], other);
	}
	for (uint64_t number = 1; number < made; number++)
		its->left[number] |= found[number];
}

static bool adoptions_waits(const struct disk_row *row, uint64_t target, enum plan_condition condition)
{
	for (size_t i = 0; i < row->plan.after_count; i++) {
		if (row->after[i].number == target && row->after[i].condition == condition)
			return true;
	}
	return false;
}

/* It is kept because of the source, or of one of those that are left. */
static bool adoptions_keep(uint64_t made, const bool *left, uint64_t number)
{
	const struct adoptions_one *its = &adoptions[made];
	bool kept = false;
	for (int i = 0; i < DISK_AFTER && number != made; i++) {
		uint64_t other = its->after[number][i].number;
		kept |= (other == its->source || left[other]) &&
		        copies_is_kept(&disk_durable.rows[number], other);
	}
	return kept;
}

/* What a user makes it wait for anew, it may go on waiting for; so if it was not to be kept for a while. */
static void adoptions_look_at_edited(uint64_t made, uint64_t number)
{
	const struct disk_row *row = &disk_ahead.rows[number];
	for (int i = 0; i < DISK_AFTER; i++) {
		struct plan_after *after = &adoptions[made].after[number][i];
		if (!row->plan.unmet_hold || !adoptions_waits(row, after->number, after->condition))
			after->number = 0;
	}
}

void adoptions_edited(uint64_t number)
{
	bool waits = disk_ahead.rows[number].state == TASK_QUEUED;
	for (uint64_t made = 1; made <= DISK_TASKS; made++) {
		adoptions_look_at_edited(made, number);
		adoptions[made].left[number] = adoptions[made].left[number] && !waits;
	}
}

static void adoptions_find_kept(uint64_t made)
{
	for (uint64_t number = 1; number <= DISK_TASKS; number++) {
		const struct disk_row *row = &disk_durable.rows[number];
		for (size_t i = 0; i < row->plan.after_count; i++)
			adoptions[made].after[number][i] = row->after[i];
		adoptions_look_at_edited(made, number);
		adoptions[made].kept[number] = adoptions_keep(made, adoptions[made].left, number);
	}
}

bool adoptions_begun(unsigned wish, uint64_t made, uint64_t source)
{
	struct adoptions_call *call = &calls[wish];
	*call = (struct adoptions_call){ .asker = { .ctx = call, .over = adoptions_told } };
	call->waits = adoption_await(&server_core, made, &call->asker);
	call->asked = server_core.asked;
	if (!call->waits)
		return false;
	adoptions[made] = (struct adoptions_one){ .source = source };
	adoptions_find_left(source, made, adoptions[made].left);
	adoptions_find_unjudged(made);
	adoptions_find_kept(made);
	adoptions_check();
	tell("    task %llu takes over from task %llu in slices", number_of(made), number_of(source));
	return true;
}

/* The oracle. */

/* The number that the task has for the adoption: as the next server finds it again. */
static bool adoptions_names(const struct disk_row *row, uint64_t made, uint64_t number)
{
	uint64_t numbers[2];
	memcpy(numbers, row->nonce, sizeof(numbers));
	return row->copied && numbers[0] == made && numbers[1] == number;
}

/* Those that were made are found even if they were removed since; 0: none was. */
static uint64_t adoptions_copy(uint64_t made, uint64_t number)
{
	for (uint64_t copy = made + 1; copy <= disk_durable.last_number; copy++) {
		if (adoptions_names(&disk_durable.rows[copy], made, number))
			return copy;
	}
	return 0;
}

void adoptions_copy_written(uint64_t number, const struct disk_row *row)
{
	uint64_t numbers[2];
	memcpy(numbers, row->nonce, sizeof(numbers));
	must(numbers[0] < number, "task %llu is a copy for a later one", number_of(number));
	for (uint64_t other = numbers[0] + 1; other < number; other++)
		must(!adoptions_names(&disk_durable.rows[other], numbers[0], numbers[1]),
		     "tasks %llu and %llu are copies of the same one", number_of(other), number_of(number));
}

/* By way of others; those that it adopts are few. */
static bool adoptions_leads(uint64_t from, uint64_t to, unsigned steps)
{
	const struct disk_row *row = &disk_durable.rows[from];
	bool found = from == to;
	for (size_t i = 0; i < row->plan.after_count && steps > 0 && !found; i++)
		found = adoptions_leads(row->after[i].number, to, steps - 1);
	return found;
}

/* What this one waited for, its copy waits for what takes the place of that, unless it would wait for itself. */
static void adoptions_check_copy(uint64_t made, uint64_t left, uint64_t copy)
{
	const struct adoptions_one *its = &adoptions[made];
	const struct disk_row *row = &disk_durable.rows[left], *that = &disk_durable.rows[copy];
	if (!that->exists || that->state != TASK_QUEUED)
		return;
	for (size_t i = 0; i < row->plan.after_count; i++) {
		uint64_t former = row->after[i].number;
		uint64_t now = former == its->source ? made
		               : its->left[former]   ? adoptions_copy(made, former)
		                                     : 0;
		if (now && disk_durable.rows[now].exists && !adoptions_leads(now, copy, COPIES_MOST))
			must(adoptions_waits(that, now, row->after[i].condition),
			     "task %llu is made for task %llu, and does not wait for task %llu",
			     number_of(copy), number_of(left), number_of(now));
	}
}

/* One that began to wait after that was asked for, or had to wait for others to be judged, may be found in time, or not. */
static bool adoptions_takes(uint64_t made, uint64_t number)
{
	return adoptions[made].left[number] || adoptions_copy(made, number);
}

/* What is kept would wait for itself, or for so much that this cannot be found out.  Later ones are made again, too. */
static bool adoptions_cannot_redirect(uint64_t made, uint64_t kept)
{
	bool visited[DISK_TASKS + 1] = { false };
	unsigned looks = edits_count_waits(kept, visited) + edits_count_waits(made, visited);
	bool circle = adoptions_leads(made, kept, COPIES_MOST);
	for (uint64_t left = 1; left <= DISK_TASKS && !circle; left++) {
		uint64_t copy = adoptions_copy(made, left);
		looks += edits_count_waits(copy, visited);
		circle = copy && adoptions_leads(copy, kept, COPIES_MOST);
	}
	return circle || looks > ADOPTED_LOOKS * COPIES_SLICED;
}

static void adoptions_look_at_kept(uint64_t made)
{
	bool *kept = adoptions[made].kept;
	for (uint64_t number = 1; number <= DISK_TASKS; number++)
		kept[number] = kept[number] && !adoptions_cannot_redirect(made, number);
}

/* What was kept waits for the new ones. */
static void adoptions_check_kept(uint64_t made, const bool *left)
{
	adoptions_look_at_kept(made);
	for (uint64_t number = 1; number <= DISK_TASKS; number++)
		must(!adoptions[made].kept[number] || !adoptions_keep(made, left, number),
		     "task %llu waits for what task %llu has taken over", number_of(number), number_of(made));
}

/* One that this adoption is about: it was made in it, or is to be made again. */
static struct task *adoptions_choose(uint64_t made)
{
	const struct order *order = &server_core.registry.order;
	struct task *chosen = NULL;
	for (struct task *task = order_at(order, 0); task; task = order_next(order, task)) {
		const struct disk_row *row = &disk_ahead.rows[task->number];
		uint64_t first;
		memcpy(&first, row->nonce, sizeof(first));
		if (task->number < made ? adoptions[made].left[task->number] : row->copied && first == made)
			chosen = chosen && chance_draw(2) ? chosen : task;
	}
	return chosen;
}

void adoptions_cross(void)
{
	const struct stop_options options = { .signal = SIGTERM, .kill_after = -1 };
	struct task *task = adoptions_choose(server_core.adoptions->made);
	if (!task)
		return;
	uint64_t number = task->number;
	if (wish_is_task(task)) {
		removals_act(task);
		return;
	}
	(void)requests_stop(&server_core, task, &options);
	int error = server_is_dead() ? 0 : removal_remove(&server_core, task);
	tell("    removes task %llu, which was made for another: %d", number_of(number), error);
	if (!server_is_dead() && chance_draw(2))
		disk_write(disk_waiting(), false);
}

void adoptions_forgotten(uint64_t made)
{
	const struct adoptions_one *its = &adoptions[made];
	const struct disk_row *first = &disk_durable.rows[made];
	bool still[DISK_TASKS + 1] = { false };
	if (!first->exists || its->refused || !its->source)
		return;
	/* What led to one of them may have been removed. */
	adoptions_find_left(its->source, made, still);
	for (uint64_t left = 1; left < made; left++)
		still[left] = still[left] && adoptions_takes(made, left);
	adoptions_check_kept(made, still);
	if (its->excused)
		return;
	for (uint64_t left = 1; left < made; left++) {
		if (!its->left[left] || !still[left])
			continue;
		uint64_t copy = adoptions_copy(made, left);
		must(copy, "task %llu takes over from task %llu, and task %llu is left", number_of(made),
		     number_of(its->source), number_of(left));
		/* A user may have started it. */
		if (first->state == TASK_CREATED)
			adoptions_check_copy(made, left, copy);
	}
}

/* What is refused now may not be made. */
void adoptions_check(void)
{
	bool refused = disk_ahead.adoption_count > 0 && copies_may_not_be_made();
	bool excused = disk_ahead.adoption_count > 0 && copies_may_be_refused();
	for (unsigned i = 0; i < disk_ahead.adoption_count; i++) {
		uint64_t made = disk_ahead.adoptions[i].made;
		adoptions[made].excused |= excused;
		adoptions[made].refused |= refused;
	}
	for (unsigned i = 0; i < disk_durable.adoption_count; i++)
		adoptions_look_at_kept(disk_durable.adoptions[i].made);
}

/* Unless a user has started it. */
void adoptions_check_go(uint64_t number)
{
	const struct disk_row *row = &disk_durable.rows[number];
	int wish = row->has_nonce ? wish_of_nonce(row->nonce) : -1;
	must(wish < 0 || wishes[wish].started != ANSWER_NO || !adoptions_go_on(number),
	     "task %llu goes, and what it takes over is still being made", number_of(number));
}

void adoptions_check_over(void)
{
	must(!server_core.adoptions && disk_durable.adoption_count == 0, "an adoption is not over");
	for (int wish = 0; wish < WISHES_MAX; wish++)
		must(!calls[wish].waits, "who made wish %d is not told", wish);
}
