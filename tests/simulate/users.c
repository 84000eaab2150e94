#include "tests/simulate/users.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/core/editing.h"
#include "engine/core/groups.h"
#include "engine/core/pausing.h"
#include "engine/core/removal.h"
#include "engine/core/requests.h"
#include "tests/simulate/adoptions.h"
#include "tests/simulate/cancels.h"
#include "tests/simulate/causes.h"
#include "tests/simulate/chance.h"
#include "tests/simulate/clock.h"
#include "tests/simulate/creations.h"
#include "tests/simulate/disk.h"
#include "tests/simulate/edits.h"
#include "tests/simulate/grouped.h"
#include "tests/simulate/machine.h"
#include "tests/simulate/oracle.h"
#include "tests/simulate/plans.h"
#include "tests/simulate/promises.h"
#include "tests/simulate/removals.h"
#include "tests/simulate/report.h"
#include "tests/simulate/server.h"
#include "tests/simulate/settings.h"
#include "tests/simulate/sweeps.h"
#include "tests/simulate/targets.h"

bool users_are_acting, users_kill;

static struct task *users_any(void)
{
	size_t count = server_core.registry.order.count;
	return count > 0 ? order_at(&server_core.registry.order, chance_draw((unsigned)count)) : NULL;
}

struct task *users_any_task(void)
{
	struct task *task = users_any();
	return task && wish_is_task(task) ? task : NULL;
}

/* Requests about one task. */

static void users_act_start(struct task *task)
{
	unsigned number = wish_of_task(task);
	enum answer *answer = &wishes[number].started, before = *answer;
	bool may = oracle_may_start(task->status.state);
	*answer = before == ANSWER_NO && may ? ANSWER_MAYBE : before;
	int error = requests_start(&server_core, task);
	tell("    starts task %llu: %d", (unsigned long long)task->number, error);
	if (server_is_dead())
		return;
	if (error)
		*answer = before;
	if (error)
		promises_ask_refused(error, may, task);
	else
		promises_ask((struct request){ .kind = REQUEST_START, .wish = number }, server_core.asked);
}

/* Before that is stored it has run for its time limit, and then it is not stored. */
static void users_wait_and_fail(int64_t limit)
{
	machine_pass(limit);
	users_are_acting = false; /* it is the server that acts at that time */
	server_ring();
	disk_write(0, true);
	users_are_acting = true;
}

void users_stop(struct task *task, const struct stop_options *options)
{
	unsigned number = wish_of_task(task);
	enum answer *answer = &wishes[number].stopped, before = *answer;
	bool may = oracle_may_stop(task->status.state);
	bool left = !may && options->signal == SIGKILL && machine_fates[task->number].left > 0;
	*answer = before == ANSWER_NO && may ? ANSWER_MAYBE : before;
	uint64_t the_task = task->number;
	bool overdue =
		task->status.state == TASK_OVERTIME && disk_durable.rows[task->number].state == TASK_OVERTIME;
	int64_t limit = task_plan(task)->time_limit;
	users_kill = options->signal == SIGKILL;
	int error = requests_stop(&server_core, task, options);
	users_kill = false;
	tell("    stops task %llu, signal %d, kill after %lld: %d", (unsigned long long)the_task,
	     options->signal, (long long)options->kill_after, error);
	if (server_is_dead())
		return;
	if (error)
		*answer = before;
	struct machine_fate *fate = &machine_fates[the_task];
	/* Its time limit has sent a signal already.  If it is not durable, the signal was another one. */
	if (!error)
		fate->quiet =
			overdue && !options->given && fate->stopped && fate->signalled == server_generation
				? server_generation
				: 0;
	must(error || may || left, "task %llu is over, and is stopped", (unsigned long long)the_task);
	if (error)
		promises_ask_refused(error, may || left, task);
	else if (may)
		promises_ask((struct request){ .kind = REQUEST_STOP, .wish = number }, server_core.asked);
	if (!error && limit > 0 && chance_once_in(3))
		users_wait_and_fail(limit);
}

/* It leaves the time of the kill as it is, and the clock was set meanwhile. */
static void users_prepare_second_stop(struct stop_options *options)
{
	options->given = true;
	options->kill_after = -1;
	clock_jump((int64_t)chance_draw(20000) - 10000);
}

void users_lose_last(void)
{
	users_are_acting = false;
	disk_write(disk_waiting() - 1, false);
	server_hear_disk();
	if (!server_is_dead())
		disk_write(0, true);
	users_are_acting = true;
}

static void users_act_stop(struct task *task)
{
	struct stop_options options = { .given = chance_draw(3) > 0,
		                        .signal = (int)chance_draw(2) * SIGTERM,
		                        .kill_after = chance_draw(2) ? -1 : (int)chance_draw(3000) };
	bool between = target_is_between(task), paused = target_is_paused(task);
	if (chance_draw(8) == 0)
		options.signal = SIGKILL;
	if (target_is_stopping(task) && chance_draw(2))
		users_prepare_second_stop(&options);
	users_stop(task, &options);
	/* Before that is stored he says that no signal is to be sent. */
	if (paused && options.signal == SIGTERM && chance_draw(2) && !server_is_dead() &&
	    promises_have_room())
		users_stop(task, &(struct stop_options){ .given = true, .kill_after = -1 });
	/* The end of the attempt is stored, and the stop after that is not. */
	if (between && disk_waiting() > 1 && chance_once_in(2))
		users_lose_last();
}

static int users_resume(struct task *task)
{
	bool sends = oracle_resume_sends(task);
	int error = pausing_resume(&server_core, task);
	if (!error)
		sweeps_excuse(task->number, false);
	if (!error && sends && !server_is_dead())
		oracle_resumes(task->number, server_core.asked);
	return error;
}

static void users_act_resume(struct task *task)
{
	int error = users_resume(task);
	tell("    resumes task %llu: %d", (unsigned long long)task->number, error);
	if (server_is_dead())
		return;
	if (error)
		promises_ask_refused(error, false, task);
	else
		promises_ask((struct request){ .kind = REQUEST_LOOK }, server_core.asked);
	/* It is not stored. */
	if (!error && chance_once_in(6))
		disk_write(0, true);
}

/* It is stored at once, and then time goes by. */
static void users_store_and_wait(int64_t time)
{
	users_are_acting = false;
	disk_write(disk_waiting(), false);
	server_hear_disk();
	if (!server_is_dead())
		machine_pass(time);
	users_are_acting = true;
}

static void users_act_pause(struct task *task)
{
	bool pause = task->status.state != TASK_PAUSED && chance_draw(3) > 0;
	bool may = oracle_may_pause(task->status.state);
	int error = pause ? pausing_pause(&server_core, task) : users_resume(task);
	if (!error && pause)
		sweeps_excuse(task->number, true);
	tell("    %s task %llu: %d", pause ? "pauses" : "resumes", (unsigned long long)task->number, error);
	if (server_is_dead())
		return;
	if (error)
		promises_ask_refused(error, pause && may, task);
	else
		promises_ask((struct request){ .kind = REQUEST_LOOK }, server_core.asked);
	/* Before that is durable. */
	if (!error && pause && promises_have_room() && chance_draw(4) == 0)
		users_act_resume(task);
	else if (!error && chance_draw(task_plan(task)->time_limit > 0 || machine_fates[task->number].left > 0
	                                       ? 2
	                                       : 8) == 0)
		users_store_and_wait(chance_draw(1000));
}

/* Whole families are more often removed. */
static void users_act_remove(struct task *task)
{
	if (chance_draw(3))
		task = target_that(task, removals_may_divide);
	while (chance_draw(4) && task_parent(task))
		task = task_parent(task);
	removals_act(task);
}

static void users_act_text(struct task *task)
{
	unsigned number = wish_of_task(task);
	struct wish *wish = &wishes[number];
	char name[8], *clause = NULL;
	if (wish->last_text == WISH_TEXTS)
		return;
	unsigned text = ++wish->last_text;
	const char *now = task_given_name(task);
	wish->forms[text] = wish->forms[now ? strtoul(now + 1, NULL, 10) : 0];
	snprintf(name, sizeof(name), "n%u", text);
	wish->texts |= 1U << text;
	int error = editing_set_text(&server_core, task, name, NULL, &clause);
	free(clause);
	tell("    names task %llu %s: %d", (unsigned long long)task->number, name, error);
	if (server_is_dead())
		return;
	must(error == 0 || error == -ENOMEM || (error == -ENOSPC && disk_scarce), "error %d", error);
	if (error)
		wish->texts &= ~(1U << text);
	else
		promises_ask((struct request){ .kind = REQUEST_TEXT, .wish = number, .value = text },
		             server_core.asked);
}

static void users_act_progress(struct task *task)
{
	struct request request = { .kind = REQUEST_LOOK };
	char message[TASK_MESSAGE_MAX + 8];
	snprintf(message, sizeof(message), "%*s", chance_draw(2) ? 4 : TASK_MESSAGE_MAX, "half");
	bool may = oracle_may_progress(task->status.state);
	causes_said(task->number, message);
	int error = requests_progress(&server_core, task, 50, message);
	tell("    says how far task %llu is: %d", (unsigned long long)task->number, error);
	if (server_is_dead())
		return;
	if (error) {
		causes_unsaid(task->number);
		promises_ask_refused(error, may, task);
		return;
	}
	request_show(&request, task);
	/* This reply says only that the task is there. */
	request.rows[0].state = TASK_QUEUED;
	promises_ask(request, server_core.asked);
}

/* Requests about no single task. */

static void users_act_look(void)
{
	struct request request = { .kind = REQUEST_LOOK };
	const struct order *order = &server_core.registry.order;
	for (const struct task *task = order_at(order, 0); task && request.count < REQUEST_ROWS;
	     task = order_next(order, task))
		request_show(&request, task);
	promises_ask(request, server_core.journal.sequence);
}

static void users_act_on_task(unsigned act, struct task *task)
{
	bool stops = act >= 2 && act < 6, pauses = act >= 12;
	/* What is seldom, and can go wrong in most ways. */
	if ((stops || pauses) && chance_draw(2))
		task = target_that(task, chance_draw(2) ? target_in_transit : target_is_between);
	else if (stops && chance_draw(2))
		task = target_that(task, chance_draw(4) == 0 ? target_is_paused
		                         : chance_draw(3)    ? target_is_stopping
		                                             : target_has_limit);
	else if (pauses && chance_draw(3))
		task = target_that(task, chance_draw(2) ? target_leaves : target_was_postponed);
	else if (act == 10 && chance_draw(4))
		task = target_that(task, target_runs);
	else if (act == 9 && chance_draw(3))
		task = target_that(task, chance_draw(2)   ? target_is_prepared
		                         : chance_draw(2) ? target_is_tried_again
		                                          : target_waits);
	if (act < 2)
		users_act_start(task);
	else if (act < 6)
		users_act_stop(task);
	else if (act < 9)
		users_act_remove(task);
	else if (act < 10 && chance_draw(3))
		edits_act(task);
	else if (act < 10)
		users_act_text(task);
	else if (act < 11)
		users_act_progress(task);
	else if (act < 12)
		promises_wait(task);
	else
		users_act_pause(task);
}

/* Nobody is promised anything about one. */
static void users_act_on_hook(void)
{
	const struct stop_options options = { .signal = SIGTERM, .kill_after = -1 };
	struct task *task = users_any();
	if (chance_draw(3) == 0) {
		settings_act();
		return;
	}
	if (!task || wish_is_task(task))
		return;
	if (chance_draw(2))
		(void)requests_stop(&server_core, task, &options);
	else if (chance_draw(2))
		(void)pausing_pause(&server_core, task);
	else
		(void)removal_remove(&server_core, task);
}

/* Somebody may use a group before all tasks have joined it. */
static void users_act_on_group(void)
{
	grouped_act();
	if (grouped_are_joined() && !server_is_dead() && promises_have_room() && chance_draw(2))
		sweeps_act();
}

static void users_act_on_any(void)
{
	unsigned act = chance_draw(31);
	struct task *task = users_any_task();
	if (act < 15 && task)
		users_act_on_task(act, task);
	else if (act == 15)
		users_act_look();
	else if (act == 16)
		settings_slots();
	else if (act == 17)
		creations_connect();
	else if (act == 20)
		creations_again();
	else if (act == 22 || act == 23)
		users_act_on_group();
	else if (act == 18)
		removals_read();
	else if (act == 21)
		users_act_on_hook();
	else if (act == 19)
		(void)pausing_set_server(&server_core, !server_core.paused && chance_draw(4) == 0,
		                         server_core.sweep);
	else
		creations_new();
}

/* False: there is none, or somebody else has his turn. */
static bool users_act_on_seldom(struct task *task)
{
	struct task *counts = target_that(task, target_counts), *lingers = target_that(task, target_lingers);
	struct task *leaves = target_that(task, target_leaves);
	if (target_counts(counts) && chance_draw(2))
		users_act_pause(counts);
	else if (target_lingers(lingers) && chance_draw(4))
		(chance_draw(2) ? edits_act : users_act_stop)(lingers);
	else if (target_leaves(leaves) && chance_draw(2))
		users_act_pause(leaves);
	else if (server_core.unjudged && chance_draw(2))
		creations_take_over();
	else
		return false;
	return true;
}

void users_hold(void)
{
	users_are_acting = true;
	struct task *task = users_any_task();
	task = task ? target_that(task, target_is_served_first) : NULL;
	if (task && target_is_served_first(task) && !pausing_pause(&server_core, task) && !server_is_dead())
		sweeps_excuse(task->number, true);
	users_are_acting = false;
}

void users_starve(void)
{
	users_are_acting = true;
	struct task *task = users_any_task();
	task = task ? target_that(task, target_is_held) : NULL;
	if (task && target_is_held(task) && promises_have_room())
		users_act_resume(task);
	if (!server_is_dead() && promises_have_room())
		grouped_pause_claims();
	users_are_acting = false;
}

void users_act(void)
{
	if (!promises_have_room())
		return;
	users_are_acting = true;
	struct task *task = users_any_task();
	bool goes_on = core_sweeps(&server_core) || server_core.adoptions;
	bool crosses = task && !chance_calm && chance_draw(goes_on ? 2 : 5) == 0;
	if (!chance_calm && ((task && users_act_on_seldom(task)) || (chance_draw(2) && sweeps_act_again())))
		;
	else if (crosses && core_cancels(&server_core))
		cancels_cross(task);
	else if (crosses && target_is_prepared(target_that(task, target_is_prepared)) && chance_draw(2))
		edits_act(target_that(task, target_is_prepared));
	else if (crosses && core_sweeps(&server_core))
		sweeps_cross();
	else if (crosses && server_core.adoptions && chance_draw(2))
		adoptions_cross();
	else if (chance_draw(100) == 0)
		cancels_act();
	else if (core_runs(&server_core) == 0 && groups_waiting(&server_core) == 0 && chance_draw(3) == 0)
		creations_new();
	else if (chance_draw(30) == 0)
		sweeps_act();
	else
		users_act_on_any();
	users_are_acting = false;
}

void users_crash(void)
{
	users_are_acting = users_kill = false;
	sweeps_crash();
	creations_crash();
	removals_crash();
}

void users_end_waiting(void)
{
	const struct stop_options options = { .signal = SIGTERM, .kill_after = -1 };
	const struct order *order = &server_core.registry.order;
	if (server_core.paused)
		(void)pausing_set_server(&server_core, false, server_core.sweep);
	grouped_end_waiting();
	for (struct task *task = order_at(order, 0); task; task = order_next(order, task)) {
		if (task->status.state == TASK_PAUSED || task_plan(task)->marks.held)
			(void)users_resume(task);
		bool in_vain = plans_wait_in_vain(task) || grouped_waits_in_vain(task);
		if (task->status.state != TASK_QUEUED || task_hook_target(task) || !in_vain)
			continue;
		if (!wish_is_task(task))
			(void)requests_stop(&server_core, task, &options);
		else if (promises_have_room())
			users_stop(task, &options);
	}
}

void users_remove_some(void)
{
	users_are_acting = true;
	for (unsigned i = 0; i < 3; i++) {
		struct task *task = users_any_task();
		if (task && promises_have_room())
			removals_act(task);
	}
	users_are_acting = false;
}
