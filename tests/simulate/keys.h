/* What must be true of keys: only one task has each that has not ended, in the store and in memory. */
#ifndef KRTASK_SIMULATE_KEYS_H
#define KRTASK_SIMULATE_KEYS_H

struct task;

/* The task in memory that has the key and has not ended; NULL: there is none. */
const struct task *keys_owner(const char *key);
void keys_check(void);

#endif
