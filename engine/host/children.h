/* The children of an anchor: its server, and what servers have left to it. */
#ifndef KRTASK_HOST_CHILDREN_H
#define KRTASK_HOST_CHILDREN_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "engine/host/line.h"

/* Those other than the server: -1: there are none; 0: some are running; 1: all have ended. */
int children_look(pid_t server);
/* Those that run, for people: "7 (sleep), 8 (make)"; empty if there are none, or they cannot be seen. */
void children_name(pid_t server, char *text, size_t size);
/* How one ended, which message->pid names: fills in the reply. */
void children_answer(struct line_message *message);
/* False: it is running.  If a signal has killed it, standard error tells so. */
bool children_reap_server(pid_t server);

#endif
