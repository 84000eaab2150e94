/*
 * A core that does what a test says, over an executor with real processes, usually the local one: it writes down what is
 * reported, and a test turns the loop until it was. Nothing here sleeps; Check's time-out is the bound.
 */
#ifndef KRTASK_TESTS_SCRIPTED_CORE_H
#define KRTASK_TESTS_SCRIPTED_CORE_H

#include <event2/event.h>

#include "engine/core/registry.h"
#include "engine/exec/local/local.h"
#include "engine/exec/local/variables.h"

/* A run, and what was reported about it. */
struct subject {
	struct run run;  /* must be the first member */
	char trail[256]; /* such as "prepared began ended" */
	int error;       /* reported with refused or postponed */
	struct executor_began began;
	struct run_end end; /* strings are owned */
	int percent;
	char message[256]; /* reported as progress */
	enum executor_progress_source source;
	bool forgets; /* seals its output and forgets it inside the report of its end */
};

extern struct event_base *base;
extern struct executor *executor;
extern char identity[LOCAL_IDENTITY_SIZE]; /* of the server; no other test has it at the same time */
extern struct local_options local_options; /* used by the next scripted_open() */
extern struct task_spec spec;              /* used and cleared by the next subject_new() */
/* What scripted_open() opens, scripted_close() closes and a new subject needs.  NULL: the local executor. */
struct scripted_kind {
	int (*open)(struct executor **executor);
	void (*close)(struct executor *executor);
	void (*fit)(struct task *task);
};
extern const struct scripted_kind *scripted_kind;
extern struct registry registry;
extern unsigned room_reports;
extern uint64_t left_gone; /* the task of the last such report; 0: there was none */

void scripted_setup(void);
/* Checks that nothing is left open. */
void scripted_teardown(void);
void scripted_open(void);
/* Ends as a server does: the subjects stay. */
void scripted_close(void);
void turn(void);

/*
 * A task that runs this code with `sh -c`, where $0 is the gate: a FIFO from which `read x <$0` gets a line
 * for each open_gate(). id is unique.
 */
struct subject *subject_new(const char *id, const char *code);
/* Makes a task that runs the command in spec. */
struct subject *subject_of(const char *id);
void open_gate(void);

void prepare(struct subject *subject);
void go(struct subject *subject);
void forget(struct subject *subject);
void send_signal(struct subject *subject, int number);
int seal(struct subject *subject);
/* Turns it into what the next server finds: with the handle that was reported, and an empty trail. */
void adopt(struct subject *subject, bool other_boot);
/* Turns the loop until exactly this has been reported. */
void await(const struct subject *subject, const char *trail);
/* Many, each of which prints its id and exits with 1.  Half of them forget themselves. */
void subjects_new(struct subject **all, struct run **runs, size_t count);
/* Awaits the ends of all, checks them, and forgets the others. */
void subjects_end(struct subject **all, size_t count);
/* Calls new, prepare and go, and returns when it runs. */
struct subject *start(const char *id, const char *code);

/* Checks what a stream holds, before or after the end.  NULL: the task has written nothing. */
void check_output(const struct subject *subject, enum executor_stream stream, const char *content);
/* Turns the loop until the standard output holds this. */
void await_output(const struct subject *subject, const char *content);
pid_t pid_of(const struct subject *subject);
/* Returns the state of a process as in proc(5); 0: there is no process. */
char process_state(pid_t pid);
/* Workers wait with all their jobs until they are released. */
void hold_workers(void);
void release_workers(void);
/* Leaves this many free descriptors to this process; -1: all. */
void leave_descriptors(int count);

/* Turns the loop until none of its processes is left: those of a group end one after the other. */
void await_empty(const struct subject *subject);

#endif
