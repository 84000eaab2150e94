/*
 * Plans: what users ask of when their tasks run, and what must be true of that.  It is judged by what is
 * durable: a task begins when all that it waits for is met and its time has come, and it is not run only if
 * one of these can never be.
 */
#ifndef KRTASK_SIMULATE_PLANS_H
#define KRTASK_SIMULATE_PLANS_H

#include "tests/simulate/wishes.h"

enum { PLANS_SLICE = 2 }; /* so that few tasks make several slices */

/* A user chooses a plan for a task that is to be created or edited. */
void plans_choose(struct wish_form *form);
/* Copies the first one for the request.  False: one of those that it waits for is gone, or there is no memory. */
bool plans_fill(const struct wish *wish, struct task_spec *spec);
/* Somebody who has not ended waits for the end of the task. */
bool plans_wait_for(uint64_t number);
/* The task waits for something that nobody will do: its plan is at its end. */
bool plans_wait_in_vain(const struct task *task);

/* The oracle.  A dependency is met, or can never be, says a change that becomes durable. */
/* This is met by a task that is over. */
bool plans_would_meet(const struct plan_after *after);
/* That task has ended in another way, whether or not its command has begun. */
bool plans_can_never_meet(const struct plan_after *after);
void plans_check_met(uint64_t number, uint64_t target);
void plans_check_unmet(uint64_t number, uint64_t target);
/* A row says that its task was not run because of its plan. */
bool plans_not_run(const struct disk_row *row);
/* The command of the task may begin. */
void plans_check_go(uint64_t number);
/* The task is removed. */
void plans_check_removal(uint64_t number);
/* An attempt has ended, which another follows. */
void plans_check_attempt(uint64_t number, const struct plan_attempt *attempt);
/* What its row says meanwhile: what the attempt said itself does not tell that its exit status was 0. */
void plans_tell_attempt(const struct disk_row *row, uint32_t attempt, char *text, size_t size);
/* An edit took the next attempt away, so that the last end is the end of the task. */
bool plans_gave_up(const struct disk_row *before, const struct disk_row *row);
/* The task has failed, and that was its last attempt. */
void plans_check_failure(uint64_t number, const struct disk_row *row);
/* It has run for its time limit. */
void plans_check_overtime(uint64_t number);
/* What waits has begun as often as it has ended. */
void plans_check_waiting(uint64_t number);
/* A change of the row is put: when the task may begin, and that it is not claimed before it may. */
void plans_check_put(uint64_t number, const struct disk_row *before, const struct disk_row *row);
/* The row is what was asked for. */
void plans_check_wish(const struct wish *wish, const struct wish_form *form, const struct disk_row *row);
/* The core has in memory what it has put. */
void plans_check_task(const struct task *task, const struct disk_row *row);

#endif
