#include "tests/simulate/users.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/core/creation.h"
#include "engine/core/environments.h"
#include "engine/core/removal.h"
#include "engine/core/requests.h"
#include "tests/simulate/chance.h"
#include "tests/simulate/disk.h"
#include "tests/simulate/oracle.h"
#include "tests/simulate/report.h"
#include "tests/simulate/server.h"

enum { USERS_REQUESTS = 256, USERS_WAITS = 32, USERS_ROWS = 12, USERS_TASKS = 12, USERS_SLOTS = 5 };

/* Something that was asked, and has no reply yet. */
struct users_request {
	enum {
		USERS_CREATE,
		USERS_START,
		USERS_STOP,
		USERS_REMOVE,
		USERS_TEXT,
		USERS_SET_SLOTS,
		USERS_LOOK
	} kind;
	uint64_t sequence; /* the reply waits for it */
	int wish;
	uint64_t family; /* of USERS_REMOVE: wishes, by bits */
	unsigned value;  /* which text; how many slots */
	unsigned count;  /* of USERS_LOOK: what the reply shows */
	struct {
		uint64_t number;
		enum task_state state;
	} rows[USERS_ROWS];
};

struct users_wish users_wishes[USERS_WISHES];
uint32_t users_slots;

static struct users_request requests[USERS_REQUESTS]; /* in the order in which they were asked */
static unsigned asked;
static int wishes;
static uint64_t waits[USERS_WAITS];           /* for the end of which task; 0: unused */
static unsigned slots;                        /* that were promised */
static struct shared_environment *connection; /* what a connection sent; NULL: none */
static int connection_environment;            /* its number */

/* What is known of a wish by its number. */

int users_of_nonce(const unsigned char nonce[TASK_NONCE_SIZE])
{
	return nonce[0] < wishes ? nonce[0] : -1;
}

static void users_nonce(int wish, unsigned char nonce[TASK_NONCE_SIZE])
{
	memset(nonce, 7, TASK_NONCE_SIZE);
	nonce[0] = (unsigned char)wish;
}

void users_command(int wish, char command[24])
{
	snprintf(command, 24, "command-%d", wish);
}

const char *users_environment(int number, size_t *length)
{
	static char blocks[3][64];
	static size_t lengths[3];
	if (number > 0 && lengths[number] == 0) {
		struct environment environment = { .umask = 022 };
		char text[16], *block;
		snprintf(text, sizeof(text), "A=%d", number);
		must(strings_add(&environment.variables, text) == 0 &&
		             environment_pack(&environment, &block, &lengths[number]) == 0,
		     "no memory");
		must(lengths[number] <= sizeof(blocks[0]), "an environment of %zu bytes", lengths[number]);
		memcpy(blocks[number], block, lengths[number]);
		free(block);
		environment_release(&environment);
	}
	*length = lengths[number];
	return blocks[number];
}

struct task *users_task(int wish)
{
	unsigned char nonce[TASK_NONCE_SIZE];
	users_nonce(wish, nonce);
	return registry_find_nonce(&server_core.registry, nonce);
}

static struct task *users_any_task(void)
{
	size_t count = server_core.registry.order.count;
	return count > 0 ? order_at(&server_core.registry.order, chance_draw((unsigned)count)) : NULL;
}

static int users_wish_of(const struct task *task)
{
	return users_of_nonce(task_nonce(task));
}

/* Replies. */

static void users_count_slots(void)
{
	users_slots = 1U << slots;
	for (unsigned i = 0; i < asked; i++) {
		if (requests[i].kind == USERS_SET_SLOTS)
			users_slots |= 1U << requests[i].value;
	}
}

static void users_answer(enum users_answer *answer, bool granted)
{
	if (granted)
		*answer = ANSWER_YES;
	else if (*answer == ANSWER_MAYBE)
		*answer = ANSWER_NO;
}

static void users_answer_family(uint64_t family, bool granted)
{
	for (int wish = 0; wish < wishes; wish++) {
		if (family & 1ULL << wish)
			users_answer(&users_wishes[wish].removed, granted);
	}
}

static void users_reply(const struct users_request *request, bool granted)
{
	struct users_wish *wish = &users_wishes[request->wish];
	switch (request->kind) {
	case USERS_CREATE:
		users_answer(&wish->created, granted);
		break;
	case USERS_START:
		users_answer(&wish->started, granted);
		break;
	case USERS_STOP:
		users_answer(&wish->stopped, granted);
		break;
	case USERS_REMOVE:
		users_answer_family(request->family, granted);
		break;
	case USERS_TEXT:
		/* Those before are gone, or this one. */
		wish->texts &= granted ? ~((1U << request->value) - 1) : ~(1U << request->value);
		break;
	case USERS_SET_SLOTS:
		slots = granted ? request->value : slots;
		break;
	case USERS_LOOK:
		for (unsigned i = 0; i < request->count && granted; i++)
			oracle_seen(request->rows[i].number, request->rows[i].state);
		break;
	}
}

/* The same was asked before, and that may still be granted. */
static bool users_asked_before(unsigned request)
{
	for (unsigned i = 0; i < request; i++) {
		if (requests[i].kind == requests[request].kind && requests[i].wish == requests[request].wish)
			return true;
	}
	return false;
}

/* granted: those that wait for changes up to this number; otherwise those that wait for more. */
static void users_reply_all(uint64_t committed, bool granted)
{
	unsigned left = 0;
	for (unsigned i = 0; i < asked; i++) {
		bool kept = (requests[i].sequence <= committed) != granted;
		requests[left] = requests[i];
		if (kept)
			left++;
		else if (granted || requests[i].kind == USERS_TEXT || !users_asked_before(left))
			users_reply(&requests[left], granted);
	}
	asked = left;
	users_count_slots();
}

void users_hear_commit(uint64_t committed)
{
	users_reply_all(committed, true);
}

void users_hear_failure(uint64_t committed)
{
	users_reply_all(committed, false);
	/* A creation may have been undone. */
	for (int i = 0; i < USERS_WAITS; i++) {
		if (waits[i] && !order_find(&server_core.registry.order, waits[i]))
			waits[i] = 0;
	}
}

/* It is asked, and the reply waits for this change. */
static void users_ask(struct users_request request, uint64_t sequence)
{
	request.sequence = sequence;
	if (server_is_dead())
		return;
	must(asked < USERS_REQUESTS, "too many requests");
	requests[asked++] = request;
	users_count_slots();
	users_hear_commit(server_core.journal.committed);
}

static void users_show(struct users_request *request, const struct task *task)
{
	request->rows[request->count].number = task->number;
	request->rows[request->count++].state = task->status.state;
}

/* It is refused, which tells what state it is in. */
static void users_ask_refused(int error, bool may, const struct task *task)
{
	struct users_request request = { .kind = USERS_LOOK };
	must(error == -EPERM || error == -ENOMEM, "error %d", error);
	must(error != -EPERM || !may, "task %s is in state %d, and that is refused", task_id(task),
	     task->status.state);
	if (error == -EPERM)
		users_show(&request, task);
	users_ask(request, server_core.journal.sequence);
}

/* Creations. */

static void users_choose_id(struct users_wish *wish, int number)
{
	unsigned kind = chance_draw(4);
	wish->id_is_made = kind < 2;
	if (kind == 2)
		snprintf(wish->id, sizeof(wish->id), "%c%d", chance_draw(2) ? 't' : 'T', number);
	else
		snprintf(wish->id, sizeof(wish->id), "%u", 1 + chance_draw(40));
}

static bool users_fill_spec(struct task_spec *spec, int number)
{
	const struct users_wish *wish = &users_wishes[number];
	char command[24];
	users_command(number, command);
	spec->cwd = strdup("/");
	spec->id = wish->id_is_made ? NULL : strdup(wish->id);
	spec->has_nonce = true;
	users_nonce(number, spec->nonce);
	return spec->cwd && (spec->id || wish->id_is_made) && strings_add(&spec->command, command) == 0;
}

/* In use, or a number that was. */
static bool users_id_is_taken(const struct users_wish *wish)
{
	struct registry *registry = &server_core.registry;
	uint64_t number = registry_id_number(wish->id);
	return registry_find(registry, wish->id) || (number > 0 && number < registry->next_id);
}

static void users_create(int number)
{
	struct users_wish *wish = &users_wishes[number];
	enum users_answer before = wish->created;
	struct task_spec spec = { 0 };
	struct task *task = NULL, *parent = wish->parent >= 0 ? users_task(wish->parent) : NULL;
	char *error = NULL;
	if ((wish->parent >= 0 && !parent) ||
	    (wish->environment && wish->environment != connection_environment) ||
	    !users_fill_spec(&spec, number)) {
		task_spec_release(&spec);
		return;
	}
	if (before == ANSWER_NO)
		wish->created = ANSWER_MAYBE;
	bool taken = !users_task(number) && !wish->id_is_made && users_id_is_taken(wish);
	int code = creation_make(&server_core, &spec, wish->environment ? connection : NULL, parent,
	                         wish->queued, &task, &error);
	tell("    creates wish %d: %d", number, code);
	if (code)
		task_spec_release(&spec);
	free(error);
	if (server_is_dead())
		return;
	must(code == 0 || code == -ENOMEM || (code == -EEXIST && taken), "wish %d is refused: %d", number,
	     code);
	if (code)
		wish->created = before;
	else
		users_ask((struct users_request){ .kind = USERS_CREATE, .wish = number }, server_core.asked);
}

static void users_create_new(void)
{
	if (wishes == USERS_WISHES || server_core.registry.last_number >= DISK_TASKS ||
	    server_core.registry.order.count >= USERS_TASKS)
		return;
	struct task *parent = chance_draw(3) ? NULL : users_any_task();
	struct users_wish *wish = &users_wishes[wishes];
	*wish = (struct users_wish){
		.used = true,
		.queued = chance_draw(3) > 0,
		.parent = parent ? users_wish_of(parent) : -1,
		.environment = chance_draw(2) ? connection_environment : 0,
		.texts = 1,
	};
	users_choose_id(wish, wishes);
	users_create(wishes++);
}

/* Whoever heard no reply. */
static void users_create_again(void)
{
	int wish = wishes > 0 ? (int)chance_draw((unsigned)wishes) : 0;
	if (wishes == 0 || users_wishes[wish].removed != ANSWER_NO ||
	    server_core.registry.last_number >= DISK_TASKS || server_core.registry.order.count >= USERS_TASKS)
		return;
	users_create(wish);
}

/* Acts on a task. */

static void users_act_start(struct task *task)
{
	int number = users_wish_of(task);
	enum users_answer *answer = &users_wishes[number].started, before = *answer;
	bool may = oracle_may_start(task->status.state);
	*answer = before == ANSWER_NO && may ? ANSWER_MAYBE : before;
	int error = requests_start(&server_core, task);
	tell("    starts task %llu: %d", (unsigned long long)task->number, error);
	if (server_is_dead())
		return;
	if (error)
		*answer = before;
	if (error)
		users_ask_refused(error, may, task);
	else
		users_ask((struct users_request){ .kind = USERS_START, .wish = number }, server_core.asked);
}

static void users_act_stop(struct task *task)
{
	struct stop_options options = { .given = chance_draw(2),
		                        .signal = (int)chance_draw(2) * SIGTERM,
		                        .kill_after = chance_draw(2) ? -1 : (int)chance_draw(3000) };
	if (chance_draw(8) == 0)
		options.signal = SIGKILL;
	int number = users_wish_of(task);
	enum users_answer *answer = &users_wishes[number].stopped, before = *answer;
	bool may = oracle_may_stop(task->status.state);
	*answer = before == ANSWER_NO && may ? ANSWER_MAYBE : before;
	uint64_t the_task = task->number;
	int error = requests_stop(&server_core, task, &options);
	tell("    stops task %llu, signal %d, kill after %lld: %d", (unsigned long long)the_task,
	     options.signal, (long long)options.kill_after, error);
	if (server_is_dead())
		return;
	if (error)
		*answer = before;
	if (error)
		users_ask_refused(error, may, task);
	else
		users_ask((struct users_request){ .kind = USERS_STOP, .wish = number }, server_core.asked);
}

static void users_act_remove(struct task *task)
{
	struct users_request request = { .kind = USERS_REMOVE };
	bool may = true;
	uint64_t number = task->number;
	for (struct task *one = task_subtree_first(task); one; one = task_subtree_next(task, one)) {
		request.family |= 1ULL << users_wish_of(one);
		may = may && task_state_terminal(one->status.state) && !one->run;
	}
	uint64_t asked_before = 0;
	for (int wish = 0; wish < wishes && may; wish++) {
		if ((request.family & 1ULL << wish) == 0 || users_wishes[wish].removed != ANSWER_NO)
			continue;
		asked_before |= 1ULL << wish;
		users_wishes[wish].removed = ANSWER_MAYBE;
	}
	int error = removal_remove(&server_core, task);
	tell("    removes task %llu: %d", (unsigned long long)number, error);
	if (server_is_dead())
		return;
	if (!error) {
		users_ask(request, server_core.asked);
		return;
	}
	users_answer_family(asked_before, false);
	users_ask_refused(error, may, task);
}

static void users_act_text(struct task *task)
{
	int number = users_wish_of(task);
	struct users_wish *wish = &users_wishes[number];
	char name[8], *clause = NULL;
	if (wish->last_text == USERS_TEXTS)
		return;
	unsigned text = ++wish->last_text;
	snprintf(name, sizeof(name), "n%u", text);
	wish->texts |= 1U << text;
	int error = requests_set_text(&server_core, task, name, NULL, &clause);
	free(clause);
	tell("    names task %llu %s: %d", (unsigned long long)task->number, name, error);
	if (server_is_dead())
		return;
	must(error == 0 || error == -ENOMEM, "error %d", error);
	if (error)
		wish->texts &= ~(1U << text);
	else
		users_ask((struct users_request){ .kind = USERS_TEXT, .wish = number, .value = text },
		          server_core.asked);
}

static void users_act_progress(struct task *task)
{
	struct users_request request = { .kind = USERS_LOOK };
	char message[TASK_MESSAGE_MAX + 8];
	snprintf(message, sizeof(message), "%*s", chance_draw(4) ? 4 : TASK_MESSAGE_MAX, "half");
	bool may = oracle_may_progress(task->status.state);
	int error = requests_progress(&server_core, task, 50, message);
	tell("    says how far task %llu is: %d", (unsigned long long)task->number, error);
	if (server_is_dead())
		return;
	if (error) {
		users_ask_refused(error, may, task);
		return;
	}
	users_show(&request, task);
	/* That it is there is all that this reply says. */
	request.rows[0].state = TASK_QUEUED;
	users_ask(request, server_core.asked);
}

/* Whoever waits for an end that is not durable yet is told by users_hear_end(). */
static void users_act_wait(struct task *task)
{
	struct users_request request = { .kind = USERS_LOOK };
	if (task_state_terminal(task->status.state) && !task->run) {
		users_show(&request, task);
		users_ask(request, server_core.journal.sequence);
		return;
	}
	for (int i = 0; i < USERS_WAITS; i++) {
		if (waits[i])
			continue;
		waits[i] = task->number;
		task->waiters++;
		tell("    waits for task %llu", (unsigned long long)task->number);
		return;
	}
}

void users_hear_end(const struct task *task)
{
	const struct disk_row *row = &disk_durable.rows[task->number];
	must(task_state_terminal(task->status.state), "an end that is none is told");
	/* That it is removed may be durable as well. */
	must(!row->exists || row->state == (int)task->status.state, "an end that is not durable is told");
	oracle_seen(task->number, task->status.state);
	for (int i = 0; i < USERS_WAITS; i++) {
		if (waits[i] != task->number)
			continue;
		waits[i] = 0;
		((struct task *)task)->waiters--;
	}
}

/* Acts on none. */

static void users_act_look(void)
{
	struct users_request request = { .kind = USERS_LOOK };
	const struct order *order = &server_core.registry.order;
	for (const struct task *task = order_at(order, 0); task && request.count < USERS_ROWS;
	     task = order_next(order, task))
		users_show(&request, task);
	users_ask(request, server_core.journal.sequence);
}

static void users_act_slots(void)
{
	unsigned value = chance_draw(8);
	users_slots |= 1U << value;
	int error = requests_set_slots(&server_core, value);
	tell("    sets %u slots: %d", value, error);
	if (server_is_dead())
		return;
	if (error)
		users_count_slots();
	else
		users_ask((struct users_request){ .kind = USERS_SET_SLOTS, .value = value },
		          server_core.asked);
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
	int number = 1 + (int)chance_draw(2);
	const char *block = users_environment(number, &length);
	if (environments_take(&server_core, block, length, &connection) == 0)
		connection_environment = number;
	else
		connection = NULL;
}

static void users_act_on_task(unsigned act, struct task *task)
{
	if (act < 2)
		users_act_start(task);
	else if (act < 6)
		users_act_stop(task);
	else if (act < 9)
		users_act_remove(task);
	else if (act < 10)
		users_act_text(task);
	else if (act < 11)
		users_act_progress(task);
	else
		users_act_wait(task);
}

void users_act(void)
{
	unsigned act = chance_draw(24);
	struct task *task = users_any_task();
	if (asked == USERS_REQUESTS)
		return;
	if (act < 13 && task)
		users_act_on_task(act, task);
	else if (act == 13)
		users_act_look();
	else if (act == 14)
		users_act_slots();
	else if (act == 15)
		users_act_connect();
	else if (act == 16)
		users_create_again();
	else
		users_create_new();
}

/* It was removed, or never made. */
static void users_settle_absent(struct users_wish *wish)
{
	if (wish->created == ANSWER_YES) {
		if (wish->removed == ANSWER_MAYBE)
			wish->removed = ANSWER_YES;
		return;
	}
	wish->created = wish->started = wish->stopped = wish->removed = ANSWER_NO;
	wish->texts = 1;
	wish->last_text = 0;
}

/* What was to be known is what there is. */
static void users_settle_wish(struct users_wish *wish, const struct disk_row *row)
{
	if (!row) {
		users_settle_absent(wish);
		return;
	}
	bool stopped = row->state == TASK_STOPPING || row->state == TASK_STOPPED;
	users_answer(&wish->created, true);
	if (wish->removed == ANSWER_MAYBE)
		wish->removed = ANSWER_NO;
	if (wish->started == ANSWER_MAYBE)
		wish->started = row->state == TASK_CREATED ? ANSWER_NO : ANSWER_YES;
	if (wish->stopped == ANSWER_MAYBE)
		wish->stopped = stopped ? ANSWER_YES : ANSWER_NO;
	unsigned text = *row->name ? (unsigned)strtoul(row->name + 1, NULL, 10) : 0;
	must(text < 32 && wish->texts & 1U << text, "task %s is named %s", row->id, row->name);
	wish->texts = 1U << text;
}

void users_crash(void)
{
	const struct disk_row *rows[USERS_WISHES] = { NULL };
	for (int number = 1; number <= DISK_TASKS; number++) {
		const struct disk_row *row = &disk_durable.rows[number];
		if (row->exists && users_of_nonce(row->nonce) >= 0)
			rows[users_of_nonce(row->nonce)] = row;
	}
	for (int wish = 0; wish < wishes; wish++)
		users_settle_wish(&users_wishes[wish], rows[wish]);
	must(!disk_durable.has_slots || (users_slots & 1U << disk_durable.slots), "%u slots",
	     disk_durable.slots);
	slots = disk_durable.has_slots ? disk_durable.slots : USERS_SLOTS;
	asked = 0;
	users_count_slots();
	memset(waits, 0, sizeof(waits));
	connection = NULL;
	connection_environment = 0;
}

void users_reset(void)
{
	memset(users_wishes, 0, sizeof(users_wishes));
	wishes = 0;
	asked = 0;
	slots = USERS_SLOTS;
	users_count_slots();
	users_crash();
}

void users_check_over(void)
{
	must(asked == 0, "%u have no reply", asked);
	for (int i = 0; i < USERS_WAITS; i++) {
		const struct task *task = waits[i] ? order_find(&server_core.registry.order, waits[i]) : NULL;
		must(!waits[i] || (task && task->status.state == TASK_CREATED),
		     "somebody waits for task %llu", (unsigned long long)waits[i]);
	}
}
