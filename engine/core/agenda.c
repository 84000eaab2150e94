#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <utlist.h>

#include "engine/core/agenda.h"

static bool agenda_concerns(const struct task_plan *plan)
{
	return plan->begin_at || plan->expire_at || plan->marks.not_before || plan->retries > 0;
}

int agenda_admit(struct core *core, struct task *task)
{
	struct agenda *agenda = &core->agenda;
	if (task->standing->appointment || !agenda_concerns(task_plan(task)))
		return 0;
	struct appointment *appointment = calloc(1, sizeof(*appointment));
	if (!appointment || timers_reserve(&agenda->timers, agenda->count + 1)) {
		free(appointment);
		return -ENOMEM;
	}
	appointment->task = task;
	task->standing->appointment = appointment;
	DL_APPEND(agenda->list, appointment);
	agenda->count++;
	return 0;
}

void agenda_leave(struct core *core, struct task *task)
{
	struct appointment *appointment = task->standing->appointment;
	if (appointment)
		timers_clear(&core->agenda.timers, &appointment->timer);
}

void agenda_dismiss(struct core *core, struct task *task)
{
	struct agenda *agenda = &core->agenda;
	struct appointment *appointment = task->standing->appointment;
	if (!appointment)
		return;
	agenda_leave(core, task);
	if (agenda->review == appointment)
		agenda->review = appointment->next;
	DL_DELETE(agenda->list, appointment);
	agenda->count--;
	task->standing->appointment = NULL;
	free(appointment);
}

void agenda_release(struct core *core)
{
	while (core->agenda.list)
		agenda_dismiss(core, core->agenda.list->task);
	timers_release(&core->agenda.timers);
}

/* When it may begin: the next attempt of it too.  0: at any time. */
static int64_t agenda_begin(const struct task *task)
{
	const struct task_plan *plan = task_plan(task);
	return plan->begin_at > plan->marks.not_before ? plan->begin_at : plan->marks.not_before;
}

bool agenda_waits(const struct task *task)
{
	const struct standing *standing = task->standing;
	return standing && standing->appointment && standing->appointment->waits;
}

/* Once the first attempt has begun, the task goes on until its last one. */
static int64_t agenda_expiry(const struct task *task)
{
	const struct task_plan *plan = task_plan(task);
	return plan->marks.attempt == 0 ? plan->expire_at : 0;
}

bool agenda_expired(const struct core *core, const struct task *task)
{
	int64_t expiry = agenda_expiry(task);
	return expiry && expiry <= core_now(core);
}

/* There was room for the timer when the appointment was made, so it can be set. */
void agenda_follow(struct core *core, struct task *task)
{
	struct appointment *appointment = task->standing->appointment;
	if (!appointment)
		return;
	int64_t begin = agenda_begin(task), expiry = agenda_expiry(task), at = INT64_MAX;
	int64_t now = core_now(core);
	if (begin > now)
		at = begin;
	if (expiry && expiry < at)
		at = expiry;
	/* If it is too late, it does not begin, even if that cannot be stored now. */
	appointment->waits = begin > now || (expiry && expiry <= now);
	if (at == INT64_MAX)
		timers_clear(&core->agenda.timers, &appointment->timer);
	else
		(void)timers_set(&core->agenda.timers, &appointment->timer, at);
}

struct task *agenda_due(struct core *core)
{
	struct agenda *agenda = &core->agenda;
	struct appointment *appointment = agenda->review;
	if (appointment) {
		agenda->review = appointment->next;
	} else {
		if (agenda->timers.count == 0 || timers_next(&agenda->timers) > core_now(core))
			return NULL;
		appointment = (struct appointment *)agenda->timers.heap[0];
	}
	timers_clear(&agenda->timers, &appointment->timer);
	return appointment->task;
}

int64_t agenda_next(const struct core *core)
{
	const struct agenda *agenda = &core->agenda;
	if (!agenda->list)
		return 0;
	return agenda->review ? 1 : timers_next(&agenda->timers);
}

void agenda_review(struct core *core)
{
	core->agenda.review = core->agenda.list;
}
