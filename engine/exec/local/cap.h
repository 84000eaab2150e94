/* --max-log: files that outgrow it are capped, while their tasks run and once more at the end. */
#ifndef KRTASK_EXEC_LOCAL_CAP_H
#define KRTASK_EXEC_LOCAL_CAP_H

#include "engine/exec/local/attempt.h"

/* It has begun: its files are checked until all of its processes are gone. */
void local_cap_watch(struct local_attempt *attempt);
/* At once, when nothing writes any more. */
void local_cap_apply(const struct local_attempt *attempt);
/* local->cap_event. */
void local_cap_tick(evutil_socket_t fd, short what, void *local);

#endif
