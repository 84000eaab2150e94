/*
 * How a task is held in memory.  There may be a million of them, so each is small.  The fields of every task
 * are in one allocation with its id, name and command.  A task refers to the data that many tasks share
 * (origin.h).  Data that only few tasks have is behind a pointer.
 *
 * The registry makes and frees them (registry.h).  Everybody may read number, created_at, status, version,
 * waiters, reported, run and standing.  The functions below read everything else, since only the files under
 * registry.h know its layout.  Loop thread only.
 */
#ifndef KRTASK_CORE_RECORD_H
#define KRTASK_CORE_RECORD_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/core/origin.h"
#include "engine/core/ranking.h"
#include "engine/core/slab.h"
#include "engine/task/task.h"

struct appointment;
struct task_group;
struct run;
struct task;

/* Data that only few tasks have. */
struct task_extra {
	char *name;        /* owned; NULL: as it was created */
	char *description; /* owned; NULL: none */
	struct strings variables;
	uint64_t max_log;
	struct strings command; /* owned; empty: as it was created */
};

/* A task that has a parent or children.  Siblings are in order of creation. */
struct task_relatives {
	struct task *parent;
	struct task *first, *last;   /* of its children */
	struct task *before, *after; /* its siblings */
	uint32_t children, ended;    /* how many of its children there are, and of these have ended */
};

/* The place in a queue of a task that was started and has not ended. */
struct standing {
	struct rank rank; /* first */
	struct task *task;
	struct task_group *group;        /* it is in its ranking, unless it runs or is ending */
	struct appointment *appointment; /* owned by the agenda; NULL: it waits for no time */
	bool lingers;                    /* processes that its last attempt left still run */
	bool watched;                    /* the executor will report that they are gone */
};

struct task {
	uint64_t number;
	int64_t created_at;
	struct task_status status;
	struct run *run;                  /* from claim to end */
	struct standing *standing;        /* owned; from Start to end */
	struct task_plan *plan;           /* owned; NULL: that of every task */
	struct origin *origin;            /* a reference */
	struct task_extra *extra;         /* owned; NULL: it has no such data */
	struct task_relatives *relatives; /* owned; NULL: it has none */
	uint32_t version;                 /* differs after every visible change */
	uint32_t place;                   /* in the order */
	uint32_t block;                   /* the shelves': where it is, or was */
	uint32_t waiters : 28;            /* calls that wait for its end */
	bool reported : 1;                /* it reported progress by itself: its output is not read for it */
	bool removed : 1;                 /* the order's: hidden, but can be restored */
	bool ordered : 1;                 /* the order's: it has a place */
	bool hooked : 1;                  /* a hook follows its end, or did */
	uint32_t
		command_length; /* between bits that do not stay and bits that do, which other threads may read */
	bool has_nonce : 1;
	bool named : 1; /* a name was given */
	bool merge : 1;
	uint8_t id_length;
	char texts[]; /* the nonce; the id, the name and the command, each ended by a NUL */
};

/*
 * Makes a task in state Created that is in no index yet.  It copies what it needs of spec, takes over the
 * reference to origin, and makes room for the link to parent (NULL: none).  NULL: out of memory.
 */
struct task *record_new(struct slabs *slabs, const struct task_spec *spec, struct origin *origin,
                        struct task *parent);
/* Moves the variables there, which saves a copy of what may be megabytes.  0 or -ENOMEM. */
int record_take_variables(struct task *task, struct strings *variables);
/* Frees all but the origin. */
void record_free(struct slabs *slabs, struct task *task);
/* Sets the state, and keeps the count of its parent. */
void record_set_state(struct task *task, enum task_state state);
/* Appends it to its parent's children.  Does nothing if it has no parent. */
void record_link(struct task *task);
void record_unlink(struct task *task);
/*
 * Undoes record_unlink() and puts the task back in its place.  The list must be as record_unlink() left it,
 * so later changes must be undone first.
 */
void record_relink(struct task *task);

/*
 * What was asked for.  The results are borrowed.  They stay valid until the task is freed, or until its name
 * or description is changed.
 */
const char *task_id(const struct task *task);
/* The name shown.  If none was given it is "Task ID", which is written to buffer. */
#define TASK_DEFAULT_NAME_START "Task "
enum { TASK_DEFAULT_NAME_SIZE = TASK_ID_MAX + 8 };
const char *task_name(const struct task *task, char buffer[TASK_DEFAULT_NAME_SIZE]);
const char *task_given_name(const struct task *task);  /* NULL: none */
const char *task_description(const struct task *task); /* NULL: none */
const char *task_group(const struct task *task);       /* NULL: none */
const char *task_cwd(const struct task *task);
struct strings task_command(const struct task *task);
struct strings task_variables(const struct task *task);
struct shared_environment *task_environment(const struct task *task); /* NULL: the server's own */
uint64_t task_max_log(const struct task *task);
bool task_merge(const struct task *task);
const unsigned char *task_nonce(const struct task *task); /* TASK_NONCE_SIZE bytes, NULL: none */

const struct task_plan *task_plan(const struct task *task);
/* The attempt that runs or ran last, from 1; 0: none has begun. */
uint32_t task_attempt(const struct task *task);
/* The number of the task whose end it follows; 0: it is no hook. */
uint64_t task_hook_target(const struct task *task);
/* In no list and no count: a hook, unless it has failed. */
bool task_is_hidden(const struct task *task);

/* Gives the task a plan of its own, which may be changed.  NULL: out of memory. */
struct task_plan *record_make_plan(struct task *task);
/* Gives the task a standing that is in no ranking.  0 or -ENOMEM. */
int record_make_standing(struct slabs *slabs, struct task *task);
void record_drop_standing(struct slabs *slabs, struct task *task);

/* Everything that was asked for, to be stored or checked.  Every pointer is borrowed. */
struct task_spec task_spec_borrow(const struct task *task);

/* Its relatives. */
struct task *task_parent(const struct task *task);       /* NULL: none */
struct task *task_first_child(const struct task *task);  /* NULL: none */
struct task *task_next_sibling(const struct task *task); /* NULL: it is the last */
uint32_t task_children(const struct task *task);         /* how many there are */
uint32_t task_children_ended(const struct task *task);

/*
 * A task and all under it, children before their parent, without recursion:
 *
 *     for (task = task_subtree_first(top); task; task = next) {
 *             next = task_subtree_next(top, task);
 *             …      task may be removed here
 *     }
 */
struct task *task_subtree_first(struct task *top);
struct task *task_subtree_next(const struct task *top, const struct task *task);

/*
 * A name and a description.  They are exchanged with those of a task, and exchanged back if that is undone.
 */
struct task_text {
	char *name;        /* owned; NULL: as it was created */
	char *description; /* owned; NULL: none */
};

/* Copies; NULL: as the task has it now.  0 or -ENOMEM. */
int task_text_init(struct task_text *text, struct task *task, const char *name, const char *description);
void task_text_exchange(struct task_text *text, struct task *task);
void task_text_release(struct task_text *text);

/*
 * The rest of what was asked for, which changes only while a task waits.  It is exchanged in the same way.
 */
struct task_form {
	struct strings command; /* owned; empty: as it was created */
	struct strings variables;
	uint64_t max_log;
	bool merge;
	struct origin *origin;  /* a reference */
	struct task_plan *plan; /* owned; NULL: that of every task */
};

/* Copies what the task has now; the caller adds the origin.  0 or -ENOMEM. */
int task_form_init(struct task_form *form, struct task *task);
/* Copies a plan, except for what is waited for and the marks: these stay with the task.  0 or -ENOMEM. */
int task_form_set_plan(struct task_form *form, const struct task_plan *plan);
void task_form_exchange(struct task_form *form, struct task *task);
/* Frees all but the origin. */
void task_form_release(struct task_form *form);

#endif
