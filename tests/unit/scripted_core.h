/*
 * A core that does what a test says, over the local executor with real processes: it writes down what is
 * reported, and a test turns the loop until it was. Nothing here sleeps; Check's time-out is the bound.
 */
#ifndef KRTASK_TESTS_SCRIPTED_CORE_H
#define KRTASK_TESTS_SCRIPTED_CORE_H

#include <event2/event.h>

#include "engine/core/registry.h"
#include "engine/exec/local/local.h"

/* A run, and what was reported of it. */
struct subject {
	struct run run;  /* first */
	char trail[256]; /* "prepared began ended" */
	int error;       /* of refused and postponed */
	struct executor_began began;
	struct run_end end; /* strings are owned */
	int percent;
	char message[256]; /* of progress */
	enum executor_progress_source source;
	bool forgets; /* its output is sealed, and it is forgotten, from inside the report of its end */
};

extern struct event_base *base;
extern struct executor *executor;
extern struct local_options local_options; /* for the next scripted_open() */
extern struct task_spec spec;              /* for the next subject_new(); cleared by that */
extern unsigned room_reports;

void scripted_setup(void);
/* Nothing may be left open. */
void scripted_teardown(void);
void scripted_open(void);
/* As a server that ends: the subjects stay. */
void scripted_close(void);
void turn(void);

/*
 * A task that runs this code with `sh -c`, where $0 is the gate: a FIFO from which `read x <$0` gets a line
 * for each open_gate(). id is unique.
 */
struct subject *subject_new(const char *id, const char *code);
/* Of the command in spec. */
struct subject *subject_of(const char *id);
void open_gate(void);

void prepare(struct subject *subject);
void go(struct subject *subject);
void forget(struct subject *subject);
void send_signal(struct subject *subject, int number);
int seal(struct subject *subject);
/* As the next server finds it: with the handle that was reported, and an empty trail. */
void adopt(struct subject *subject, bool other_boot);
/* Turns the loop until that has been reported, and nothing else. */
void await(const struct subject *subject, const char *trail);
/* new, prepare, go, until it runs */
struct subject *start(const char *id, const char *code);

/* Checks what a stream holds, running or not; NULL: it has written nothing. */
void check_output(const struct subject *subject, enum executor_stream stream, const char *content);
/* Turns the loop until its standard output holds this. */
void await_output(const struct subject *subject, const char *content);
pid_t pid_of(const struct subject *subject);
/* The state of a process as in proc(5); 0: there is none. */
char process_state(pid_t pid);
/* All that is given to workers waits until they are released. */
void hold_workers(void);
void release_workers(void);
/* Leaves so many descriptors to this process; -1: all. */
void leave_descriptors(int count);

#endif
