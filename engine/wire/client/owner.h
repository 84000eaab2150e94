/*
 * Whose server it is that answers: it is asked, where the lock of a state directory does not tell.
 */
#ifndef KRTASK_WIRE_OWNER_H
#define KRTASK_WIRE_OWNER_H

#include <stdint.h>

#include "engine/wire/client/address.h"

/* 0 if the server at the other end of fd, a new connection, has address->state.  Otherwise -errno and *error. */
int owner_check(const struct address *address, int fd, int64_t deadline, char **error);

#endif
