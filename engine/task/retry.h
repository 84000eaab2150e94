/*
 * Which ends of an attempt are followed by another one, and when.
 *
 * A rule is "on" or "not", a blank, and a list: exit statuses (0 to 255), names of signals, and `cannot-run`,
 * which is a command that could not be executed.  "on 75,SIGKILL": these ends alone.  "not 2": all ends but
 * these, exit status 0 and `cannot-run`.  No rule (NULL): all but the last two.
 *
 * An end that nobody saw has a switch of its own, since the command may have done its work.  Pure; any thread.
 */
#ifndef KRTASK_TASK_RETRY_H
#define KRTASK_TASK_RETRY_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/task/plan.h"

enum { RETRY_RULE_MAX = 1024 }; /* bytes of a rule */

struct retry_end {
	bool known; /* the following say how it ended */
	bool ran;   /* false: the command could not be executed */
	bool late;  /* its time limit ended it */
	int exit_code, term_signal;
};

/* NULL, or the first item of the list that is none (borrowed; it ends with the list or before a comma). */
const char *retry_wrong_item(const char *list);
/* True for NULL, and for a rule. */
bool retry_rule_valid(const char *rule);

/* The list of a rule of that kind, "on" or "not".  NULL: it is none. */
const char *retry_rule_list(const char *rule, const char *kind);

/* True if another attempt follows this end, as far as there are attempts left. */
bool retry_follows(const struct task_plan *plan, const struct retry_end *end);
/*
 * How long to wait before the nth of the attempts after the first (from 1), in milliseconds: the delay of the
 * plan, doubled each time, and at most its maximum; then up to a tenth more or less, by the number of the
 * task, so that tasks that failed together do not begin together.
 */
int64_t retry_delay(const struct task_plan *plan, uint32_t nth, uint64_t number);

/* The exit status was 0, and no time limit had been reached: its message is what it said itself, and what it left. */
bool retry_was_success(const struct plan_attempt *attempt);
/* How an attempt ended. */
void retry_describe(const struct plan_attempt *attempt, char *text, size_t size);

#endif
