/*
 * Which servers there are.  A server other than `default` is made by `server start` and by nothing else, so that a name typed wrong
 * finds none instead of making one.
 */
#ifndef KRTASK_TUI_CLI_SERVERS_H
#define KRTASK_TUI_CLI_SERVERS_H

#include <stdbool.h>

#include "engine/wire/client/client.h"

/* 0, or EXIT_NO_SERVER with *error (free() it) for a name that no server has or had; it says which there are. Connects to nothing. */
int server_check(const struct address *address, char **error);
/* How a command that does not make servers may start this one. */
enum client_start server_may_start(const struct address *address, enum client_start start);
/* True for `default` and for the name of a server that there is, running or not. */
bool server_name_known(const char *name);

#endif
