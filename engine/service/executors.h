/* Where the tasks of a group run: parameters of GroupAdd and GroupSet. */
#ifndef KRTASK_SERVICE_EXECUTORS_H
#define KRTASK_SERVICE_EXECUTORS_H

#include "engine/service/service.h"

/* Texts are borrowed; an empty one is none. */
void executors_read(struct args *args, struct group_settings *settings);
/* "4x8" or null. */
void executors_write_pilot(struct jsonw *w, const struct group_settings *settings);
/* False: it has replied. */
bool executors_check(const struct service *service, struct wire_call *call,
                     const struct group_settings *settings);
/* The same for new settings of a group. */
bool executors_check_move(const struct service *service, struct wire_call *call,
                          const struct task_group *group, const struct group_settings *settings);

#endif
