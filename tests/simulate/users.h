/*
 * The users: each of their steps is a request, as a connection would send it.  promises.h keeps the answers.
 * A user who got no reply to a creation asks again with the same nonce.
 */
#ifndef KRTASK_SIMULATE_USERS_H
#define KRTASK_SIMULATE_USERS_H

#include <stdbool.h>

struct stop_options;
struct task;

/* A user does something now, and not the core by itself; it is SIGKILL. */
extern bool users_are_acting, users_kill;

/* One that some user has asked for; NULL: there is none. */
struct task *users_any_task(void);
/* A user stops the task. */
void users_stop(struct task *task, const struct stop_options *options);
/* One of the users does something. */
void users_act(void);
/* All that was asked for becomes durable, but the last change does not. */
void users_lose_last(void);
/* A task is held that would be claimed soon. */
void users_hold(void);
/* The disk has become nearly full: one task that is held may go on, and a group is paused. */
void users_starve(void);
/* The server has been killed, and all connections are gone. */
void users_crash(void);
/* When all is over: some tasks are removed. */
void users_remove_some(void);
/* Resumes all paused tasks, and stops those that would wait for ever. */
void users_end_waiting(void);

#endif
