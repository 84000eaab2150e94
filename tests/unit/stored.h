/*
 * A store in a directory of its own, changes that are put one by one, and what was read from it.
 */
#ifndef KRTASK_TESTS_STORED_H
#define KRTASK_TESTS_STORED_H

#include "engine/store/store.h"
#include "engine/task/environment.h"

extern char directory[48], path[64]; /* of the database */
extern struct store *store;

/* The result of store_load(). */
enum { MOST = 5000 };
extern struct seen {
	size_t tasks, environments, attempts, reserved, counters;
	uint64_t expected;
	struct store_task task[MOST];
	uint64_t reserved_id, last_number, next_id;
	char hash[ENVIRONMENT_HASH_SIZE];
	size_t block_length;
	char block[64];
	char attempt[256];
	int64_t hook_limit;
	char cursors[64];
	char on_empty[32];
	int refuse;
	struct keep keep;
} seen;

int put_create(const struct store_task *task, uint64_t next_id, bool urgent, uint64_t *sequence);
int put_status(uint64_t number, const struct task_status *status, const struct task_process *process,
               const char *boot_id, bool urgent, uint64_t *sequence);
int put_text(uint64_t number, const char *name, const char *description, uint64_t *sequence);
int put_remove(uint64_t number, uint64_t *sequence);
int put_environment(const char *hash, const char *block, size_t length, uint64_t *sequence);
int put_forget_environment(const char *hash, uint64_t *sequence);
int put_reserved(uint64_t id, uint64_t *sequence);
/* A task that does nothing. */
int put_simple(uint64_t number, const char *name, bool urgent, uint64_t *sequence);
/* The same.  Returns its sequence. */
uint64_t create(uint64_t number);

extern const struct store_reader reader;
/* Forgets what was read. */
void forget(void);
void open_store(void);
void open_and_start(void);
void close_store(void);
void reopen(void);

void make_directory(void);
void remove_directory(void);

/* Writes this in place of the database. */
void write_file(const char *content, size_t length);
/* Changes the database behind the back of the store. */
void execute(const char *sql);

/* Waits for the next report of store_poll(). */
int poll_once(uint64_t *committed, char **error);
void wait_for(uint64_t sequence);
/* Waits for a failed commit. */
char *wait_for_failure(int expected, uint64_t *committed);

#endif
