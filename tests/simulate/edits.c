#include "tests/simulate/edits.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/core/editing.h"
#include "tests/simulate/adoptions.h"
#include "tests/simulate/chance.h"
#include "tests/simulate/grouped.h"
#include "tests/simulate/overdue.h"
#include "tests/simulate/plans.h"
#include "tests/simulate/promises.h"
#include "tests/simulate/report.h"
#include "tests/simulate/server.h"
#include "tests/simulate/users.h"

enum { EDITS_MOST = 2, EDITS_PAIRS = 64 };
/* So many allocations an edit makes, and until claims are given back. */
enum { EDITS_ALLOCATIONS = 40, EDITS_RECALLED = 10 };

/* A task that is edited, and what it becomes. */
struct edit {
	struct task *task;
	uint64_t number;
	unsigned wish, text;
	bool redirects; /* it changes what the task waits for */
	char name[8];
};

static struct edits_pair {
	unsigned wishes[EDITS_MOST], texts[EDITS_MOST];
} pairs[EDITS_PAIRS]; /* the latest edits of two tasks */
static unsigned pairs_count;

void edits_reset(void)
{
	pairs_count = 0;
}

void edits_crash(void)
{
	edits_check();
	edits_reset();
}

/* What users ask for. */

static unsigned edits_text_of(const struct task *task)
{
	const char *name = task_given_name(task);
	return name ? (unsigned)strtoul(name + 1, NULL, 10) : 0;
}

static bool edits_is_prepared(const struct task *task)
{
	return task->run && task->run->phase == RUN_PREPARING;
}

/* One value becomes another: what is prepared for it goes on, or the last attempt was the last one. */
static unsigned edits_vary(struct wish_form *form, const struct task *task)
{
	uint32_t over = task_plan(task)->marks.attempt;
	if (over > 0)
		form->plan.retries = chance_draw(over);
	else
		form->plan.time_limit = 100 + chance_draw(3000);
	return EDITING_NAME | EDITING_PLAN;
}

/* What was not run because of the task, since that had not begun, is waited for: when they are made again, in a circle. */
static void edits_choose_circle(struct wish_form *form, uint64_t number)
{
	for (uint64_t other = 1; other <= disk_ahead.last_number; other++) {
		const struct disk_row *row = &disk_ahead.rows[other];
		bool waited = false;
		for (unsigned i = 0; i < row->plan.after_count; i++)
			waited |= row->after[i].number == number;
		if (!row->exists || row->state != TASK_STOPPED || !waited)
			continue;
		form->after[0] = (struct plan_after){ .number = other, .condition = PLAN_AFTER_OK };
		form->plan.after_count = 1;
		return;
	}
}

/* Fills in the form of the task after the edit.  False: it has been edited often enough. */
static bool edits_choose(struct edit *edit, struct task *task, unsigned *fields)
{
	struct wish *wish = &wishes[edit->wish = wish_of_task(task)];
	struct wish_form chosen = { .group = grouped_choose() };
	if (wish->last_text == WISH_TEXTS)
		return false;
	edit->task = task;
	edit->number = task->number;
	edit->text = ++wish->last_text;
	snprintf(edit->name, sizeof(edit->name), "n%u", edit->text);
	struct wish_form *form = &wish->forms[edit->text];
	*form = wish->forms[edits_text_of(task)];
	edit->redirects = false;
	if ((edits_is_prepared(task) || task_plan(task)->marks.attempt > 0) && chance_draw(4)) {
		*fields = edits_vary(form, task);
		return true;
	}
	plans_choose(&chosen);
	if (chance_draw(2))
		edits_choose_circle(&chosen, task->number);
	*fields = EDITING_NAME | (chance_draw(4) ? EDITING_PLAN : EDITING_AFTER);
	if (chance_draw(2))
		*fields |= EDITING_AFTER;
	if (chance_draw(3) == 0)
		*fields |= EDITING_GROUP;
	edit->redirects = *fields & EDITING_AFTER;
	if (*fields & EDITING_GROUP)
		form->group = chosen.group;
	if (*fields & EDITING_AFTER) {
		memcpy(form->after, chosen.after, sizeof(form->after));
		form->plan.after_count = chosen.plan.after_count;
	}
	if (*fields & EDITING_PLAN) {
		chosen.plan.after_count = form->plan.after_count;
		form->plan = chosen.plan;
	}
	return true;
}

static void edits_fill(struct editing *editing, const struct edit *edit, unsigned fields,
                       struct task_plan *plan, struct plan_hooks *hooks)
{
	struct wish *wish = &wishes[edit->wish];
	struct wish_form *form = &wish->forms[edit->text];
	*plan = form->plan;
	*hooks = disk_hooks;
	plan->hooks = wish->hooked ? hooks : NULL;
	plan->unique = wish_key(wish);
	*editing = (struct editing){ .task = edit->task,
		                     .fields = fields,
		                     .spec = { .name = (char *)edit->name,
		                               .group = (char *)grouped_label(form->group),
		                               .plan = plan },
		                     .after = form->after,
		                     .after_count = form->plan.after_count };
}

/* Why an edit may be refused. */

/* The end of this one waits for the end of that one, once the edits are made. */
static bool edits_waits_for(const struct edit *edits, unsigned count, uint64_t number, uint64_t sought,
                            bool *visited)
{
	const struct disk_row *row = &disk_ahead.rows[number];
	const struct plan_after *after = row->after;
	size_t after_count = row->plan.after_count;
	for (unsigned i = 0; i < count; i++) {
		const struct wish_form *form = &wishes[edits[i].wish].forms[edits[i].text];
		if (edits[i].number == number && edits[i].redirects) {
			after = form->after;
			after_count = form->plan.after_count;
		}
	}
	for (size_t i = 0; i < after_count; i++) {
		uint64_t next = after[i].number;
		const struct disk_row *its = &disk_ahead.rows[next];
		if (!its->exists || task_state_terminal((enum task_state)its->state))
			continue;
		if (next == sought)
			return true;
		if (visited[next])
			continue;
		visited[next] = true;
		if (edits_waits_for(edits, count, next, sought, visited))
			return true;
	}
	return false;
}

static bool edits_are_circular(const struct edit *edits, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		bool visited[DISK_TASKS + 1] = { false };
		if (edits_waits_for(edits, count, edits[i].number, edits[i].number, visited))
			return true;
	}
	return false;
}

unsigned edits_count_waits(uint64_t number, bool *visited)
{
	const struct disk_row *row = &disk_ahead.rows[number];
	unsigned waits = (unsigned)row->plan.after_count;
	if (visited[number] || !row->exists)
		return 0;
	visited[number] = true;
	for (size_t i = 0; i < row->plan.after_count; i++) {
		const struct disk_row *next = &disk_ahead.rows[row->after[i].number];
		if (next->exists && !task_state_terminal((enum task_state)next->state))
			waits += edits_count_waits(row->after[i].number, visited);
	}
	return waits;
}

bool edits_made_circle(uint64_t number)
{
	bool visited[DISK_TASKS + 1] = { false };
	return edits_waits_for(NULL, 0, number, number, visited);
}

/* The states of the tasks, before the edits; whatever claims there are may be given back, or not. */
struct edits_reasons {
	bool never, perhaps; /* one of them does not wait; one of them is claimed */
	bool unknown, heavy, circular;
};

static struct edits_reasons edits_look(const struct edit *edits, unsigned count)
{
	struct edits_reasons reasons = { .circular = edits_are_circular(edits, count) };
	for (unsigned i = 0; i < count; i++) {
		const struct wish_form *form = &wishes[edits[i].wish].forms[edits[i].text];
		enum task_state state = edits[i].task->status.state;
		bool claimed = state == TASK_CLAIMED, waits = state == TASK_CREATED || state == TASK_QUEUED;
		reasons.perhaps |= claimed;
		reasons.never |= !claimed && !waits;
		reasons.unknown |= !grouped_is_known(form->group);
		reasons.heavy |= grouped_weighs_too_much(form->group, form->plan.weight);
	}
	return reasons;
}

static void edits_check_answer(const struct edits_reasons *reasons, int code)
{
	switch (code) {
	case 0:
		must(!reasons->never, "what does not wait is edited");
		must(!reasons->unknown && !reasons->heavy, "an edit moves a task where it cannot run");
		must(!reasons->circular, "an edit makes tasks wait for each other");
		break;
	case -EPERM:
		must(reasons->never || reasons->perhaps, "an edit of what waits is refused");
		break;
	case -ENOENT:
		must(reasons->unknown, "an edit names no group that is unknown, and is refused");
		break;
	case -EINVAL:
		must(reasons->heavy || reasons->circular, "an edit is refused as invalid");
		break;
	case -ENOSPC:
		must(disk_scarce, "an edit finds no room");
		break;
	default:
		must(code == -ENOMEM, "error %d", code);
	}
}

static void edits_ask(const struct edit *edits, unsigned count, uint64_t sequence)
{
	for (unsigned i = 0; i < count; i++)
		promises_ask((struct request){ .kind = REQUEST_TEXT,
		                               .wish = edits[i].wish,
		                               .value = edits[i].text },
		             sequence);
	if (count < EDITS_MOST)
		return;
	pairs[pairs_count++ % EDITS_PAIRS] =
		(struct edits_pair){ { edits[0].wish, edits[1].wish }, { edits[0].text, edits[1].text } };
}

static void edits_fail(void)
{
	users_are_acting = false; /* it is the server that hears it */
	disk_write(0, true);
	server_hear_disk();
	users_are_acting = true;
}

static void edits_apply(const struct edit *edits, const unsigned *fields, unsigned count)
{
	struct editing editings[EDITS_MOST];
	struct task_plan plans[EDITS_MOST];
	struct plan_hooks hooks[EDITS_MOST];
	const struct edits_reasons reasons = edits_look(edits, count);
	char *clause = NULL;
	for (unsigned i = 0; i < count; i++) {
		edits_fill(&editings[i], &edits[i], fields[i], &plans[i], &hooks[i]);
		wishes[edits[i].wish].texts |= 1U << edits[i].text;
		tell("    edits task %llu, which becomes %s", (unsigned long long)edits[i].number,
		     edits[i].name);
	}
	bool both =
		count > 1 && edits_is_prepared(edits[0].task) && edits[1].task->status.state == TASK_CLAIMED;
	if (chance_once_in(count > 1 ? 2 : 4))
		overdue_scarce(chance_draw(both ? EDITS_RECALLED : EDITS_ALLOCATIONS));
	int code = editing_apply(&server_core, editings, count, &clause);
	free(clause);
	tell("    edits %u: %d", count, code);
	for (unsigned i = 0; i < count && (!code || server_is_dead()); i++)
		adoptions_edited(edits[i].number);
	if (server_is_dead())
		return;
	edits_check_answer(&reasons, code);
	for (unsigned i = 0; i < count && code; i++)
		wishes[edits[i].wish].texts &= ~(1U << edits[i].text);
	if (!code)
		edits_ask(edits, count, server_core.asked);
	for (unsigned i = 0; i < count && !code; i++) {
		const struct wish_form *form = &wishes[edits[i].wish].forms[edits[i].text];
		if (form->plan.weight > 1)
			grouped_check_heavy(form->group, form->plan.weight - 1);
	}
	/* It is not stored, and what is prepared for it is on its way. */
	if (!code && chance_once_in(edits_is_prepared(edits[0].task) ? 2 : 6))
		edits_fail();
}

static struct task *edits_other(const struct task *task)
{
	const struct order *order = &server_core.registry.order;
	struct task *other = order_at(order, chance_draw((unsigned)order->count));
	/* What is being prepared for one, and the claim of the other one, are given back together. */
	if (edits_is_prepared(task)) {
		for (other = order_at(order, 0); other && other->status.state != TASK_CLAIMED;)
			other = order_next(order, other);
		if (!other)
			return NULL;
	}
	bool fits = other != task && wish_is_task(other);
	return fits && (edits_is_prepared(task) || chance_draw(2)) ? other : NULL;
}

void edits_act(struct task *task)
{
	struct edit edits[EDITS_MOST];
	unsigned fields[EDITS_MOST], count = 0;
	struct task *other = edits_other(task);
	count += edits_choose(&edits[count], task, &fields[count]);
	if (count > 0 && other)
		count += edits_choose(&edits[count], other, &fields[count]);
	if (count > 0)
		edits_apply(edits, fields, count);
}

/* The oracle. */

/* The row of each wish that is durable; NULL: it is not there. */
static void edits_find_rows(const struct disk_row **rows)
{
	for (int number = 1; number <= DISK_TASKS; number++) {
		const struct disk_row *row = &disk_durable.rows[number];
		int wish = row->exists && row->has_nonce ? wish_of_nonce(row->nonce) : -1;
		if (wish >= 0)
			rows[wish] = row;
	}
}

static bool edits_is_made(const struct disk_row *row, unsigned text)
{
	return *row->name && strtoul(row->name + 1, NULL, 10) >= text;
}

void edits_check(void)
{
	const struct disk_row *rows[WISHES_MAX] = { NULL };
	unsigned count = pairs_count < EDITS_PAIRS ? pairs_count : EDITS_PAIRS;
	if (count > 0)
		edits_find_rows(rows);
	for (unsigned i = 0; i < count; i++) {
		const struct edits_pair *pair = &pairs[i];
		bool possible = true;
		for (unsigned j = 0; j < EDITS_MOST; j++)
			possible = possible && rows[pair->wishes[j]] &&
			           wishes[pair->wishes[j]].texts >> pair->texts[j] & 1;
		must(!possible || edits_is_made(rows[pair->wishes[0]], pair->texts[0]) ==
		                          edits_is_made(rows[pair->wishes[1]], pair->texts[1]),
		     "wishes %u and %u are edited together, and only one has changed", pair->wishes[0],
		     pair->wishes[1]);
	}
}
