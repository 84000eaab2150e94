/*
 * The sockets that a server listens on.  One is in the runtime directory: users and other clients know its
 * path. The other is in the state directory: it remains when the runtime directory is removed, as at a
 * logout.
 *
 * For the anchor.  Errors are negative errnos, and *error (free() it) is a message.
 */
#ifndef KRTASK_HOST_LISTENER_H
#define KRTASK_HOST_LISTENER_H

#include <stdbool.h>
#include <sys/types.h>

/* The node of a socket that we have made.  ino 0: there is none. */
struct listener_node {
	dev_t dev;
	ino_t ino;
};

/* True if somebody accepts connections there, or is too busy to.  Does not block. */
bool listener_answers(const char *path);
/* Makes a non-blocking socket, to which only our user can connect.  Replaces one at which nobody answers. */
int listener_open(const char *path, char **error);
/*
 * The same in a directory whose lock we hold.  Its path may have any length.  This fails on a file system
 * that cannot hold sockets.
 */
int listener_open_in(const char *directory, const char *name);

int listener_note(const char *path, struct listener_node *node);
/* True if there still is the node that we made. */
bool listener_is_there(const char *path, const struct listener_node *node);
/*
 * Removes the socket if it is still the node that we made.  The socket of a new server may be there already.
 */
void listener_remove(const char *path, struct listener_node *node);
/*
 * Makes a socket in place of one whose node is gone, and closes that one.  If this is impossible, as in a
 * directory that is gone, the old one stays.  True if there is a new one.
 */
bool listener_renew(const char *path, struct listener_node *node, int *fd);
bool listener_renew_in(const char *directory, const char *name, struct listener_node *node, int *fd);
/* Removes the link that a client has put in place of the socket. */
void listener_remove_link(const char *path, const char *target);

#endif
