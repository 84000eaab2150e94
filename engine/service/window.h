/*
 * Live windows: a List that goes on.  It sends only the rows that have changed, at most ten times a second.
 */
#ifndef KRTASK_ENGINE_SERVICE_WINDOW_H
#define KRTASK_ENGINE_SERVICE_WINDOW_H

#include "engine/service/select.h"

/* Takes over the query and the call. */
void window_open(struct service *service, struct wire_call *call, struct query *query);

/*
 * In list.c, for both forms of List: list_refresh() reads the progress of the rows from their output.
 * list_begin_reply() begins a reply with offset, total and length.
 */
void list_refresh(struct service *service, const struct selection *selection);
void list_begin_reply(struct jsonw *w, const struct query *query, const struct selection *selection);

#endif
