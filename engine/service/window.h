/*
 * Live windows: a List that goes on, and tells only what changes in the rows that it covers, at most ten
 * times a second.
 */
#ifndef KRTASK_ENGINE_SERVICE_WINDOW_H
#define KRTASK_ENGINE_SERVICE_WINDOW_H

#include "engine/service/query.h"

/* Takes over query and answers the call from now on. */
void window_open(struct service *service, struct wire_call *call, struct query *query);

/*
 * list.c, for both forms of List: reads the progress of the rows out of their output; begins a reply with
 * offset, total and length.
 */
void list_refresh(struct service *service, const struct selection *selection);
void list_begin_reply(struct jsonw *w, const struct query *query, const struct selection *selection);

#endif
