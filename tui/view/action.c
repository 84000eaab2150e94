#include "tui/view/action.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "tui/text/alloc.h"

struct words {
	const char *done;    /* "Task 7: started" */
	const char *many;    /* "3 started" */
	const char *refused; /* "Task 7 could not be started" */
};

static const struct words operation_words[OPERATION_COUNT] = {
	[OPERATION_START] = { "started", "started", "could not be started" },
	[OPERATION_CANCEL] = { "cancellation requested", "cancellations requested",
	                       "could not be cancelled" },
	[OPERATION_REMOVE] = { "removed", "removed", "could not be removed" },
};
static const struct words kill_words = { "killed", "killed", "could not be killed" };

static const struct words *action_words(const struct action *action)
{
	return action->kill ? &kill_words : &operation_words[action->operation];
}

void action_init(struct action *action, enum confirm_operation operation, bool kill,
                 const struct confirm_options *options)
{
	struct confirm_options own = *options;

	*action = (struct action){ .operation = operation, .kill = kill };
	if (kill)
		own.confirm = CONFIRM_TRUE;
	confirm_init(&action->confirm, &own);
}

void action_release(struct action *action)
{
	for (size_t i = 0; i < action->count; i++)
		free(action->targets[i].reason);
	free(action->targets);
	*action = (struct action){ 0 };
}

void action_add(struct action *action, uint64_t number, const char *id)
{
	struct action_target *target;

	action->targets =
		alloc_room(action->targets, &action->size, action->count + 1, sizeof(*action->targets));
	target = &action->targets[action->count++];
	*target = (struct action_target){ .number = number };
	snprintf(target->id, sizeof(target->id), "%s", id);
}

/* Takes up a verdict that ends the question about the next target. */
static void action_decide(struct action *action, enum confirm_verdict verdict)
{
	struct action_target *target = &action->targets[action->next++];

	if (verdict == CONFIRM_DO) {
		target->outcome = TARGET_SENT;
		action->outstanding++;
	} else {
		target->outcome = verdict == CONFIRM_WHAT_IF ? TARGET_WHAT_IF : TARGET_SKIPPED;
	}
}

enum action_step action_step(struct action *action)
{
	while (action->next < action->count) {
		enum confirm_verdict verdict = confirm_next(&action->confirm, action->operation);

		if (action->targets[action->next].outcome == TARGET_SENT) { /* by an answer */
			action->next++;
			action->outstanding++;
			return ACTION_SEND;
		}
		if (verdict == CONFIRM_ASK)
			return ACTION_ASK;
		action_decide(action, verdict);
		if (verdict == CONFIRM_DO)
			return ACTION_SEND;
	}
	return action->outstanding ? ACTION_WAIT : ACTION_DONE;
}

size_t action_sent(const struct action *action)
{
	assert(action->next > 0);
	return action->next - 1;
}

const struct action_target *action_target(const struct action *action)
{
	assert(action->next < action->count);
	return &action->targets[action->next];
}

enum confirm_verdict action_answer(struct action *action, enum confirm_choice choice)
{
	enum confirm_verdict verdict = confirm_answer(&action->confirm, choice);

	if (verdict == CONFIRM_DO)
		action->targets[action->next].outcome = TARGET_SENT;
	else if (verdict == CONFIRM_SKIP)
		action_decide(action, verdict);
	return verdict;
}

void action_result(struct action *action, size_t index, bool result, const char *reason, const char *error)
{
	struct action_target *target = &action->targets[index];

	assert(target->outcome == TARGET_SENT && action->outstanding > 0);
	action->outstanding--;
	target->outcome = error ? TARGET_ERROR : result ? TARGET_TRUE : TARGET_FALSE;
	if (!result)
		target->reason = alloc_string(error ? error : reason);
}

size_t action_outcome(const struct action *action, int outcome)
{
	size_t count = 0;

	for (size_t i = 0; i < action->count; i++)
		count += (int)action->targets[i].outcome == outcome;
	return count;
}

static const struct action_target *action_first_refused(const struct action *action)
{
	for (size_t i = 0; i < action->count; i++) {
		if (action->targets[i].outcome == TARGET_FALSE || action->targets[i].outcome == TARGET_ERROR)
			return &action->targets[i];
	}
	return NULL;
}

static char *action_summary_of_one(const struct action *action, const struct action_target *target)
{
	const char *before = target->reason ? " (" : "", *after = target->reason ? ")" : "";

	switch (target->outcome) {
	case TARGET_TRUE:
		return alloc_format("Task %s: %s", target->id, action_words(action)->done);
	case TARGET_FALSE:
	case TARGET_ERROR:
		return alloc_format("Task %s %s%s%s%s", target->id, action_words(action)->refused, before,
		                    target->reason ? target->reason : "", after);
	default:
		return NULL;
	}
}

char *action_summary(const struct action *action)
{
	size_t done = action_outcome(action, TARGET_TRUE), skipped = action_outcome(action, TARGET_SKIPPED);
	size_t refused = action_outcome(action, TARGET_FALSE) + action_outcome(action, TARGET_ERROR);
	const struct action_target *example = action_first_refused(action);
	char done_text[64] = "", refused_text[256] = "", skipped_text[64] = "";

	if (action->count == 1)
		return action_summary_of_one(action, &action->targets[0]);
	if (!done && !refused)
		return NULL;
	snprintf(done_text, sizeof(done_text), "%zu %s", done,
	         done == 1 ? action_words(action)->done : action_words(action)->many);
	if (example && example->reason)
		snprintf(refused_text, sizeof(refused_text), ", %zu %s (Task %s: %s)", refused,
		         action_words(action)->refused, example->id, example->reason);
	else if (example)
		snprintf(refused_text, sizeof(refused_text), ", %zu %s", refused,
		         action_words(action)->refused);
	if (skipped)
		snprintf(skipped_text, sizeof(skipped_text), ", %zu skipped", skipped);
	return alloc_format("%s%s%s", done_text, refused_text, skipped_text);
}

char *action_what_if(const struct action *action, size_t index)
{
	return alloc_checked(confirm_what_if(action->operation, action->targets[index].id));
}
