/*
 * Checks which state directory a server has by asking it.  This is for cases where the lock file does not
 * tell.
 */
#ifndef KRTASK_WIRE_OWNER_H
#define KRTASK_WIRE_OWNER_H

#include <stdint.h>

#include "engine/wire/client/address.h"

/*
 * 0 if the server at the other end of fd has address->state, else -errno and *error.  -ECONNREFUSED, without *error:
 * it ended instead of answering.  fd must be a new connection.
 */
int owner_check(const struct address *address, int fd, int64_t deadline, char **error);

#endif
