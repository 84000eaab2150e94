/*
 * The users: each of their steps is a request, as a connection would send it.  promises.h keeps the answers.
 * A user who got no reply to a creation asks again with the same nonce.
 */
#ifndef KRTASK_SIMULATE_USERS_H
#define KRTASK_SIMULATE_USERS_H

/* One of the users does something. */
void users_act(void);
/* The server has been killed, and all connections are gone. */
void users_crash(void);
/* Resumes all paused tasks, and stops those that would wait for ever. */
void users_end_waiting(void);

#endif
