/*
 * Tells waiting clients why no server could be started.  They get this in place of a reply to their first
 * request.
 */
#ifndef KRTASK_HOST_REFUSAL_H
#define KRTASK_HOST_REFUSAL_H

/*
 * Takes the connections that wait at either socket (-1: there is none), a limited number at a time, sends each the
 * error Unavailable with the reason (UTF-8, not owned) and the children of this process that run, and closes it.  Does not
 * block.
 */
void refusal_send(int listen_fd, int state_fd, const char *reason);
/* The same for one that was taken, which stays open. */
void refusal_tell(int fd, const char *reason);

#endif
