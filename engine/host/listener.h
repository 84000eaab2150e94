/*
 * The sockets that a server listens on: one in the runtime directory, whose path people and other clients know, and one in
 * the state directory, which stays where the runtime directory is taken away, as at a logout.
 *
 * The anchor's.  Errors are negative errnos, and *error (free() it) is a message.
 */
#ifndef KRTASK_HOST_LISTENER_H
#define KRTASK_HOST_LISTENER_H

#include <stdbool.h>
#include <sys/types.h>

/* A socket's node as it was made.  ino 0: there is none that is ours. */
struct listener_node {
	dev_t dev;
	ino_t ino;
};

/* Whether somebody accepts connections there. */
bool listener_answers(const char *path);
/* Non-blocking, in place of what is there and does not answer; nobody else may connect. */
int listener_open(const char *path, char **error);
/* The same in a directory whose lock is held, however long its path.  The directory may be on a disk that cannot hold sockets. */
int listener_open_in(const char *directory, const char *name);

int listener_note(const char *path, struct listener_node *node);
/* Once, and only what was made: a new server may stand there already. */
void listener_remove(const char *path, struct listener_node *node);
/* The link that a client put in its place. */
void listener_remove_link(const char *path, const char *target);

#endif
