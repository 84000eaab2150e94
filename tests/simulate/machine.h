/*
 * The machine has processes, zombies with their parents, the ledger, and what happened to each task's
 * command.  It uses free pids again at once.  It outlives servers.  A reboot ends everything except the
 * ledger, which is a file.
 */
#ifndef KRTASK_SIMULATE_MACHINE_H
#define KRTASK_SIMULATE_MACHINE_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/core/holdings.h"
#include "tests/simulate/disk.h"

enum { MACHINE_PIDS = 24, MACHINE_ENTRIES = 24 };

enum machine_parent { MACHINE_SERVER, MACHINE_ANCHOR, MACHINE_INIT };

struct machine_process {
	enum { MACHINE_NOBODY, MACHINE_ALIVE, MACHINE_ZOMBIE } life;
	uint64_t task; /* 0: it belongs to no task */
	uint64_t start;
	enum machine_parent parent;
	bool stopped;  /* by SIGSTOP */
	bool stubborn; /* of all signals, only SIGKILL ends it */
};

struct machine_entry {
	uint64_t task;
	unsigned boot; /* in which it was taken */
	int pid;       /* 0: none yet */
	uint64_t start;
	struct run_holding holding; /* what its command gets */
};

/* What happened to a command, whether or not a server knows it. */
struct machine_fate {
	unsigned begun;    /* how often it began; the following is about the last time */
	unsigned server;   /* that was there when it began */
	int64_t tick;      /* when it began; meaningless in another boot */
	int64_t ran;       /* ticks since it began in which its first process was not stopped */
	bool over;         /* its first process is gone */
	bool unseen;       /* its status is lost: no process was there to keep it */
	unsigned left;     /* other processes of its session */
	bool left_stopped; /* by SIGSTOP */
	int exit_code, term_signal;
	unsigned signalled; /* the server that sent it a signal last */
	unsigned quiet;     /* to this server a user has said that it is to be stopped, and no more sent */
	bool stopped;       /* somebody has sent it a signal that is to end it */
	bool killed;
	bool unrecorded; /* the latest signal is of a stop whose commit failed */
	bool sealed;     /* its output has its final name */
	bool watched;    /* the executor is to report when those that are left are gone */
	unsigned looked; /* the server that has asked for that last, or has found no memory to ask again */
	struct run_holding holding;
};

extern struct machine_process machine_processes[MACHINE_PIDS + 1]; /* by pid */
extern struct machine_entry machine_ledger[MACHINE_ENTRIES];
extern struct machine_fate machine_fates[DISK_TASKS + 1]; /* by number of the task */
extern unsigned machine_boot;

void machine_reset(void);
/* The command of this entry begins, and the ledger gets its pid.  False: there is no free process. */
bool machine_clone(int entry);
/* Returns the process that an entry names, or NULL if the pid belongs to another process now. */
struct machine_process *machine_find(int pid, uint64_t start);
/* Its first process ends. */
void machine_exit(struct machine_process *process, int exit_code, int term_signal);
/* Sends a signal to the whole session. */
void machine_signal(uint64_t task, int signal);
void machine_reap(struct machine_process *process);
/* Time goes by. */
void machine_pass(int64_t milliseconds);
/* One of those that are left of an attempt ends.  Returns its task, if it was the last one; 0: none. */
uint64_t machine_left_ends(void);
/* A process that belongs to no task is born or dies, so that pids are used up and freed. */
void machine_stranger(void);

/* The next server reaps what the killed server did not reap. */
void machine_sweep(void);
void machine_server_dies(void);
void machine_anchor_dies(void); /* the server becomes the anchor */
void machine_both_die(void);
void machine_reboot(void);
/* What the present attempt of the task uses, as the runner says. */
struct task_usage machine_usage(uint64_t number);
/* All tasks have ended: no process of them is left, but those that a server has named, and none of these is stopped. */
void machine_check_over(void);

#endif
