/*
 * The service: the methods of io.krtask on the engine.  Each file has a group of methods; service.c has
 * the table of all.
 *
 * Loop thread only.  The service owns the data of calls that are answered later: waits, live windows, log
 * streams.
 */
#ifndef KRTASK_ENGINE_SERVICE_SERVICE_H
#define KRTASK_ENGINE_SERVICE_SERVICE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "engine/engine.h"
#include "engine/service/chores.h"
#include "engine/service/leaving.h"
#include "engine/service/retention.h"
#include "engine/wire/serve/server.h"

struct event;
struct event_base;
struct service;
struct session;
struct wait;
struct window;
struct log_call;
struct tops;
struct tree;

struct service_options {
	struct event_base *base;
	struct engine *engine;
	int listen_fd;
	const char *name, *address, *state; /* state: the directory */
	const char *state_address;          /* the socket in that directory; NULL: none */
	pid_t anchor;
	bool collect; /* end as soon as the ends of tasks are committed, unless somebody starts a task */
	/* The server is to end.  Called once. */
	void (*finish)(void *ctx);
	/*
	 * It is to restart, as that program (NULL: the same).  0, or -errno with *error (free() it): nothing
	 * was done.
	 */
	int (*restart)(void *ctx, const char *program, char **error);
	void *ctx; /* of both */
};

enum service_mode { MODE_SERVING, MODE_DRAIN, MODE_CANCEL, MODE_COLLECT };

struct service {
	struct service_options options;
	struct engine *engine;
	struct wire_server *wire;
	struct wire_hooks wire_hooks;
	int64_t started_at;
	struct introduced *introduced; /* introduction.c; NULL: none */
	struct wait *waits;            /* utlist */
	struct window *windows;        /* utlist */
	bool windows_know;             /* that something has changed since each of them was updated */
	struct log_call *log_calls;    /* utlist */
	int64_t last_window;           /* number of the latest window */
	struct tree *tree;             /* of all tasks, while a window shows it */
	struct tops *tops;             /* of the lists that were sorted last */
	struct chores chores;
	struct leaving leaving;
	struct retention *retention;
	struct leaving_holder *holders; /* utlist */
	enum service_mode mode;
	struct wire_call *stop_call; /* gets its reply when the server ends */
	uint64_t waiting;            /* when it ends: how many tasks wait for a later server */
	bool unrecorded;             /* it ends, but not all of that is in the store */
	struct event *stop_event;    /* checks whether it can end now */
};

extern const struct wire_method service_methods[];

/* 0 or -errno. */
int service_new(struct service **service, const struct service_options *options);
/* The loop has ended, and the engine is about to: nobody is answered any more but who asked for that. */
void service_end_calls(struct service *service);
/* Tells who asked for it that the server has ended: the loop has, and nobody else has the database open. */
void service_tell_end(struct service *service);
void service_free(struct service *service);
struct wire_server *service_wire(struct service *service);

/*
 * Reads parameters.  If the key is absent or null, each function returns its default.  An error is
 * remembered, and args_failed() replies with it.  So args_failed() must be called before anything that was
 * read is used.
 */
struct args {
	const json_t *parameters;
	const char *bad; /* the first invalid parameter */
	bool no_memory;
};
bool args_has(const struct args *args, const char *key);
const char *args_string(struct args *args, const char *key); /* default NULL */
char *args_copy(struct args *args, const char *key);         /* the same; free() it */
int64_t args_int(struct args *args, const char *key, int64_t otherwise);
/* An integer from 0 to most; default `otherwise`. */
int64_t args_count(struct args *args, const char *key, int64_t most, int64_t otherwise);
/* From least to most, or 0. */
int64_t args_within(struct args *args, const char *key, int64_t least, int64_t most);
double args_number(struct args *args, const char *key, double otherwise);
bool args_bool(struct args *args, const char *key);
const json_t *args_array(struct args *args, const char *key); /* default NULL */
const char *args_item(const json_t *item);                    /* NULL: not a string, or it has a NUL inside */
void args_fail(struct args *args, const char *key);           /* the value of this key is invalid */
/* The value of this key was read with this result: 0, -EINVAL or -ENOMEM. */
void args_took(struct args *args, const char *key, int error);
/* Reads bytes in base64, with a NUL behind each string, into an empty list.  False: the key is absent. */
bool args_block(struct args *args, const char *key, struct strings *list);
/*
 * If there was an error, or a key of `required` is absent, replies with OutOfMemory or InvalidParameter and
 * returns true.  `required` ends with NULL, and may be NULL itself.  call NULL: nobody gets a reply.
 */
bool args_failed(struct args *args, struct wire_call *call, const char *const *required);

/* Reply with errors of the interface. */
void fail_not_found(struct wire_call *call, const char *id); /* as the caller gave it */
void fail_reason(struct wire_call *call, const char *error, const char *reason);
void fail_memory(struct wire_call *call);
/* OutOfMemory for -ENOMEM, else the error with a reason. */
void fail_code(struct wire_call *call, const char *error, int code);
/* A change was refused: StoreFailed, or OutOfMemory. */
void fail_change(struct wire_call *call, int code);
/* These replies need no memory.  It may have run out after the request was carried out. */
void reply_bool(struct wire_call *call, const char *key, bool value);
/* A request was carried out.  The reply waits for what it changed, and for nothing else. */
void reply_done(struct service *service, struct wire_call *call);
/* Finds the task of the parameter "id".  Otherwise replies with an error and returns NULL. */
struct task *find_or_fail(struct service *service, struct wire_call *call, const json_t *parameters);

/* introduction.c.  For tasks that name no environment: the connection's, if it is meant for them, or NULL. */
struct shared_environment *introduction_of(struct wire_call *call);
/* The connection of the call has made a task that is to be removed: it stays while the connection does. */
void introduction_hold(struct service *service, struct wire_call *call, const struct task *task);
/* create.c.  Create and Again: what is asked for, and what became of it. */
/* All but the plan. */
void args_read_spec(struct args *args, struct task_spec *spec);
/* The same.  If the frame was long, a worker has done it. */
void create_take_spec(struct wire_call *call, struct args *args, struct task_spec *spec);
/* As in struct wire_interface: for Create and Again. */
void *create_prepare(const char *method, const json_t *parameters);
void create_unprepare(void *prepared);
/* plans.c.  True if a part of a plan is given. */
bool args_have_plan(const struct args *args);
/* Copies the plan `from`, with what is given.  If from is NULL and nothing is given, plan stays as it is. */
void args_read_plan(struct args *args, const struct task_plan *from, struct task_plan **plan);
/* To kill it some time after its limit needs one: what is given is refused, what the task has goes with its limit. */
void args_check_kill(struct args *args, struct task_plan *plan);
/* What can be given only when a task is made. */
void args_read_made(struct args *args, struct task_plan **plan);
/*
 * after.c.  Reads "after".  Returns an id that no task has, malloc'ed, or NULL.
 */
char *args_read_after(struct service *service, struct args *args, struct plan_after **after, size_t *count);
/* Makes it a part of the plan.  False: it has replied with an error, unless call is NULL. */
bool after_read(struct service *service, struct wire_call *call, struct args *args, struct task_spec *spec);
void reply_create_failed(struct wire_call *call, const char *id, int code, const char *reason);
/* The task that was made, an object.  existed: another one had its key. */
void write_created(struct service *service, struct jsonw *w, const struct task *task, bool start,
                   bool existed);
/* What engine_create() has answered. */
void reply_create(struct service *service, struct wire_call *call, const struct task_spec *spec,
                  const struct task *task, bool start, int code, const char *reason);

/* hooks.c.  -EINVAL and *reason (free() it): a program that they need is not in the PATH that they will have. */
int hooks_check(const struct task_spec *spec, const struct shared_environment *environment, char **reason);
/* The same.  False: it has replied. */
bool args_check_hooks(struct wire_call *call, const struct task_spec *spec,
                      const struct shared_environment *environment);

/*
 * acts.c.  One operation on all the tasks that "ids" names, while nothing is scheduled: the reply has the
 * results in their order.  False: there is no "ids", it is about the one task of "id".
 */
typedef int acts_function(struct service *service, struct wire_call *call, struct task *task,
                          const void *options);
/*
 * closing.c.  Of a method that removes: true if some of what it is to remove has an end that is being committed.  Then the
 * method is called again when that is over, and the call has been taken.
 */
typedef void closing_method(void *ctx, struct wire_call *call, const json_t *parameters);
bool closing_awaits(struct service *service, struct wire_call *call, const json_t *parameters,
                    closing_method *method);
/*
 * Pauses the group and what runs in it, or is on its way; or resumes it and what is paused in it.  NULL: the server
 * and all groups, but no hooks.  It replies when all of it is durable.
 */
void pauses_sweep(struct service *service, struct wire_call *call, struct task_group *group, bool paused);
enum acts_order { ACTS_AS_NAMED, ACTS_WAITING_FIRST, ACTS_WAITING_ONLY, ACTS_NEWEST_FIRST };
/* For operations in which what waits goes first.  The parameter "waiting" leaves alone what runs. */
enum acts_order acts_read_order(struct args *args);
bool acts_on_several(struct service *service, struct wire_call *call, const json_t *parameters,
                     acts_function *act, const void *options, enum acts_order order);

/* In show.c.  Writes the Status, an object. */
void show_status(struct jsonw *w, const struct service *service);
/* Writes how long the turns of the loop took, an object with milliseconds. */
void show_turns(struct jsonw *w);

/* groups.c.  There is no group of that name. */
void fail_group(struct service *service, struct wire_call *call, const char *name);
/* Another number when anything that GroupList says has changed, or whether the server is paused. */
uint64_t groups_hash(const struct service *service);
/* tasks.c.  True, or False where the table of states refuses. */
void reply_act(struct service *service, struct wire_call *call, int error);
/*
 * By the "id" parameter.  Not found is False for what is done to a task (answered), and an error elsewhere.
 */
struct task *tasks_find(struct service *service, struct wire_call *call, const json_t *parameters,
                        struct args *args);

/* The methods.  Each function is a row of service_methods. */
void service_environment(void *ctx, struct wire_call *call, const json_t *parameters);
/* The same from the text; false: it is to be parsed. */
bool service_environment_plain(void *ctx, struct wire_call *call, const char *parameters, size_t length);
/* The text that was introduced last is not known any more. */
void introduction_forget(struct service *service);
void service_create(void *ctx, struct wire_call *call, const json_t *parameters);
/* The same, of parameters that were not parsed.  False: they must be. */
bool service_create_plain(void *ctx, struct wire_call *call, const char *parameters, size_t length);
void service_again(void *ctx, struct wire_call *call, const json_t *parameters);
void service_start(void *ctx, struct wire_call *call, const json_t *parameters);
void service_stop(void *ctx, struct wire_call *call, const json_t *parameters);
void service_remove(void *ctx, struct wire_call *call, const json_t *parameters);
void service_pause(void *ctx, struct wire_call *call, const json_t *parameters);
void service_resume(void *ctx, struct wire_call *call, const json_t *parameters);
void service_set(void *ctx, struct wire_call *call, const json_t *parameters);
void service_why(void *ctx, struct wire_call *call, const json_t *parameters);
void service_get(void *ctx, struct wire_call *call, const json_t *parameters);
void service_find(void *ctx, struct wire_call *call, const json_t *parameters);
void service_position(void *ctx, struct wire_call *call, const json_t *parameters);
void service_progress(void *ctx, struct wire_call *call, const json_t *parameters);
void service_cancelled(void *ctx, struct wire_call *call, const json_t *parameters);
void service_list(void *ctx, struct wire_call *call, const json_t *parameters);
void service_scroll(void *ctx, struct wire_call *call, const json_t *parameters);
void service_list_end(void *ctx, struct wire_call *call, const json_t *parameters);
void service_log(void *ctx, struct wire_call *call, const json_t *parameters);
void service_result(void *ctx, struct wire_call *call, const json_t *parameters);
void service_wait(void *ctx, struct wire_call *call, const json_t *parameters);
void service_server_status(void *ctx, struct wire_call *call, const json_t *parameters);
void service_server_size(void *ctx, struct wire_call *call, const json_t *parameters);
void service_server_set(void *ctx, struct wire_call *call, const json_t *parameters);
void service_away(void *ctx, struct wire_call *call, const json_t *parameters);
void service_away_seen(void *ctx, struct wire_call *call, const json_t *parameters);
void service_group_add(void *ctx, struct wire_call *call, const json_t *parameters);
void service_group_set(void *ctx, struct wire_call *call, const json_t *parameters);
void service_group_remove(void *ctx, struct wire_call *call, const json_t *parameters);
void service_group_pause(void *ctx, struct wire_call *call, const json_t *parameters);
void service_group_resume(void *ctx, struct wire_call *call, const json_t *parameters);
void service_group_list(void *ctx, struct wire_call *call, const json_t *parameters);
void service_server_pause(void *ctx, struct wire_call *call, const json_t *parameters);
void service_server_resume(void *ctx, struct wire_call *call, const json_t *parameters);
void service_server_stop(void *ctx, struct wire_call *call, const json_t *parameters);
void service_server_restart(void *ctx, struct wire_call *call, const json_t *parameters);

/* The hooks of the engine call these. */
void waits_ended(struct service *service, const struct task *task);
void log_calls_ended(struct service *service, const struct task *task);
/* True if somebody is reading what it wrote. */
bool log_calls_read(const struct service *service, const struct task *task);
void waits_undone(struct service *service);
/* waits.c.  ctx is the service.  A call waits for this task, and for no other any more. */
bool waits_need(void *ctx, const struct task *task);
/* waits.c.  A task that has a slot, and in which somebody waits for this one.  NULL: there is none. */
const struct task *waits_inside(const struct service *service, const struct task *task);
void log_calls_changed(struct service *service);
void windows_changed(struct service *service);
bool windows_show_tree(const struct service *service);
void stop_changed(struct service *service);
int control_init(struct service *service);
/* A client wants to start a task.  False if the server is stopping; then it has replied with an error. */
bool control_may_start(struct service *service, struct wire_call *call);

#endif
