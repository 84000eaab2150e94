/*
 * The oracle checks what must always be true.  It states the invariants (ARCHITECTURE.md) independently of
 * the core's tables.
 *
 *     oracle_row_written()    for each row that becomes durable: transitions, ends, statuses
 *     oracle_seen()           for what a user is told: it was durable before
 *     oracle_check()          after every step: promises are durable; memory agrees with the store
 *     oracle_check_over()     when nothing fails any more: all tasks that were started have ended
 */
#ifndef KRTASK_SIMULATE_ORACLE_H
#define KRTASK_SIMULATE_ORACLE_H

#include "tests/simulate/disk.h"

void oracle_reset(void);
void oracle_row_written(uint64_t number, const struct disk_row *before, const struct disk_row *row);
/* Somebody was told that the task is in this state. */
void oracle_seen(uint64_t number, enum task_state state);
/* A stop with this signal, or with a time for SIGKILL, has been durable. */
bool oracle_signal_was_durable(uint64_t number, int signal);
/* A user resumes the task with this change.  If that cannot be stored, it is continued all the same. */
bool oracle_resume_sends(const struct task *task);
void oracle_resumes(uint64_t number, uint64_t sequence);
/* The core has been told that all changes above this one failed. */
void oracle_check_resumes(uint64_t committed);
void oracle_server_starts(void);
/* SIGKILL is sent: it is due. */
void oracle_check_kill(uint64_t number);
/* Checks a refusal: the core may refuse the request in this state. */
bool oracle_may_start(enum task_state state);
bool oracle_may_pause(enum task_state state);
bool oracle_may_stop(enum task_state state);
bool oracle_may_progress(enum task_state state);
/* A durable stop of the present attempt asked for a signal. */
bool oracle_asked_for_signal(uint64_t number);
void oracle_check(void);
void oracle_check_over(void);

#endif
