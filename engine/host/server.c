#include "config.h"

#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "engine/engine.h"
#include "engine/host/anchor.h"
#include "engine/host/launch.h"
#include "engine/host/line.h"
#include "engine/host/lock.h"
#include "engine/run/process.h"
#include "engine/run/turns.h"
#include "engine/service/columns.h"
#include "engine/service/service.h"
#include "engine/task/error.h"
#include "engine/task/messages.h"
#include "engine/wire/client/address.h"

/* The server process: engine and service on one loop, until it must end, must restart, or its anchor dies. */
enum { DRAIN_SECONDS = 5, DIRECTORY_WAIT_MS = 1000, DIRECTORY_STEP_MS = 10 };

struct server {
	struct daemon_options options;
	char address[4400]; /* "unix:" and the socket's path */
	char state_address[4400];
	struct event_base *base;
	struct engine *engine;
	struct service *service;
	int directory; /* locked, -1: that cannot be */
	struct line line;
	struct local_anchor anchor;
	struct event *line_event, *term_event, *int_event, *leave_event;
	bool leaving;
	bool orphaned; /* the anchor is dead */
};

static void server_drained(void *ctx)
{
	event_base_loopbreak(((struct server *)ctx)->base);
}

static void leave_now(evutil_socket_t fd, short what, void *ctx)
{
	(void)fd, (void)what;
	struct server *server = ctx;
	wire_server_drain(service_wire(server->service), DRAIN_SECONDS, server_drained, server);
}

/*
 * Ends the server.  It waits for the reply of the anchor, which removes the sockets before any client is
 * told.
 */
static void server_leave(struct server *server, const char *program)
{
	if (server->leaving)
		return;
	server->leaving = true;
	struct line_message message = { .kind = LINE_STOP,
		                        .status = (int32_t)engine_unfinished(server->engine) };
	if (program) {
		line_notify(&server->line, LINE_RESTART, program);
	} else if (line_send(server->line.fd, &message) == 0) {
		while (line_receive(server->line.fd, &message) == 0 && message.kind != LINE_STOP)
			continue;
	}
	event_active(server->leave_event, EV_TIMEOUT, 0);
}

static void server_finish(void *ctx)
{
	server_leave(ctx, NULL);
}

/* What another server would need of the state directory.  0 or -errno with *error. */
static int server_can_follow(const struct server *server, char **error)
{
	static const char *const names[] = { "tasks.db", "log" };
	const char *missing = engine_missing(server->engine), *state = server->options.state;
	if (missing)
		return error_replace(error, -ESTALE, MSG_RESTART_BLIND, missing);
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		struct stat status;
		int code = faccessat(server->directory, names[i], R_OK | W_OK, AT_EACCESS) ? -errno : 0;
		if (!code && i == 1 &&
		    (fstatat(server->directory, names[i], &status, AT_SYMLINK_NOFOLLOW) ||
		     !S_ISDIR(status.st_mode)))
			code = -ENOTDIR;
		/* What is not there yet is made. */
		if (code && code != -ENOENT)
			return error_replace(error, code, MSG_RESTART_UNWRITABLE, state, names[i],
			                     strerror(-code));
	}
	return 0;
}

/* What the new server needs is looked at first, since without it there would be none. */
static int server_restart(void *ctx, const char *program, char **error)
{
	struct server *server = ctx;
	const char *path = program ? program : server->options.program;
	if (*path != '/')
		return error_replace(error, -EINVAL, MSG_RESTART_RELATIVE, path);
	int code = strlen(path) < sizeof((struct line_message *)0)->text ? launch_try(path) : -ENAMETOOLONG;
	if (code == -ENOEXEC)
		return error_replace(error, code, MSG_RESTART_UNFIT, path);
	if (code)
		return error_replace(error, code, MSG_RESTART_UNUSABLE, path, strerror(-code));
	if (server_can_follow(server, error))
		return -ESTALE;
	server_leave(server, path);
	return 0;
}

static void server_terminate(evutil_socket_t fd, short what, void *ctx)
{
	(void)fd, (void)what;
	server_finish(ctx);
}

static void hear_anchor(evutil_socket_t fd, short what, void *ctx)
{
	(void)what;
	struct server *server = ctx;
	struct line_message message = { .kind = LINE_STATUS };
	int error = line_receive_now(fd, &message);
	if (error && error != -EAGAIN) {
		server->orphaned = true;
		event_base_loopbreak(server->base);
		return;
	}
	if (message.kind == LINE_CHILD || server->line.child_pending)
		engine_anchor_child(server->engine);
	if (message.kind == LINE_TERMINATE || server->line.terminate_pending)
		server_finish(server);
	/* Only the server is new: the anchor stays the program that it is. */
	if (message.kind == LINE_SOCKETS || server->line.sockets_pending)
		server_leave(server, "");
	server->line.child_pending = server->line.terminate_pending = server->line.sockets_pending = false;
}

static void server_noticed(void *ctx)
{
	struct server *server = ctx;
	if (server->line_event)
		event_active(server->line_event, EV_READ, 0);
}

static int add_events(struct server *server)
{
	struct {
		struct event **event;
		evutil_socket_t fd;
		short what;
		event_callback_fn fn;
	} wanted[] = {
		{ &server->line_event, server->line.fd, EV_READ | EV_PERSIST, hear_anchor },
		{ &server->term_event, SIGTERM, EV_SIGNAL | EV_PERSIST, server_terminate },
		{ &server->int_event, SIGINT, EV_SIGNAL | EV_PERSIST, server_terminate },
		{ &server->leave_event, -1, 0, leave_now },
	};
	for (size_t i = 0; i < sizeof(wanted) / sizeof(*wanted); i++) {
		*wanted[i].event =
			event_new(server->base, wanted[i].fd, wanted[i].what, wanted[i].fn, server);
		if (!*wanted[i].event || (wanted[i].fd >= 0 && event_add(*wanted[i].event, NULL)))
			return -ENOMEM;
	}
	return 0;
}

/* Asks the anchor how a child of it has ended.  Translates the reply for the executor. */
static int ask_anchor(void *ctx, pid_t pid, enum local_ending *ending, int *status, struct task_usage *usage)
{
	static const enum local_ending endings[] = {
		[LINE_NOT_MINE] = LOCAL_NOT_MINE,
		[LINE_RUNNING] = LOCAL_RUNS,
		[LINE_EXITED] = LOCAL_EXITED,
		[LINE_SIGNALED] = LOCAL_SIGNALED,
	};
	enum line_ending said = LINE_NOT_MINE;
	int error = line_status(ctx, pid, &said, status, usage);
	if (!error)
		*ending = endings[said];
	return error;
}

static int tell_anchor_to_reap(void *ctx, pid_t pid)
{
	return line_reap(ctx, pid);
}

/* A fault of the program.  It is logged, and the server goes on. */
static void note_fault(const char *text)
{
	fprintf(stderr, "krtaskd: fault: %s\n", text);
}

/*
 * The address of the server for tasks: the socket that a logout does not remove, unless its path is too long.
 */
static const char *server_task_address(const struct server *server)
{
	bool fits = strlen(server->state_address) - strlen("unix:") <
	            sizeof(((struct sockaddr_un *)NULL)->sun_path);
	return server->options.state_fd >= 0 && fits ? server->state_address : server->address;
}

/* Clients had to wait for this turn.  Only builds for tests have a limit. */
static void turn_too_long(uint64_t microseconds)
{
	fprintf(stderr, "krtaskd: fault: " MSG_TURN_TOO_LONG "\n", (unsigned long long)microseconds / 1000,
	        TURN_LIMIT_MS);
	abort();
}

static void name_addresses(struct server *server)
{
	snprintf(server->address, sizeof(server->address), "unix:%s", server->options.socket);
	snprintf(server->state_address, sizeof(server->state_address), "unix:%s/%s", server->options.state,
	         ADDRESS_STATE_SOCKET);
}

static int open_engine(struct server *server, char **error)
{
	server->anchor = (struct local_anchor){
		.ctx = &server->line,
		.pid = server->line.anchor,
		.status = ask_anchor,
		.reap = tell_anchor_to_reap,
	};
	struct engine_options options = {
		.base = server->base,
		.directory = server->options.state,
		.address = server_task_address(server),
		.slots = server->options.slots,
		.hook_limit = server->options.hook_limit,
		.umask = server->options.umask,
		.limits = &server->options.limits,
		.anchor = &server->anchor,
		.fault = note_fault,
		.record = columns_text,
		.paused = server->options.collect,
	};
	return engine_open(&server->engine, &options, error);
}

static int open_service(struct server *server)
{
	struct service_options options = {
		.base = server->base,
		.engine = server->engine,
		.listen_fd = DAEMON_LISTEN_FD,
		.state_address = server->options.state_fd < 0 ? NULL : server->state_address,
		.name = server->options.name,
		.address = server->address,
		.state = server->options.state,
		.anchor = server->line.anchor,
		.collect = server->options.collect,
		.finish = server_finish,
		.restart = server_restart,
		.ctx = server,
	};
	int code = service_new(&server->service, &options);
	if (!code && server->options.state_fd >= 0)
		code = wire_server_listen(service_wire(server->service), server->options.state_fd);
	return code;
}

/* True: another try would not open it either, and the store says why, or can do without. */
static bool is_closed_to_us(int code)
{
	return code == ENOENT || code == ENOTDIR || code == EACCES;
}

/*
 * The anchor's lock is of a file, which somebody may delete.  So a server has one of the directory, too, and the store
 * never has two.  The server before this one may just be ending.  What it was just starting when it was killed has the
 * lock until it has a session of its own and nothing open that is the server's: before that, it is not known by these.
 */
static int lock_directory(struct server *server, char **error)
{
	server->directory = open(server->options.state, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (server->directory < 0)
		return is_closed_to_us(errno) ? 0 : -errno;
	for (int waited = 0;; waited += DIRECTORY_STEP_MS) {
		int code = flock(server->directory, LOCK_EX | LOCK_NB) ? -errno : 0;
		/* Some file systems cannot lock directories. */
		if (code != -EWOULDBLOCK)
			return process_trouble(code);
		if (waited >= DIRECTORY_WAIT_MS)
			break;
		poll(NULL, 0, DIRECTORY_STEP_MS);
	}
	if (asprintf(error, MSG_DIRECTORY_USED, server->options.state) < 0)
		*error = NULL;
	return -EBUSY;
}

/*
 * Somebody has put an empty directory in the place of ours, which has the tasks that run.  A first server finds the lock that its
 * anchor has just made.
 */
static int refuse_other_directory(const struct server *server, char **error)
{
	const char *state = server->options.state;
	if (server->directory < 0 ||
	    faccessat(server->directory, "tasks.db", F_OK, AT_SYMLINK_NOFOLLOW) == 0 ||
	    !lock_is_lost(DAEMON_LOCK_FD, state))
		return 0;
	return error_replace(error, -ESTALE, MSG_DIRECTORY_REPLACED, state);
}

static int open_all(struct server *server, char **error)
{
	name_addresses(server);
	int held = lock_directory(server, error);
	if (!held)
		held = refuse_other_directory(server, error);
	if (held)
		return held;
	/* This comes first, since the engine must know which signals a command must not inherit. */
	int code = add_events(server);
	if (!code)
		code = open_engine(server, error);
	return code ? code : open_service(server);
}

static void close_all(struct server *server)
{
	struct event *events[] = { server->line_event, server->term_event, server->int_event,
		                   server->leave_event };
	for (size_t i = 0; i < sizeof(events) / sizeof(*events); i++) {
		if (events[i])
			event_free(events[i]);
	}
	if (server->service)
		service_free(server->service);
	if (server->engine)
		engine_close(server->engine);
	event_base_free(server->base);
	if (server->directory >= 0)
		close(server->directory);
}

static void server_inherit(struct server *server)
{
	fcntl(DAEMON_LISTEN_FD, F_SETFD, FD_CLOEXEC);
	fcntl(DAEMON_LINE_FD, F_SETFD, FD_CLOEXEC);
	fcntl(DAEMON_LOCK_FD, F_SETFD, FD_CLOEXEC);
	/* There is no such socket if the anchor has none, or is of an earlier version. */
	int listening = 0;
	socklen_t length = sizeof(listening);
	bool has_state =
		getsockopt(DAEMON_STATE_FD, SOL_SOCKET, SO_ACCEPTCONN, &listening, &length) == 0 && listening;
	if (has_state)
		fcntl(DAEMON_STATE_FD, F_SETFD, FD_CLOEXEC);
	server->options.state_fd = has_state ? DAEMON_STATE_FD : -1;
	unsetenv("LISTEN_FDS");
	unsetenv("LISTEN_PID");
	signal(SIGPIPE, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	/* So a file size limit is an error, as a full disk is, and does not kill the server. */
	signal(SIGXFSZ, SIG_IGN);
	server->line = (struct line){
		.fd = DAEMON_LINE_FD,
		.anchor = getppid(),
		.noticed = server_noticed,
		.noticed_ctx = server,
	};
	server->options.listen_fd = DAEMON_LISTEN_FD;
	server->options.lock_fd = DAEMON_LOCK_FD;
}

int server_run(const struct daemon_options *options)
{
	struct server server = { .options = *options, .directory = -1 };
	char *error = NULL;
	server_inherit(&server);
	server.base = turns_base_new();
	int code = server.base ? open_all(&server, &error) : -ENOMEM;
	if (code) {
		line_tell_failure(&server.line, code, error ? error : strerror(-code));
		free(error);
		if (server.base)
			close_all(&server);
		return EXIT_FAILURE;
	}
	line_notify(&server.line, LINE_READY, NULL);
	if (server.line.child_pending || server.line.terminate_pending || server.line.sockets_pending)
		server_noticed(&server);
	turns_run(server.base, turn_too_long);
	service_end_calls(server.service);
	bool all_ended = engine_close_store(server.engine);
	/* One whose anchor is gone has not been stopped: another follows it. */
	if (!server.orphaned)
		service_tell_end(server.service);
	if (all_ended)
		close_all(&server);
	if (server.orphaned)
		return launch_instead(&server.options, server.options.program);
	return EXIT_SUCCESS;
}
