/*
 * The rows that answer a query, selected in slices: a list of a million tasks is a chore of some hundred
 * turns, and one of a few is done at once.
 *
 *     select_start()      done is called: now, or in a turn to come
 *     select_stop()       before that: it will not be called
 *
 * In order of creation without a filter it costs its rows, as a tree does while no task comes or goes; and
 * in the order of activity with no filter but states.  Else every task is looked at; what is removed
 * meanwhile is left out, and what is changed meanwhile is shown as it is at the end.
 */
#ifndef KRTASK_ENGINE_SERVICE_SELECT_H
#define KRTASK_ENGINE_SERVICE_SELECT_H

#include "engine/service/rows.h"

struct selecting;

/* Takes over the selection; error is 0 or -ENOMEM, and then there is none. */
typedef void (*select_done_fn)(void *ctx, struct selection *selection, int error);
/*
 * query is borrowed until done.  *handle is what is to be stopped; NULL before done is called, in which its
 * owner may free it.
 */
void select_start(struct service *service, const struct query *query, select_done_fn done, void *ctx,
                  struct selecting **handle);
/* NULL is fine. */
void select_stop(struct selecting *selecting);

#endif
