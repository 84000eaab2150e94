/*
 * The users: each step of theirs is a request, as a connection would make it.  What they are answered is kept
 * in promises.h.  Who got no reply to a creation asks again with the same nonce.
 */
#ifndef KRTASK_SIMULATE_USERS_H
#define KRTASK_SIMULATE_USERS_H

/* One of them does something. */
void users_act(void);
/* The server is gone, and all connections with it. */
void users_crash(void);
/* What is paused goes on. */
void users_resume_all(void);

#endif
