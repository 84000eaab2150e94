/*
 * Groups: users add, change and remove them while tasks wait and run in them.
 *
 * Settings are known by their priority: each has another one.  So what is durable says which request it is of, and
 * grouped_may_be() says which it can be.
 */
#ifndef KRTASK_SIMULATE_GROUPED_H
#define KRTASK_SIMULATE_GROUPED_H

#include "tests/simulate/disk.h"
#include "tests/simulate/promises.h"

/* So that few tasks make several slices. */
enum { GROUPED_LOOKS = 4, GROUPED_SLICE = 2 };

struct runner_attempt;

void grouped_reset(void);
/* The name of a group; NULL: of tasks without one. */
const char *grouped_label(int group);
/* Which of them a stored name is; NULL is the first one. */
int grouped_of(const char *name, size_t length);
int grouped_of_task(const struct task *task);
/* NULL: it is not there. */
struct task_group *grouped_find(int group);
/* A group for a task that is to be created. */
int grouped_choose(void);
/* The server knows this group: either it is there, or no group is. */
bool grouped_is_known(int group);
/* Tasks are joining a group, so what is counted in it is not all. */
bool grouped_are_joined(void);
/* A user adds, changes or removes a group. */
void grouped_act(void);
/* The last group that has claims is paused. */
void grouped_pause_claims(void);
/* What runs in it is to be paused, and it itself, or resumed.  False: nobody can ask for that. */
bool grouped_sweep(int group, bool paused);
void grouped_swept(int group, bool granted);
/* The answer for the settings with this number. */
void grouped_answer(int group, unsigned number, bool granted);
/* The server has been killed: what is durable decides. */
void grouped_crash(void);
/* So that nothing waits for ever: no group is paused. */
void grouped_end_waiting(void);
bool grouped_weighs_too_much(int group, uint32_t weight);
/* The task weighs more than its group has devices. */
bool grouped_waits_in_vain(const struct task *task);

/* The oracle. */
/* Those that weigh more than so many devices are found before the group gets no more than these. */
void grouped_check_heavy(int group, unsigned devices);
void grouped_check(void);
/* The command of this task is about to be started, with others; of this run. */
void grouped_check_order(const struct task *task);
void grouped_check_go(const struct runner_attempt *attempt);
/* The task has ended, durably: its group may call for a hook. */
void grouped_ended(uint64_t number, const struct disk_row *before);
/* The task fails, in a change that is put: its group may have to be paused. */
void grouped_failed(const struct disk_row *row);
/* Such a hook was made. */
void grouped_hooked(uint64_t target);

#endif
