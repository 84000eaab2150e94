/*
 * The servers that exist.  Only `server start` makes a server with a name other than `default`.  So a
 * mistyped name makes no server.
 */
#ifndef KRTASK_TUI_CLI_SERVERS_H
#define KRTASK_TUI_CLI_SERVERS_H

#include <stdbool.h>

#include "engine/wire/client/client.h"

/*
 * 0, or EXIT_NO_SERVER and *error (free() it) if there is no server with this name, running or not.  The
 * message lists the servers.  Connects to nothing.
 */
int server_check(const struct address *address, char **error);
/* Whether a command that makes no new servers may start this one. */
enum client_start server_may_start(const struct address *address, enum client_start start);
/*
 * NULL if both are addresses of the same server; NULL stands for the usual one.  Else why tasks of theirs cannot be
 * named there; free() it.
 */
char *servers_apart(const char *ours, const char *theirs);
/* True for `default`, and for the name of a server that exists, running or not. */
bool server_name_known(const char *name);

#endif
