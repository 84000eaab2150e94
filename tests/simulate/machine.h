/*
 * The machine: processes with pids that are used again at once, zombies and whose children they are, the
 * ledger, and what became of the command of each task.  It outlives servers; a reboot ends all but the
 * ledger, which is a file.
 */
#ifndef KRTASK_SIMULATE_MACHINE_H
#define KRTASK_SIMULATE_MACHINE_H

#include <stdbool.h>
#include <stdint.h>

#include "tests/simulate/disk.h"

enum { MACHINE_PIDS = 24, MACHINE_ENTRIES = 24 };

enum machine_parent { MACHINE_SERVER, MACHINE_ANCHOR, MACHINE_INIT };

struct machine_process {
	enum { MACHINE_NOBODY, MACHINE_ALIVE, MACHINE_ZOMBIE } life;
	uint64_t task; /* 0: a stranger */
	uint64_t start;
	enum machine_parent parent;
	bool stopped;  /* by SIGSTOP */
	bool stubborn; /* it ends by SIGKILL, or when it likes */
};

struct machine_entry {
	uint64_t task;
	int pid; /* 0: none yet */
	uint64_t start;
};

/* What became of a command, whoever knows it. */
struct machine_fate {
	unsigned begun; /* how often */
	bool over;      /* its first process is gone */
	bool unseen;    /* nobody who lives was there to keep its status */
	unsigned left;  /* others of its session */
	int exit_code, term_signal;
	unsigned signalled; /* the server that sent it a signal last */
	bool killed;
	bool sealed; /* its output has its final name */
};

extern struct machine_process machine_processes[MACHINE_PIDS + 1]; /* by pid */
extern struct machine_entry machine_ledger[MACHINE_ENTRIES];
extern struct machine_fate machine_fates[DISK_TASKS + 1]; /* by number of the task */
extern unsigned machine_boot;

void machine_reset(void);
/* The command of this entry begins: the ledger has its pid.  False: no process is to be had. */
bool machine_clone(int entry);
/* The process that an entry names, as long as it is that one; NULL. */
struct machine_process *machine_find(int pid, uint64_t start);
/* Its first process ends. */
void machine_exit(struct machine_process *process, int exit_code, int term_signal);
/* A signal to all of a session. */
void machine_signal(uint64_t task, int signal);
void machine_reap(struct machine_process *process);
/* A stranger is born or dies, so pids go round. */
void machine_stranger(void);

/* What a server that was killed did not reap. */
void machine_sweep(void);
void machine_server_dies(void);
void machine_anchor_dies(void); /* the server becomes the anchor */
void machine_both_die(void);
void machine_reboot(void);

#endif
