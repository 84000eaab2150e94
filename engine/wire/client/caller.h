/*
 * The parameters of Environment: in what a caller would run its tasks itself.
 */
#ifndef KRTASK_WIRE_CALLER_H
#define KRTASK_WIRE_CALLER_H

#include <stdbool.h>

#include "engine/wire/jsonw.h"

struct environment;

/* always: for all tasks of the connection that name none. */
void caller_write(struct jsonw *w, const struct environment *environment, bool always);

#endif
