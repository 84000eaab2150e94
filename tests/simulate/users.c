#include "tests/simulate/users.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/core/creation.h"
#include "engine/core/editing.h"
#include "engine/core/environments.h"
#include "engine/core/hooks.h"
#include "engine/core/pausing.h"
#include "engine/core/removal.h"
#include "engine/core/requests.h"
#include "tests/simulate/chance.h"
#include "tests/simulate/copies.h"
#include "tests/simulate/disk.h"
#include "tests/simulate/edits.h"
#include "tests/simulate/grouped.h"
#include "tests/simulate/keys.h"
#include "tests/simulate/oracle.h"
#include "tests/simulate/plans.h"
#include "tests/simulate/promises.h"
#include "tests/simulate/removals.h"
#include "tests/simulate/report.h"
#include "tests/simulate/server.h"

enum { USERS_TASKS = 12, USERS_NUMBERS = DISK_TASKS / 4 /* each can be followed by three hooks */ };

static struct shared_environment *connection; /* the environment that a connection sent; NULL: none */
static int connection_environment;            /* its number */

static struct task *users_any(void)
{
	size_t count = server_core.registry.order.count;
	return count > 0 ? order_at(&server_core.registry.order, chance_draw((unsigned)count)) : NULL;
}

/* A hook is nobody's wish, and neither is a copy. */
static struct task *users_any_task(void)
{
	struct task *task = users_any();
	return task && task_nonce(task) ? task : NULL;
}

static bool users_have_room(void)
{
	const struct order *order = &server_core.registry.order;
	size_t count = 0;
	for (const struct task *task = order_at(order, 0); task; task = order_next(order, task))
		count += task_hook_target(task) == 0;
	return count < USERS_TASKS && server_core.registry.last_number < USERS_NUMBERS;
}

/* There is room for all that adopting can make. */
static bool users_have_numbers(void)
{
	return server_core.registry.last_number + COPIES_MOST < USERS_NUMBERS;
}

/* Returns a task for which this is true, if there is one, and this one otherwise. */
static struct task *users_task_that(struct task *first, bool (*is)(struct task *task))
{
	const struct order *order = &server_core.registry.order;
	struct task *task = first;
	while (!task_nonce(task) || !is(task)) {
		task = order_next(order, task) ? order_next(order, task) : order_at(order, 0);
		if (task == first)
			break;
	}
	return task;
}

/* It is being started or adopted, so a pause or a stop is sent only when that is over. */
static bool users_in_transit(struct task *task)
{
	enum run_phase phase = task->run ? task->run->phase : RUN_PREPARING;
	return phase == RUN_STARTING || phase == RUN_STARTING_PAUSED || phase == RUN_STARTING_STOPPED ||
	       phase == RUN_ADOPTING || phase == RUN_ADOPTING_PAUSED || phase == RUN_ADOPTING_STOPPED;
}

static bool users_is_stopping(struct task *task)
{
	return task->status.state == TASK_STOPPING;
}

static bool users_runs(struct task *task)
{
	return task->status.state == TASK_RUNNING;
}

static bool users_waits(struct task *task)
{
	return editing_possible(task);
}

/* Creations. */

static void users_choose_id(struct wish *wish, unsigned number)
{
	unsigned kind = chance_draw(4);
	wish->id_is_made = kind < 2;
	if (kind == 2)
		snprintf(wish->id, sizeof(wish->id), "%c%u", chance_draw(2) ? 't' : 'T', number);
	else
		snprintf(wish->id, sizeof(wish->id), "%u", 1 + chance_draw(40));
}

static bool users_fill_hooks(struct task_spec *spec)
{
	struct plan_hooks hooks = disk_hooks;
	struct task_plan plan = spec->plan ? *spec->plan : plan_default, *with;
	plan.hooks = &hooks;
	with = plan_copy(&plan);
	plan_free(spec->plan);
	spec->plan = with;
	return with;
}

static bool users_fill_spec(struct task_spec *spec, unsigned number)
{
	const struct wish *wish = &wishes[number];
	char command[WISH_COMMAND_SIZE];
	wish_command(number, command);
	const char *group = grouped_label(wish->forms[0].group);
	spec->cwd = strdup("/");
	spec->group = group ? strdup(group) : NULL;
	spec->id = wish->id_is_made ? NULL : strdup(wish->id);
	spec->has_nonce = true;
	wish_nonce(number, spec->nonce);
	return spec->cwd && !spec->group == !group && (spec->id || wish->id_is_made) &&
	       strings_add(&spec->command, command) == 0 && plans_fill(wish, spec) &&
	       (!wish->hooked || users_fill_hooks(spec));
}

/* The id is in use, or it is a number that was used before. */
static bool users_id_is_taken(const struct wish *wish)
{
	struct registry *registry = &server_core.registry;
	uint64_t number = registry_id_number(wish->id);
	return registry_find(registry, wish->id) || (number > 0 && number < registry->next_id);
}

static void users_create(unsigned number)
{
	struct wish *wish = &wishes[number];
	enum answer before = wish->created;
	struct task_spec spec = { 0 };
	struct task *task = NULL, *parent = wish->parent >= 0 ? wish_task((unsigned)wish->parent) : NULL;
	char *error = NULL;
	if ((wish->parent >= 0 && !parent) || (wish->source && !copies_source(wish)) ||
	    (wish->environment && wish->environment != connection_environment) ||
	    !users_fill_spec(&spec, number)) {
		task_spec_release(&spec);
		return;
	}
	if (before == ANSWER_NO)
		wish->created = ANSWER_MAYBE;
	const struct task *owner = keys_owner(wish_key(wish));
	bool known = wish_task(number);
	bool taken = !known && !wish->id_is_made && users_id_is_taken(wish);
	int code = copies_make(wish, &spec, wish->environment ? connection : NULL, parent, &task, &error);
	tell("    creates wish %u: %d", number, code);
	if (code)
		task_spec_release(&spec);
	free(error);
	if (server_is_dead())
		return;
	const struct wish_form *form = &wish->forms[0];
	must(code == 0 || code == -ENOMEM || (code == -EEXIST && taken) || (code == -EALREADY && owner) ||
	             (code == -ENOENT && wish->source && copies_may_be_refused()) ||
	             (code == -EINVAL && wish->source) ||
	             (code == -ENOENT && !grouped_is_known(form->group)) ||
	             (code == -EINVAL && grouped_weighs_too_much(form->group, form->plan.weight)),
	     "wish %u is refused: %d", number, code);
	must(code || !owner || known, "wish %u has a key of which there is another", number);
	if (code) {
		wish->created = before;
		return;
	}
	if (wish->source && !known)
		copies_made(task->number, wish->source);
	removals_join(number, task_parent(task));
	promises_ask((struct request){ .kind = REQUEST_CREATE, .wish = number }, server_core.asked);
}

static void users_create_new(void)
{
	if (wishes_count == WISHES_MAX || !users_have_room())
		return;
	struct task *parent = chance_draw(3) ? NULL : users_any_task();
	struct wish *wish = &wishes[wishes_count];
	*wish = (struct wish){
		.queued = chance_draw(3) > 0,
		.hooked = chance_draw(3) == 0,
		.parent = parent ? (int)wish_of_task(parent) : -1,
		.key = chance_draw(4) ? 0 : 1 + (int)chance_draw(WISH_KEYS),
		.environment = chance_draw(2) ? connection_environment : 0,
		.texts = 1,
	};
	users_choose_id(wish, wishes_count);
	wish->forms[0].group = grouped_choose();
	plans_choose(&wish->forms[0]);
	const struct task *source = chance_draw(4) == 0 && users_have_numbers() ? copies_choose() : NULL;
	wish->source = source ? source->number : 0;
	users_create(wishes_count++);
}

/* Sends a creation again, as a user does who got no reply. */
static void users_create_again(void)
{
	unsigned wish = wishes_count > 0 ? chance_draw(wishes_count) : 0;
	if (wishes_count == 0 || wishes[wish].removed != ANSWER_NO || !users_have_room())
		return;
	users_create(wish);
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

static void users_stop(struct task *task, const struct stop_options *options)
{
	unsigned number = wish_of_task(task);
	enum answer *answer = &wishes[number].stopped, before = *answer;
	bool may = oracle_may_stop(task->status.state);
	*answer = before == ANSWER_NO && may ? ANSWER_MAYBE : before;
	uint64_t the_task = task->number;
	int error = requests_stop(&server_core, task, options);
	tell("    stops task %llu, signal %d, kill after %lld: %d", (unsigned long long)the_task,
	     options->signal, (long long)options->kill_after, error);
	if (server_is_dead())
		return;
	if (error)
		*answer = before;
	if (error)
		promises_ask_refused(error, may, task);
	else
		promises_ask((struct request){ .kind = REQUEST_STOP, .wish = number }, server_core.asked);
}

static void users_act_stop(struct task *task)
{
	struct stop_options options = { .given = chance_draw(3) > 0,
		                        .signal = (int)chance_draw(2) * SIGTERM,
		                        .kill_after = chance_draw(2) ? -1 : (int)chance_draw(3000) };
	if (chance_draw(8) == 0)
		options.signal = SIGKILL;
	users_stop(task, &options);
}

static void users_act_pause(struct task *task)
{
	bool pause = chance_draw(3) > 0, may = oracle_may_pause(task->status.state);
	int error = pause ? pausing_pause(&server_core, task) : pausing_resume(&server_core, task);
	tell("    %s task %llu: %d", pause ? "pauses" : "resumes", (unsigned long long)task->number, error);
	if (server_is_dead())
		return;
	if (error)
		promises_ask_refused(error, pause && may, task);
	else
		promises_ask((struct request){ .kind = REQUEST_LOOK }, server_core.asked);
}

/* Whole families are more often removed. */
static void users_act_remove(struct task *task)
{
	if (chance_draw(3))
		task = users_task_that(task, removals_may_divide);
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
	must(error == 0 || error == -ENOMEM, "error %d", error);
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
	int error = requests_progress(&server_core, task, 50, message);
	tell("    says how far task %llu is: %d", (unsigned long long)task->number, error);
	if (server_is_dead())
		return;
	if (error) {
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

static void users_act_slots(void)
{
	unsigned value = chance_draw(8);
	promises_try_slots(value);
	int error = requests_set_slots(&server_core, value);
	tell("    sets %u slots: %d", value, error);
	if (server_is_dead())
		return;
	if (error)
		promises_count_slots();
	else
		promises_ask((struct request){ .kind = REQUEST_SLOTS, .value = value }, server_core.asked);
}

static void users_act_connect(void)
{
	size_t length;
	if (connection) {
		environments_drop(&server_core, connection);
		connection = NULL;
		connection_environment = 0;
		return;
	}
	int number = 1 + (int)chance_draw(WISH_ENVIRONMENTS);
	const char *block = wish_environment(number, &length);
	if (environments_take(&server_core, block, length, &connection) == 0)
		connection_environment = number;
	else
		connection = NULL;
}

static void users_act_on_task(unsigned act, struct task *task)
{
	bool stops = act >= 2 && act < 6, pauses = act >= 12;
	/* What is seldom, and can go wrong in most ways. */
	if ((stops || pauses) && chance_draw(2))
		task = users_task_that(task, users_in_transit);
	else if (stops && chance_draw(2))
		task = users_task_that(task, users_is_stopping);
	else if (act == 10 && chance_draw(4))
		task = users_task_that(task, users_runs);
	else if (act == 9 && chance_draw(2))
		task = users_task_that(task, users_waits);
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

/* What is durable of it is compared with what the server has. */
static void users_act_hook_limit(void)
{
	int64_t limit = 100 + (int64_t)chance_draw(5000);
	int error = hooks_set_limit(&server_core, limit);
	tell("    hooks may run for %lld ms: %d", (long long)limit, error);
	if (!server_is_dead())
		must(error == 0 || error == -ENOMEM, "error %d", error);
}

/* Nobody is promised anything about one. */
static void users_act_on_hook(void)
{
	const struct stop_options options = { .signal = SIGTERM, .kill_after = -1 };
	struct task *task = users_any();
	if (chance_draw(3) == 0) {
		users_act_hook_limit();
		return;
	}
	if (!task || task_nonce(task))
		return;
	if (chance_draw(2))
		(void)requests_stop(&server_core, task, &options);
	else if (chance_draw(2))
		(void)pausing_pause(&server_core, task);
	else
		(void)removal_remove(&server_core, task);
}

void users_act(void)
{
	unsigned act = chance_draw(31);
	struct task *task = users_any_task();
	if (!promises_have_room())
		return;
	if (act < 15 && task)
		users_act_on_task(act, task);
	else if (act == 15)
		users_act_look();
	else if (act == 16)
		users_act_slots();
	else if (act == 17)
		users_act_connect();
	else if (act == 20)
		users_create_again();
	else if (act == 22 || act == 23)
		grouped_act();
	else if (act == 18)
		removals_read();
	else if (act == 21)
		users_act_on_hook();
	else if (act == 19)
		(void)pausing_set_server(&server_core, chance_draw(3) == 0, GROUP_SWEEP_NONE);
	else
		users_create_new();
}

void users_crash(void)
{
	connection = NULL;
	connection_environment = 0;
	removals_crash();
}

void users_end_waiting(void)
{
	const struct stop_options options = { .signal = SIGTERM, .kill_after = -1 };
	const struct order *order = &server_core.registry.order;
	if (server_core.paused)
		(void)pausing_set_server(&server_core, false, GROUP_SWEEP_NONE);
	grouped_end_waiting();
	for (struct task *task = order_at(order, 0); task; task = order_next(order, task)) {
		if (task->status.state == TASK_PAUSED || task_plan(task)->marks.held)
			(void)pausing_resume(&server_core, task);
		bool in_vain = plans_wait_in_vain(task) || grouped_waits_in_vain(task);
		if (task->status.state != TASK_QUEUED || task_hook_target(task) || !in_vain)
			continue;
		if (!task_nonce(task))
			(void)requests_stop(&server_core, task, &options);
		else if (promises_have_room())
			users_stop(task, &options);
	}
}
