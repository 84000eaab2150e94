/*
 * What a durable stop does to a run: it sends the signal that was asked for, and SIGKILL when that is due.
 * Loop thread only.
 */
#ifndef KRTASK_CORE_STOPPING_H
#define KRTASK_CORE_STOPPING_H

#include "engine/core/kernel.h"

/* True if the run has processes, or may have some. */
bool stopping_reaches(const struct run *run);
/* For a run that has processes: sends stop.signal, and sets the timer for stop.kill_at. */
void stopping_signal(struct core *core, struct run *run);
/* The timer alone. */
void stopping_set_deadline(struct core *core, struct run *run);

/*
 * Effects of a change to Stopping or Overtime.  It is durable: the signal is sent now, or by reports_began().
 */
void stopping_recorded(struct core *core, struct task *task, const struct task_process *asked);
/* The same, but an earlier change sends the signal: this one changes the deadline alone. */
void stopping_kept(struct core *core, struct task *task, const struct task_process *asked);
/* It is not durable.  The run may have waited for the last process of its session. */
void stopping_undone(struct core *core, struct task *task);

/* Suspends all processes of the run, or continues them. */
void stopping_pause(struct core *core, struct run *run, bool pause);

#endif
