/* Creations: users ask for new tasks, with the environment that their connection has sent. */
#ifndef KRTASK_SIMULATE_CREATIONS_H
#define KRTASK_SIMULATE_CREATIONS_H

void creations_new(void);
/* A task that has ended is made again. */
void creations_take_over(void);
/* Sends one again, as a user does who got no reply. */
void creations_again(void);
/* A connection sends its environment, or ends. */
void creations_connect(void);
/* The server has been killed, and all connections are gone. */
void creations_crash(void);

#endif
