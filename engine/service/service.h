/*
 * The service: the methods of io.krtask on the engine.  Each file has a group of methods; service.c has
 * the table of all.
 *
 * Loop thread only.  The service owns what calls leave behind that are answered later: waits, live windows,
 * log streams.
 */
#ifndef KRTASK_ENGINE_SERVICE_SERVICE_H
#define KRTASK_ENGINE_SERVICE_SERVICE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "engine/engine.h"
#include "engine/wire/serve/server.h"

struct event;
struct event_base;
struct service;
struct wait;
struct window;
struct log_call;
struct tree;

struct service_options {
	struct event_base *base;
	struct engine *engine;
	int listen_fd;
	const char *name, *address, *state; /* state: the directory */
	const char *state_address;          /* where it listens in that directory; NULL: nowhere */
	pid_t anchor;
	bool collect; /* end as soon as what had ended is committed, unless somebody wants more */
	/* The server ends: for good, or to be started anew.  Called once. */
	void (*finish)(void *ctx, bool restart);
	void *ctx; /* of finish */
};

enum service_mode { MODE_SERVING, MODE_DRAIN, MODE_CANCEL, MODE_COLLECT };

struct service {
	struct service_options options;
	struct engine *engine;
	struct wire_server *wire;
	struct wire_hooks wire_hooks;
	int64_t started_at;
	struct wait *waits;         /* utlist */
	struct window *windows;     /* utlist */
	struct log_call *log_calls; /* utlist */
	int64_t last_window;        /* number of the latest window */
	struct tree *tree;          /* of all tasks, while a window shows it */
	enum service_mode mode;
	struct wire_call *stop_call; /* whom to tell that the server ends */
	struct event *stop_event;    /* a look whether it can end now */
};

extern const struct wire_method service_methods[];

/* 0 or -errno. */
int service_new(struct service **service, const struct service_options *options);
void service_free(struct service *service);
struct wire_server *service_wire(struct service *service);

/*
 * Reading parameters: each gives its default where the key is absent or null.  What went wrong on the way is
 * remembered, and args_failed() answers it: nothing may be done with what was read before that was asked.
 */
struct args {
	const json_t *parameters;
	const char *bad; /* the first parameter that is not as it must be */
	bool no_memory;
};
bool args_has(const struct args *args, const char *key);
const char *args_string(struct args *args, const char *key); /* NULL */
char *args_copy(struct args *args, const char *key);         /* the same, owned */
int64_t args_int(struct args *args, const char *key, int64_t otherwise);
/* From 0 to most, or what it is otherwise. */
int64_t args_count(struct args *args, const char *key, int64_t most, int64_t otherwise);
/* From least to most, or 0. */
int64_t args_within(struct args *args, const char *key, int64_t least, int64_t most);
double args_number(struct args *args, const char *key, double otherwise);
bool args_bool(struct args *args, const char *key);
const json_t *args_array(struct args *args, const char *key); /* NULL */
const char *args_item(const json_t *item);                    /* NULL: it is no string, or has a NUL inside */
void args_fail(struct args *args, const char *key);           /* its value is not as it must be */
/* What became of the value of a key: 0, -EINVAL or -ENOMEM. */
void args_took(struct args *args, const char *key, int error);
/*
 * Answers OutOfMemory or InvalidParameter and returns true if something was wrong, or if a key of required
 * (ended by NULL; may be NULL itself) is absent.
 */
bool args_failed(struct args *args, struct wire_call *call, const char *const *required);

/* Errors of the interface. */
void fail_not_found(struct wire_call *call, const char *id); /* as the caller gave it */
void fail_reason(struct wire_call *call, const char *error, const char *reason);
void fail_memory(struct wire_call *call);
/* That, if it is why (-ENOMEM), else the error with a reason. */
void fail_code(struct wire_call *call, const char *error, int code);
/* What was done is told without memory, which may have run out since. */
void reply_bool(struct wire_call *call, const char *key, bool value);
/* A request was carried out: the answer waits for what it changed, and for nothing else. */
void reply_done(struct service *service, struct wire_call *call);
void reply_id(struct service *service, struct wire_call *call, const char *id);
/* By the "id" parameter, else answers and returns NULL. */
struct task *find_or_fail(struct service *service, struct wire_call *call, const json_t *parameters);

/* show.c.  Status, an object. */
void show_status(struct jsonw *w, const struct service *service);
/* How long the turns of the loop took, an object: milliseconds. */
void show_turns(struct jsonw *w);

/* The methods.  Each function is a row of service_methods. */
void service_environment(void *ctx, struct wire_call *call, const json_t *parameters);
void service_create(void *ctx, struct wire_call *call, const json_t *parameters);
void service_start(void *ctx, struct wire_call *call, const json_t *parameters);
void service_stop(void *ctx, struct wire_call *call, const json_t *parameters);
void service_remove(void *ctx, struct wire_call *call, const json_t *parameters);
void service_set(void *ctx, struct wire_call *call, const json_t *parameters);
void service_get(void *ctx, struct wire_call *call, const json_t *parameters);
void service_find(void *ctx, struct wire_call *call, const json_t *parameters);
void service_position(void *ctx, struct wire_call *call, const json_t *parameters);
void service_progress(void *ctx, struct wire_call *call, const json_t *parameters);
void service_cancelled(void *ctx, struct wire_call *call, const json_t *parameters);
void service_list(void *ctx, struct wire_call *call, const json_t *parameters);
void service_scroll(void *ctx, struct wire_call *call, const json_t *parameters);
void service_log(void *ctx, struct wire_call *call, const json_t *parameters);
void service_result(void *ctx, struct wire_call *call, const json_t *parameters);
void service_wait(void *ctx, struct wire_call *call, const json_t *parameters);
void service_server_status(void *ctx, struct wire_call *call, const json_t *parameters);
void service_server_set(void *ctx, struct wire_call *call, const json_t *parameters);
void service_server_stop(void *ctx, struct wire_call *call, const json_t *parameters);
void service_server_restart(void *ctx, struct wire_call *call, const json_t *parameters);

/* What the engine's hooks tell the methods. */
void waits_ended(struct service *service, const struct task *task);
void log_calls_ended(struct service *service, const struct task *task);
void waits_undone(struct service *service);
void log_calls_changed(struct service *service);
void windows_changed(struct service *service);
bool windows_show_tree(const struct service *service);
void stop_changed(struct service *service);
int control_init(struct service *service);
/* Somebody wants a task to be started: false where the server is stopping (answered). */
bool control_may_start(struct service *service, struct wire_call *call);

#endif
