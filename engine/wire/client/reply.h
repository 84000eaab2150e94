/*
 * Reading a reply, inside of the client.
 */
#ifndef KRTASK_WIRE_CLIENT_REPLY_H
#define KRTASK_WIRE_CLIENT_REPLY_H

#include <jansson.h>

/*
 * The frame as jansson reads it, but faster if its parameters are one plain string, as in {"parameters":{"id":"7"}}: so
 * are replies that come by the thousand.  NULL: see jsonr_load().
 */
json_t *reply_load(const char *frame, size_t length, json_error_t *error);

#endif
