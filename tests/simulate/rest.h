/*
 * Rest: now and then the store and the executor do all that they have to do, and nothing else happens.  Then much more
 * can be said of what must be true than in between.
 */
#ifndef KRTASK_SIMULATE_REST_H
#define KRTASK_SIMULATE_REST_H

void rest_act(void);

#endif
