/*
 * Lines: who waits, in which order, and who is next.  It is found out from what is put and from what the runner does,
 * not from the core's own queues.
 */
#ifndef KRTASK_SIMULATE_LINES_H
#define KRTASK_SIMULATE_LINES_H

#include "tests/simulate/shares.h"

/* Whether a task waits only for a slot.  Of times it may be unknown whether the core has looked at them. */
enum line_ready { LINE_NOT_READY, LINE_MAYBE_READY, LINE_READY };

/* The task has a place in a queue. */
bool lines_waits(uint64_t number);
enum line_ready lines_ready(uint64_t number);
/* Both wait: this one is before that one. */
bool lines_before(uint64_t number, uint64_t other);
/* The place of a task that waits, from 1, and of how many. */
void lines_place(uint64_t number, size_t *place, size_t *count);
/* The first task of a queue that may be ready, 0: none; *sure: it is. */
uint64_t lines_head(int queue, bool *sure);
/* There are slots and devices for the task in its queue; in the server. */
bool lines_fits(uint64_t number);
bool lines_fits_server(uint64_t number);
/* The stored settings of a queue. */
struct disk_group lines_group(int queue);

/* The core has looked at all times, until this is unset. */
extern bool lines_looked;
/* What the last attempt of the task has left still runs, or nobody has said that it is gone. */
bool lines_lingers(uint64_t number);

/* The oracle: the command of this task is about to begin, and no other one has its turn before. */
void lines_check_go(uint64_t number);
/* All is quiet: the queue whose first task would be next, if there were room; SHARES_ALL: none. */
int lines_next(void);
/* The same: what could go has gone. */
void lines_check_rest(void);

#endif
