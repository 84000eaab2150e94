/*
 * The agenda: when tasks that wait are to be looked at again, by the wall clock.  A task may begin from a time
 * on, or only until one, or its next attempt may.  Only such tasks have an appointment.
 *
 *     agenda_admit()    the task has, or may get, such times; agenda_dismiss()  it has ended
 *     agenda_follow()   it waits, or its times have changed; agenda_leave()  it does not wait
 *     agenda_due()      the next one that is to be looked at now
 *
 * A time is a promise about the clock on the wall.  If somebody sets that clock, all appointments are looked
 * at again.  Loop thread only.
 */
#ifndef KRTASK_CORE_AGENDA_H
#define KRTASK_CORE_AGENDA_H

#include "engine/core/kernel.h"

/*
 * Gives the task an appointment if its plan has times, or if it may have several attempts.  Afterwards its
 * times may be changed, and nothing can fail.  May be called again.  0 or -ENOMEM.
 */
int agenda_admit(struct core *core, struct task *task);
void agenda_dismiss(struct core *core, struct task *task);
/* All of them. */
void agenda_release(struct core *core);
/* Sets when the task is to be looked at again. */
void agenda_follow(struct core *core, struct task *task);
void agenda_leave(struct core *core, struct task *task);

/* True if its begin was still to come when the task was looked at, or it was too late. */
bool agenda_waits(const struct task *task);
/* True if it is too late for its first attempt. */
bool agenda_expired(const struct core *core, const struct task *task);

/* A task that is to be looked at, which then has nothing more set.  NULL: none. */
struct task *agenda_due(struct core *core);
/* When the next one is.  0: no task has an appointment; INT64_MAX: nothing is due. */
int64_t agenda_next(const struct core *core);
/* Looks at all of them again: the clock was set, or something could not be done. */
void agenda_review(struct core *core);

#endif
