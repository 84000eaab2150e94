/*
 * The runs of this server, the processes of this machine, and which process is of which run.  kinship.h finds that
 * out.
 */
#ifndef KRTASK_EXEC_LOCAL_KIN_H
#define KRTASK_EXEC_LOCAL_KIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "engine/run/process.h"

/* The owner of a process: a place among the runs, or one of these. */
enum {
	KIN_NONE = -1,   /* it belongs to no run, as far as is known */
	KIN_NO_RUN = -2, /* an orphan that nothing connects to a run */
};

enum { KIN_REAPERS = 2 };

struct kin_run {
	uint64_t number;    /* of its task */
	int64_t created_at; /* the same */
	pid_t leader;       /* its first process; 0: not known */
	uint64_t start;     /* of that */
	bool held;          /* a parent keeps the leader's pid, even if the leader has ended */
	bool open;          /* it was not looked at since its leader ended, or its leader runs */
	bool left;          /* it is over, and who is left of it may be anybody's child */
	bool written;       /* its leader is gone, and somebody has one of its files open for writing */
	int files;          /* its pair of output files, -1: they have their final names, or it has none */
	ino_t pipe;         /* of its progress, 0: none */
};

/* A process that is known from an earlier look. */
struct kin_stray {
	pid_t pid;
	uint64_t start;
	uint64_t number; /* of the task, 0: of none */
	int64_t created_at;
	bool orphan;
	bool guessed;
};

struct kin {
	pid_t reapers[KIN_REAPERS]; /* 0: none */
	struct kin_run *runs;       /* owned; kinship_find() adds those that strays are of, and sorts them */
	size_t run_count;
	struct kin_stray *strays; /* owned */
	size_t stray_count;
	const char *identity; /* of the server (variables.h) */
	int trouble;          /* -errno: a mark could not be read for want of descriptors or memory */
	char directory[4200]; /* of the output files, as /proc names it */
	uint64_t alone_since; /* processes that began later were left by one of the runs */
	/* Results of kinship_find(): */
	struct process_info *processes; /* owned; all that live, in order of pid */
	int *owners;                    /* owned; of each */
	bool *guessed;                  /* owned; that is the owner only because no other run can be */
	int count;
	int *members; /* owned; processes of the first run, then of the second … */
	int *first;   /* owned; of each run, where its members begin; one more at the end */
};

void kin_release(struct kin *kin);

/* The process with that pid, or -1. */
int kin_process(const struct kin *kin, pid_t pid);
/* The run with that number, or -1. */
int kin_run(const struct kin *kin, uint64_t number);
/* The processes of a run; *count of them. */
const int *kin_members(const struct kin *kin, int run, int *count);
/* True if it belongs to the run and is its first process, or in the session of that. */
bool kin_in_session(const struct kin *kin, int process);
/* Sorts the runs by their numbers.  Those that are named twice become one. */
void kin_sort_runs(struct kin *kin);
/* Sets the directory of output files. */
void kin_know_directory(struct kin *kin, int fd);
/*
 * To ask for the marks of one run, which stays the caller's; fd as above.  To be freed with free().  NULL: out of memory.
 */
struct kin *kin_of_run(struct kin_run *run, int fd);
/* Takes out all results. */
void kin_forget_processes(struct kin *kin);

#endif
