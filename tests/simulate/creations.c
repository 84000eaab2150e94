#include "tests/simulate/creations.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/core/creation.h"
#include "engine/core/environments.h"
#include "tests/simulate/adoptions.h"
#include "tests/simulate/chance.h"
#include "tests/simulate/copies.h"
#include "tests/simulate/disk.h"
#include "tests/simulate/grouped.h"
#include "tests/simulate/keys.h"
#include "tests/simulate/plans.h"
#include "tests/simulate/promises.h"
#include "tests/simulate/removals.h"
#include "tests/simulate/report.h"
#include "tests/simulate/server.h"
#include "tests/simulate/users.h"

enum {
	CREATIONS_TASKS = 12,
	CREATIONS_NUMBERS = DISK_TASKS / 4 /* each can be followed by three hooks */
};

static struct shared_environment *connection; /* the environment that a connection sent; NULL: none */
static int connection_environment;            /* its number */

static bool creations_have_room(void)
{
	const struct order *order = &server_core.registry.order;
	size_t count = 0;
	for (const struct task *task = order_at(order, 0); task; task = order_next(order, task))
		count += task_hook_target(task) == 0;
	return count < CREATIONS_TASKS && server_core.registry.last_number < CREATIONS_NUMBERS;
}

/* There is room for all that adopting can make. */
static bool creations_have_numbers(void)
{
	return server_core.registry.last_number + COPIES_MOST < CREATIONS_NUMBERS;
}

static void creations_choose_id(struct wish *wish, unsigned number)
{
	unsigned kind = chance_draw(4);
	wish->id_is_made = kind < 2;
	if (kind == 2)
		snprintf(wish->id, sizeof(wish->id), "%c%u", chance_draw(2) ? 't' : 'T', number);
	else
		snprintf(wish->id, sizeof(wish->id), "%u", 1 + chance_draw(40));
}

static bool creations_fill_hooks(struct task_spec *spec)
{
	struct plan_hooks hooks = disk_hooks;
	struct task_plan plan = spec->plan ? *spec->plan : plan_default, *with;
	plan.hooks = &hooks;
	with = plan_copy(&plan);
	plan_free(spec->plan);
	spec->plan = with;
	return with;
}

static bool creations_fill_spec(struct task_spec *spec, unsigned number)
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
	       (!wish->hooked || creations_fill_hooks(spec));
}

/* The id is in use, or it is a number that was used before. */
static bool creations_id_is_taken(const struct wish *wish)
{
	struct registry *registry = &server_core.registry;
	uint64_t number = registry_id_number(wish->id);
	return registry_find(registry, wish->id) || (number > 0 && number < registry->next_id);
}

static void creations_make(unsigned number)
{
	struct wish *wish = &wishes[number];
	enum answer before = wish->created;
	struct task_spec spec = { 0 };
	struct task *task = NULL, *parent = wish->parent >= 0 ? wish_task((unsigned)wish->parent) : NULL;
	char *error = NULL;
	if ((wish->parent >= 0 && !parent) || (wish->source && !copies_source(wish)) ||
	    (wish->environment && wish->environment != connection_environment) ||
	    !creations_fill_spec(&spec, number)) {
		task_spec_release(&spec);
		return;
	}
	if (before == ANSWER_NO)
		wish->created = ANSWER_MAYBE;
	const struct task *owner = keys_owner(wish_key(wish));
	bool known = wish_task(number);
	bool taken = !known && !wish->id_is_made && creations_id_is_taken(wish);
	int code = copies_make(wish, &spec, wish->environment ? connection : NULL, parent, &task, &error);
	tell("    creates wish %u: %d", number, code);
	if (code)
		task_spec_release(&spec);
	free(error);
	if (server_is_dead())
		return;
	const struct wish_form *form = &wish->forms[0];
	must(code || known || !disk_scarce, "wish %u is created on a full disk", number);
	must(code == 0 || code == -ENOMEM || (code == -ENOSPC && disk_scarce) || (code == -EEXIST && taken) ||
	             (code == -EALREADY && owner) ||
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
	removals_join(number, task_parent(task));
	if (wish->source && !known) {
		if (adoptions_begun(number, task->number, wish->source))
			return;
		copies_made(task->number, wish->source);
	}
	promises_ask((struct request){ .kind = REQUEST_CREATE, .wish = number }, server_core.asked);
}

static void creations_begin(unsigned once_in)
{
	if (wishes_count == WISHES_MAX || !creations_have_room())
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
	creations_choose_id(wish, wishes_count);
	wish->forms[0].group = grouped_choose();
	plans_choose(&wish->forms[0]);
	bool again = chance_draw(once_in) == 0 && creations_have_numbers();
	const struct task *source = again ? copies_choose() : NULL;
	wish->source = source ? source->number : 0;
	creations_make(wishes_count++);
}

void creations_new(void)
{
	creations_begin(4);
}

void creations_take_over(void)
{
	creations_begin(1);
}

/* Sends a creation again, as a user does who got no reply. */
void creations_again(void)
{
	unsigned wish = wishes_count > 0 ? chance_draw(wishes_count) : 0;
	if (wishes_count == 0 || wishes[wish].removed != ANSWER_NO || !creations_have_room())
		return;
	creations_make(wish);
}

void creations_connect(void)
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

void creations_crash(void)
{
	connection = NULL;
	connection_environment = 0;
}
