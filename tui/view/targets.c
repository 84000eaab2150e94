#include "tui/view/targets.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tui/fields/format.h"
#include "tui/text/alloc.h"
#include "tui/text/screen_messages.h"
#include "tui/text/text.h"

struct operation_text {
	const char *done;   /* "Task 7: started" */
	const char *many;   /* "3 started" */
	const char *failed; /* "Task 7 could not be started" */
};

static const struct operation_text operation_texts[OPERATION_COUNT] = {
	[OPERATION_START] = { "started", "started", "could not be started" },
	[OPERATION_CANCEL] = { "cancellation requested", "cancellations requested",
	                       "could not be cancelled" },
	[OPERATION_REMOVE] = { "removed", "removed", "could not be removed" },
	[OPERATION_PAUSE] = { "paused", "paused", "could not be paused" },
	[OPERATION_RESUME] = { "resumed", "resumed", "could not be resumed" },
};
static const struct operation_text kill_text = { "killed", "killed", "could not be killed" };

static const struct operation_text *targets_text(const struct targets *targets)
{
	return targets->kill ? &kill_text : &operation_texts[targets->operation];
}

void targets_init(struct targets *targets, enum confirm_operation operation, bool kill,
                  const struct confirm_options *options)
{
	struct confirm_options own = *options;

	*targets = (struct targets){ .operation = operation, .kill = kill };
	if (kill)
		own.confirm = CONFIRM_TRUE;
	confirm_init(&targets->confirm, &own);
}

void targets_ask_anyway(struct targets *targets)
{
	if (targets->confirm.options.confirm == CONFIRM_UNSET)
		targets->confirm.options.confirm = CONFIRM_TRUE;
}

static void target_release(struct target *target)
{
	free(target->reason);
	free(target->name);
	free(target->id);
}

void targets_release(struct targets *targets)
{
	for (size_t i = 0; i < targets->count; i++)
		target_release(&targets->items[i]);
	free(targets->items);
	*targets = (struct targets){ 0 };
}

void targets_add(struct targets *targets, uint64_t number, const char *id)
{
	struct target *target;

	targets->items =
		alloc_room(targets->items, &targets->size, targets->count + 1, sizeof(*targets->items));
	target = &targets->items[targets->count++];
	*target = (struct target){ .number = number, .id = alloc_string(id), .state = -1 };
}

void targets_of(struct targets *targets, size_t host, const char *label)
{
	struct target *target = &targets->items[targets->count - 1];
	char *id = target->id;

	target->host = host;
	if (!label)
		return;
	target->id = alloc_format("%s:%s", label, id);
	free(id);
}

const char *target_own_id(const struct target *target)
{
	const char *colon = strrchr(target->id, ':');

	return colon ? colon + 1 : target->id;
}

void targets_sort(struct targets *targets)
{
	struct target *sorted = alloc_zero(targets->count, sizeof(*sorted));
	size_t count = 0;

	for (size_t host = 0; count < targets->count; host++) {
		for (size_t i = 0; i < targets->count; i++) {
			if (targets->items[i].host == host)
				sorted[count++] = targets->items[i];
		}
	}
	free(targets->items);
	targets->items = sorted;
	targets->size = count;
}

void targets_drop(struct targets *targets, size_t host)
{
	size_t kept = 0;

	for (size_t i = 0; i < targets->count; i++) {
		if (targets->items[i].host == host)
			target_release(&targets->items[i]);
		else
			targets->items[kept++] = targets->items[i];
	}
	targets->count = kept;
}

/* True if its state refuses the operation.  A kill reaches also what a task that has ended has left. */
static bool target_refuses(const struct targets *targets, const struct target *target)
{
	enum task_state state = (enum task_state)target->state;

	if (target->state < 0 || targets->kill)
		return false;
	switch (targets->operation) {
	case OPERATION_START:
		return task_state_next(state, TASK_EVENT_START) < 0;
	case OPERATION_CANCEL:
		return task_state_next(state, TASK_EVENT_STOP) < 0;
	case OPERATION_REMOVE:
		return !task_state_terminal(state);
	default:
		return false;
	}
}

void targets_set_aside(struct targets *targets)
{
	struct target *sorted = alloc_zero(targets->count, sizeof(*sorted));
	size_t aside = 0, others = 0;

	for (size_t i = 0; i < targets->count; i++)
		aside += target_refuses(targets, &targets->items[i]);
	for (size_t i = 0; i < targets->count; i++) {
		struct target *target = &targets->items[i];

		if (!target_refuses(targets, target)) {
			sorted[aside + others++] = *target;
			continue;
		}
		target->outcome = TARGET_FALSE;
		target->reason =
			alloc_format(MSG_REASON_STATE, task_state_name((enum task_state)target->state));
		sorted[targets->next++] = *target;
	}
	free(targets->items);
	targets->items = sorted;
	targets->size = targets->count;
}

size_t targets_hosts(const struct targets *targets)
{
	size_t hosts = targets->count > 0;

	for (size_t i = 1; i < targets->count; i++)
		hosts += targets->items[i].host != targets->items[i - 1].host;
	return hosts;
}

void targets_describe(struct targets *targets, const char *name, int state)
{
	struct target *target = &targets->items[targets->count - 1];
	const char *given = format_given_name(target_own_id(target), name);

	free(target->name);
	target->name = *given ? alloc_string(given) : NULL;
	target->state = state;
}

/* Applies a verdict that settles the next target. */
static void targets_decide(struct targets *targets, enum confirm_verdict verdict)
{
	struct target *target = &targets->items[targets->next++];

	if (verdict == CONFIRM_DO) {
		target->outcome = TARGET_SENT;
		targets->outstanding++;
	} else {
		target->outcome = verdict == CONFIRM_WHAT_IF ? TARGET_WHAT_IF : TARGET_SKIPPED;
	}
}

enum targets_step targets_step(struct targets *targets)
{
	while (targets->next < targets->count) {
		enum confirm_verdict verdict = confirm_next(&targets->confirm, targets->operation);

		if (targets->items[targets->next].outcome == TARGET_SENT) { /* targets_answer() did that */
			targets->next++;
			targets->outstanding++;
			return TARGETS_SEND;
		}
		if (verdict == CONFIRM_ASK)
			return TARGETS_ASK;
		targets_decide(targets, verdict);
		if (verdict == CONFIRM_DO)
			return TARGETS_SEND;
	}
	if (targets->outstanding)
		return TARGETS_WAIT;
	targets_sort(targets); /* what was set aside stands with the others of its server again */
	return TARGETS_DONE;
}

size_t targets_sent(const struct targets *targets)
{
	assert(targets->next > 0);
	return targets->next - 1;
}

const struct target *targets_next(const struct targets *targets)
{
	assert(targets->next < targets->count);
	return &targets->items[targets->next];
}

enum confirm_verdict targets_answer(struct targets *targets, enum confirm_choice choice)
{
	enum confirm_verdict verdict = confirm_answer(&targets->confirm, choice);

	if (verdict == CONFIRM_DO)
		targets->items[targets->next].outcome = TARGET_SENT;
	else if (verdict == CONFIRM_SKIP)
		targets_decide(targets, verdict);
	return verdict;
}

void targets_result(struct targets *targets, size_t index, bool result, const char *reason, const char *error)
{
	struct target *target = &targets->items[index];

	assert(target->outcome == TARGET_SENT && targets->outstanding > 0);
	targets->outstanding--;
	target->outcome = error ? TARGET_ERROR : result ? TARGET_TRUE : TARGET_FALSE;
	if (!result)
		target->reason = alloc_string(error ? error : reason);
}

void targets_lost(struct targets *targets, size_t index, const char *reason)
{
	targets_result(targets, index, false, reason, NULL);
	targets->items[index].outcome = TARGET_UNKNOWN;
}

bool targets_awaits(const struct targets *targets, size_t host)
{
	for (size_t i = 0; i < targets->next; i++) {
		if (targets->items[i].host == host && targets->items[i].outcome == TARGET_SENT)
			return true;
	}
	return false;
}

void targets_give_up(struct targets *targets, size_t host, const char *reason)
{
	for (size_t i = 0; i < targets->next; i++) {
		if (targets->items[i].host == host && targets->items[i].outcome == TARGET_SENT)
			targets_lost(targets, i, reason);
	}
}

size_t targets_outcome(const struct targets *targets, int outcome)
{
	size_t count = 0;

	for (size_t i = 0; i < targets->count; i++)
		count += (int)targets->items[i].outcome == outcome;
	return count;
}

/* Several outcomes: a bit for each. */
enum { OUTCOMES_FAILED = 1 << TARGET_FALSE | 1 << TARGET_ERROR, OUTCOMES_UNKNOWN = 1 << TARGET_UNKNOWN };

static bool target_is(const struct target *target, unsigned outcomes)
{
	return outcomes >> target->outcome & 1;
}

static char *targets_summary_of_one(const struct targets *targets, const struct target *target)
{
	const char *before = target->reason ? " (" : "", *after = target->reason ? ")" : "",
		   *reason = target->reason ? target->reason : "";

	if (target->outcome == TARGET_TRUE)
		return alloc_format("Task %s: %s", target->id, targets_text(targets)->done);
	if (target_is(target, OUTCOMES_FAILED))
		return alloc_format("Task %s %s%s%s%s", target->id, targets_text(targets)->failed, before,
		                    reason, after);
	if (target_is(target, OUTCOMES_UNKNOWN))
		return alloc_format("Task %s: outcome unknown%s%s%s", target->id, before, reason, after);
	return NULL;
}

/* Servers other than that of the example with such outcomes: "; also on b, d".  Nothing if there are none. */
static void targets_other_hosts(const struct targets *targets, const struct target *example,
                                unsigned outcomes, struct text *text)
{
	const char *before = "; also on ";
	size_t last = example->host;

	for (size_t i = 0; i < targets->count; i++) {
		const struct target *target = &targets->items[i];
		const char *colon = strrchr(target->id, ':');

		if (target->host == last || !colon || !target_is(target, outcomes))
			continue;
		text_format(text, "%s%.*s", before, (int)(colon - target->id), target->id);
		before = ", ";
		last = target->host;
	}
}

/* ", 2 could not be started (Task 9: it is Running)".  Nothing if there are none.  Returns how many. */
static size_t targets_say(const struct targets *targets, unsigned outcomes, const char *words,
                          struct text *text)
{
	const struct target *example = NULL;
	size_t count = 0;

	for (size_t i = 0; i < targets->count; i++) {
		if (!target_is(&targets->items[i], outcomes))
			continue;
		count++;
		if (!example)
			example = &targets->items[i];
	}
	if (!example)
		return 0;
	text_format(text, ", %zu %s", count, words);
	if (example->reason)
		text_format(text, " (Task %s: %s)", example->id, example->reason);
	targets_other_hosts(targets, example, outcomes, text);
	return count;
}

char *targets_summary(const struct targets *targets)
{
	size_t done = targets_outcome(targets, TARGET_TRUE),
	       skipped = targets_outcome(targets, TARGET_SKIPPED), others;
	const struct operation_text *words = targets_text(targets);
	struct text text = TEXT_INIT;
	char *summary = NULL;

	if (targets->count == 1)
		return targets_summary_of_one(targets, &targets->items[0]);
	text_format(&text, "%zu %s", done, done == 1 ? words->done : words->many);
	others = targets_say(targets, OUTCOMES_FAILED, words->failed, &text);
	others += targets_say(targets, OUTCOMES_UNKNOWN, "with unknown outcome", &text);
	if (skipped)
		text_format(&text, ", %zu skipped", skipped);
	if (done || others)
		summary = alloc_string(text.data);
	text_release(&text);
	return summary;
}

char *targets_what_if(const struct targets *targets, size_t index)
{
	return alloc_checked(confirm_what_if(targets->operation, targets->items[index].id));
}
