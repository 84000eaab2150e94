#include "tests/simulate/promises.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "tests/simulate/adoptions.h"
#include "tests/simulate/copies.h"
#include "tests/simulate/disk.h"
#include "tests/simulate/edits.h"
#include "tests/simulate/grouped.h"
#include "tests/simulate/oracle.h"
#include "tests/simulate/removals.h"
#include "tests/simulate/report.h"
#include "tests/simulate/server.h"

enum { PROMISES_WAITS = 32, PROMISES_SLOTS = 5 };

uint32_t promises_slots;

static struct request requests[REQUESTS_MAX]; /* in the order in which they were asked */
static unsigned asked;
static uint64_t waits[PROMISES_WAITS]; /* the task whose end is awaited; 0: unused */
static unsigned slots;                 /* that were promised */
static uint64_t removing_still; /* wishes whose removals have not failed, while others are told of it */

void promises_count_slots(void)
{
	promises_slots = 1U << slots;
	for (unsigned i = 0; i < asked; i++) {
		if (requests[i].kind == REQUEST_SLOTS)
			promises_slots |= 1U << requests[i].value;
	}
}

static void promises_answer(enum answer *answer, bool granted)
{
	if (granted)
		*answer = ANSWER_YES;
	else if (*answer == ANSWER_MAYBE)
		*answer = ANSWER_NO;
}

void promises_may_remove(uint64_t family)
{
	for (unsigned wish = 0; wish < wishes_count; wish++) {
		if (family & 1ULL << wish && wishes[wish].removed == ANSWER_NO)
			wishes[wish].removed = ANSWER_MAYBE;
	}
}

/* The wishes whose removals can still be granted, if all above this number is lost. */
static uint64_t promises_removing(uint64_t committed)
{
	uint64_t removing = removals_going();
	for (unsigned i = 0; i < asked; i++) {
		if (requests[i].kind == REQUEST_REMOVE && requests[i].sequence <= committed)
			removing |= requests[i].family;
	}
	return removing;
}

/* Earlier slices of a removal that failed stay removed. */
static void promises_settle_wishes(uint64_t family)
{
	for (unsigned wish = 0; wish < wishes_count; wish++) {
		if ((family & 1ULL << wish) == 0)
			continue;
		bool gone = wishes[wish].created == ANSWER_YES && !wish_task(wish);
		wishes[wish].removed = gone ? ANSWER_YES : ANSWER_NO;
	}
}

void promises_settle_family(uint64_t family)
{
	promises_settle_wishes(family & ~promises_removing(UINT64_MAX));
}

static void promises_answer_family(uint64_t family, bool granted)
{
	if (!granted) {
		promises_settle_wishes(family & ~removing_still);
		return;
	}
	for (unsigned wish = 0; wish < wishes_count; wish++) {
		if (family & 1ULL << wish)
			wishes[wish].removed = ANSWER_YES;
	}
}

static void promises_reply(const struct request *request, bool granted)
{
	struct wish *wish = &wishes[request->wish];
	switch (request->kind) {
	case REQUEST_CREATE:
		promises_answer(&wish->created, granted);
		break;
	case REQUEST_START:
		promises_answer(&wish->started, granted);
		break;
	case REQUEST_STOP:
		promises_answer(&wish->stopped, granted);
		break;
	case REQUEST_REMOVE:
		promises_answer_family(request->family, granted);
		break;
	case REQUEST_TEXT:
		/* If this text is granted, the texts before it are gone.  If not, this text is gone. */
		wish->texts &= granted ? ~((1U << request->value) - 1) : ~(1U << request->value);
		break;
	case REQUEST_SLOTS:
		slots = granted ? request->value : slots;
		break;
	case REQUEST_GROUP:
		grouped_answer((int)request->wish, request->value, granted);
		break;
	case REQUEST_LOOK:
		for (unsigned i = 0; i < request->count && granted; i++)
			oracle_seen(request->rows[i].number, request->rows[i].state);
		break;
	}
}

/* The same request was made before, and that one can still be granted. */
static bool promises_asked_before(unsigned request)
{
	/* Who asked first is told when all is made that it takes over. */
	if (requests[request].kind == REQUEST_CREATE && adoptions_are_awaited(requests[request].wish))
		return true;
	for (unsigned i = 0; i < request; i++) {
		if (requests[i].kind == requests[request].kind && requests[i].wish == requests[request].wish)
			return true;
	}
	return false;
}

/* granted: answers requests that wait for changes up to this number; otherwise those that wait for more. */
static void promises_reply_all(uint64_t committed, bool granted)
{
	unsigned left = 0;
	removing_still = promises_removing(committed);
	for (unsigned i = 0; i < asked; i++) {
		bool kept = (requests[i].sequence <= committed) != granted;
		requests[left] = requests[i];
		if (kept)
			left++;
		else if (granted || requests[i].kind == REQUEST_TEXT || requests[i].kind == REQUEST_REMOVE ||
		         requests[i].kind == REQUEST_GROUP || !promises_asked_before(left))
			promises_reply(&requests[left], granted);
	}
	asked = left;
	promises_count_slots();
}

void promises_hear_commit(uint64_t committed)
{
	promises_reply_all(committed, true);
}

void promises_hear_failure(uint64_t committed)
{
	promises_reply_all(committed, false);
	copies_undone();
	adoptions_undone();
	/* The creation may have been undone. */
	for (int i = 0; i < PROMISES_WAITS; i++) {
		if (waits[i] && !order_find(&server_core.registry.order, waits[i]))
			waits[i] = 0;
	}
}

void promises_ask(struct request request, uint64_t sequence)
{
	request.sequence = sequence;
	if (server_is_dead())
		return;
	must(asked < REQUESTS_MAX, "too many requests");
	requests[asked++] = request;
	promises_count_slots();
	promises_hear_commit(server_core.journal.committed);
}

void request_show(struct request *request, const struct task *task)
{
	request->rows[request->count].number = task->number;
	request->rows[request->count++].state = task->status.state;
}

void promises_ask_refused(int error, bool may, const struct task *task)
{
	struct request request = { .kind = REQUEST_LOOK };
	must(error == -EPERM || error == -ENOMEM || (error == -ENOSPC && disk_scarce), "error %d", error);
	must(error != -EPERM || !may, "task %s is in state %d, and that is refused", task_id(task),
	     task->status.state);
	if (error == -EPERM)
		request_show(&request, task);
	promises_ask(request, server_core.journal.sequence);
}

bool promises_have_room(void)
{
	return asked < REQUESTS_MAX;
}

void promises_try_slots(unsigned value)
{
	promises_slots |= 1U << value;
}

void promises_wait(struct task *task)
{
	struct request request = { .kind = REQUEST_LOOK };
	if (task_state_terminal(task->status.state) && !task->run) {
		request_show(&request, task);
		promises_ask(request, server_core.journal.sequence);
		return;
	}
	for (int i = 0; i < PROMISES_WAITS; i++) {
		if (waits[i])
			continue;
		waits[i] = task->number;
		task->waiters++;
		tell("    waits for task %llu", (unsigned long long)task->number);
		return;
	}
}

void promises_hear_end(const struct task *task)
{
	const struct disk_row *row = &disk_durable.rows[task->number];
	must(task_state_terminal(task->status.state), "an end that is none is told");
	/* The removal of the task may be durable too. */
	must(!row->exists || row->state == (int)task->status.state, "an end that is not durable is told");
	oracle_seen(task->number, task->status.state);
	for (int i = 0; i < PROMISES_WAITS; i++) {
		if (waits[i] != task->number)
			continue;
		waits[i] = 0;
		((struct task *)task)->waiters--;
	}
}

void promises_crash(void)
{
	const struct disk_row *rows[WISHES_MAX] = { NULL };
	for (int number = 1; number <= DISK_TASKS; number++) {
		const struct disk_row *row = &disk_durable.rows[number];
		int wish = row->exists && row->has_nonce ? wish_of_nonce(row->nonce) : -1;
		if (wish >= 0)
			rows[wish] = row;
	}
	edits_crash();
	copies_undone();
	adoptions_undone();
	for (unsigned wish = 0; wish < wishes_count; wish++)
		wish_settle(&wishes[wish], rows[wish]);
	must(!disk_durable.has_slots || (promises_slots & 1U << disk_durable.slots), "%u slots",
	     disk_durable.slots);
	slots = disk_durable.has_slots ? disk_durable.slots : PROMISES_SLOTS;
	grouped_crash();
	adoptions_crash();
	asked = 0;
	promises_count_slots();
	memset(waits, 0, sizeof(waits));
}

void promises_reset(void)
{
	wishes_count = 0;
	grouped_reset();
	edits_reset();
	copies_reset();
	adoptions_reset();
	asked = 0;
	slots = PROMISES_SLOTS;
	promises_count_slots();
	promises_crash();
	wish_make_environments();
}

void promises_check_over(void)
{
	must(asked == 0, "%u have no reply", asked);
	for (int i = 0; i < PROMISES_WAITS; i++) {
		const struct task *task = waits[i] ? order_find(&server_core.registry.order, waits[i]) : NULL;
		must(!waits[i] || (task && task->status.state == TASK_CREATED),
		     "somebody waits for task %llu", (unsigned long long)waits[i]);
	}
}
