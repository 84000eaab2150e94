/* Tasks by id, compared without regard to case (ASCII), and by nonce.  Loop thread only. */
#ifndef KRTASK_CORE_IDS_H
#define KRTASK_CORE_IDS_H

#include "engine/core/lookup.h"

struct task;

struct ids {
	struct lookup by_id, by_nonce;
};

struct task *ids_find(const struct ids *ids, const char *id);
struct task *ids_find_nonce(const struct ids *ids, const unsigned char *nonce); /* TASK_NONCE_SIZE bytes */
/* Makes room for so many tasks.  0 or -ENOMEM. */
int ids_reserve(struct ids *ids, size_t count);
/* A task with this id and nonce (NULL: none) will be added soon. */
void ids_expect(const struct ids *ids, const char *id, const unsigned char *nonce);
/* 0 or -ENOMEM. */
int ids_add(struct ids *ids, struct task *task);
/* No longer found, but can be restored without memory. */
void ids_remove(struct ids *ids, struct task *task);
void ids_restore(struct ids *ids, struct task *task);
/* A removed task will not be restored. */
void ids_forget(struct ids *ids, const struct task *task);
void ids_release(struct ids *ids);

#endif
