/*
 * The files of an attempt, in the directory of its group: BASE.out and BASE.err, BASE.beg when its command begins,
 * BASE.end when it has ended, BASE.job until its step comes, which makes BASE.run of it, BASE.slurm for what Slurm
 * itself says.  BASE is the number of the task, or NUMBER-ATTEMPT from the second attempt on.  Another machine writes
 * them.  Except for slurm_base(), slurm_path() and slurm_take_time(), these functions may block, so only the worker calls them;
 * slurm_is_foreign() is for a directory that somebody has just named.
 */
#ifndef KRTASK_EXEC_SLURM_FILES_H
#define KRTASK_EXEC_SLURM_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct slurm_begin {
	bool known;
	char node[64];
	int64_t pid;
	int64_t at; /* milliseconds since 1970, by the clock of the node */
};

struct slurm_end {
	bool known;
	int32_t status;
	bool terminated; /* it ended after SIGTERM, or by a signal that ends a job */
	int64_t at;      /* as that of its beginning; 0: unknown */
};

enum { SLURM_BASE_SIZE = 32, SLURM_PATH_SIZE = 4400 };

void slurm_base(char *base, uint64_t number, uint32_t attempt);
/* False: the path is too long. */
bool slurm_path(char *path, const char *directory, const char *base, const char *suffix);
/*
 * Makes the directory that of the server, unless it is that of another.  0, -EEXIST: it is; -errno.
 */
int slurm_mark(const char *directory, const char *identity);
/* Whether it is marked as that of another server. */
bool slurm_is_foreign(const char *directory, const char *identity);
/* Lets one step of that base run: the first that comes takes it.  0 or -errno. */
int slurm_write_ticket(const char *directory, const char *base);
/* Whether it can be read, and is that of the server.  Afterwards files that other machines have made are seen. */
bool slurm_is_marked(const char *directory, const char *identity);
/*
 * Takes "1700000000.123456789", or whole seconds, and the blank or newline after it.  Milliseconds; 0: there is none.
 */
int64_t slurm_take_time(const char **text);
struct slurm_begin slurm_read_begin(const char *directory, const char *base, uint64_t job);
struct slurm_end slurm_read_end(const char *directory, const char *base, uint64_t job);
/* Removes what only the executor reads; all: what the command has written, too. */
void slurm_remove(const char *directory, const char *base, bool all);

#endif
