/*
 * The hash table of tasks by id, which compares ids without regard to case (ASCII).  A file of its own since uthash's
 * hash and comparison are chosen a file.
 */
#ifndef KRTASK_ENGINE_IDS_H
#define KRTASK_ENGINE_IDS_H

struct task;

struct task *ids_find(struct task *head, const char *id);
/* 0 or -ENOMEM. */
int ids_add(struct task **head, struct task *task);
void ids_remove(struct task **head, struct task *task);

#endif
