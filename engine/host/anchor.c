#include "config.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/host/anchor.h"
#include "engine/host/children.h"
#include "engine/host/launch.h"
#include "engine/host/line.h"
#include "engine/host/listener.h"
#include "engine/host/lock.h"
#include "engine/host/refusal.h"
#include "engine/host/stand_in.h"
#include "engine/run/process.h"
#include "engine/task/messages.h"
#include "engine/wire/client/address.h"
#include "engine/wire/client/connect.h"

enum {
	TRIES_MAX = 5,        /* servers in a row that may die before they are ready */
	BACK_OFF_MS = 100,    /* before the first new try; doubles each time */
	REFUSE_MS = 1000,     /* after the last try, clients are told why there is no server; doubles */
	REFUSE_MAX = 4,       /* so often it doubles */
	RESUME_MS = 10000,    /* then the next server is tried, if what was lacking may be there again */
	LOCK_WAIT_MS = 10000, /* for a server that is ending */
	LOCK_STEP_MS = 20,
};

enum anchor_state {
	SERVING, /* a server is running */
	WAITING, /* a server died before it was ready; after a while the next one is tried */
	DORMANT, /* no server is wanted, but tasks are running; a connection, or their end, starts one */
	LEAVING,
};

struct anchor {
	struct daemon_options *options;
	enum anchor_state state;
	pid_t server;
	int line_fd;
	int signal_fd;
	bool answered; /* this server was ready */
	bool stop_wanted;
	bool terminate_wanted; /* a signal asked for the end; a connection cancels that */
	bool nothing_left;     /* no task is running; all children are strays */
	bool fatal;            /* the server said that another try is useless */
	bool passing;          /* it said that memory or descriptors, or the lock, were lacking */
	bool served;           /* a server was ready once: it may have left what is to be done */
	bool given_up; /* a signal asked for the end when another server was useless; a connection cancels that */
	bool resumes;  /* DORMANT only until that is over */
	bool outdated; /* the server listens on sockets that nobody can find any more */
	unsigned tries;
	unsigned failures;    /* how often in a row all tries have failed */
	int64_t refuse_until; /* till then clients are told the reason; the next one starts a new try */
	int status;           /* exit status */
	struct listener_node node, state_node;
	char state_socket[4400];
	char reason[sizeof((struct line_message *)0)->text];
	char program[sizeof((struct line_message *)0)->text]; /* that a restart is to be by; "": none */
};

static void anchor_report(struct anchor *anchor, const char *word, const char *text)
{
	char line[4500];
	int length = snprintf(line, sizeof(line), "%s%s%s\n", word, *text ? " " : "", text);
	if (anchor->options->foreground && strcmp(word, "ready") != 0)
		fprintf(stderr,
		        strcmp(word, "held") == 0 ? "krtaskd: " MSG_ALREADY_RUNNING "\n" : "krtaskd: %s\n",
		        text);
	if (anchor->options->ready_fd < 0)
		return;
	/* The process that wanted the line may have ended, so an error does not matter. */
	if (length > 0)
		(void)!write(anchor->options->ready_fd, line, (size_t)length);
	close(anchor->options->ready_fd);
	anchor->options->ready_fd = -1;
}

/* 0; -EWOULDBLOCK: a server has it, for which this process can stand in; or another -errno, which was reported. */
static int take_lock(struct anchor *anchor)
{
	struct daemon_options *options = anchor->options;
	char *holder = NULL, *error = NULL;
	int fd = lock_take(options->state, &holder, &error);
	/* If the holder does not answer, it is just starting, or just ending. */
	for (int waited = 0; fd == -EWOULDBLOCK && !error && waited < LOCK_WAIT_MS; waited += LOCK_STEP_MS) {
		if (holder && listener_answers(holder))
			break;
		free(holder);
		poll(NULL, 0, LOCK_STEP_MS);
		fd = lock_take(options->state, &holder, &error);
	}
	if (fd >= 0)
		options->lock_fd = fd;
	else if (error)
		anchor_report(anchor, "error", error);
	else if (holder && options->borrowed)
		fprintf(stderr, "krtaskd: " MSG_STANDS_IN "\n", holder);
	else if (holder)
		anchor_report(anchor, "held", holder);
	else
		anchor_report(anchor, "error", fd == -EWOULDBLOCK ? MSG_LOCK_HELD : strerror(-fd));
	if (fd == -EWOULDBLOCK && (error || !holder || !options->borrowed))
		fd = -EBUSY;
	free(holder);
	free(error);
	return fd < 0 ? fd : 0;
}

/*
 * Listens in the state directory, too: that socket remains when a logout removes the runtime directory.  Some
 * file systems cannot hold sockets; then there is none.
 */
static void listen_in_state(struct anchor *anchor)
{
	struct daemon_options *options = anchor->options;
	if (options->state_fd < 0)
		options->state_fd = listener_open_in(options->state, ADDRESS_STATE_SOCKET);
	if (options->state_fd >= 0 && listener_note(anchor->state_socket, &anchor->state_node))
		anchor->state_node.ino = 0;
}

static int anchor_listen(struct anchor *anchor)
{
	struct daemon_options *options = anchor->options;
	char *error = NULL;
	/* The lock is written first: a client that gets an answer at the socket may read it. */
	int code = lock_write(options->lock_fd, options->socket);
	if (options->listen_fd < 0) {
		int fd = listener_open(options->socket, &error);
		if (fd < 0) {
			anchor_report(anchor, "error", error ? error : strerror(-fd));
			free(error);
			return fd;
		}
		options->listen_fd = fd;
	}
	listen_in_state(anchor);
	/* The path of an inherited socket may have been removed meanwhile. */
	if (options->borrowed || listener_note(options->socket, &anchor->node))
		anchor->node.ino = 0;
	return code;
}

static void anchor_start_server(struct anchor *anchor, bool collect)
{
	int pair[2];
	anchor->answered = anchor->stop_wanted = anchor->nothing_left = anchor->fatal = false;
	anchor->outdated = anchor->passing = anchor->resumes = false;
	anchor->options->collect = collect;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair)) {
		anchor->state = WAITING;
		return;
	}
	pid_t pid = fork();
	if (pid == 0)
		launch_child(anchor->options, pair[1], anchor->state == DORMANT && anchor->options->collect);
	close(pair[1]);
	if (pid < 0) {
		close(pair[0]);
		anchor->state = WAITING;
		anchor->tries++;
		return;
	}
	anchor->server = pid;
	anchor->line_fd = pair[0];
	anchor->state = SERVING;
}

static void unlink_sockets(struct anchor *anchor)
{
	listener_remove(anchor->options->socket, &anchor->node);
	listener_remove_link(anchor->options->socket, anchor->state_socket);
	listener_remove(anchor->state_socket, &anchor->state_node);
}

/* Makes the sockets anew whose nodes somebody has removed, as a logout does, and the lock file. */
static void anchor_bind_anew(struct anchor *anchor)
{
	struct daemon_options *options = anchor->options;
	/* Then they were removed on purpose. */
	if (anchor->stop_wanted && anchor->nothing_left)
		return;
	lock_renew(options->state, options->lock_fd, options->socket);
	anchor->outdated |= listener_renew_in(options->state, ADDRESS_STATE_SOCKET, &anchor->state_node,
	                                      &options->state_fd);
	if (options->borrowed || listener_is_there(options->socket, &anchor->node))
		return;
	listener_remove_link(options->socket, anchor->state_socket);
	anchor->outdated |= listener_renew(options->socket, &anchor->node, &options->listen_fd);
}

/* A client found no socket.  The server must be restarted to get new ones. */
static void anchor_found_lost(struct anchor *anchor)
{
	struct line_message message = { .kind = LINE_SOCKETS };
	anchor_bind_anew(anchor);
	if (anchor->outdated && anchor->state == SERVING)
		line_send_now(anchor->line_fd, &message);
}

static void anchor_leave(struct anchor *anchor)
{
	unlink_sockets(anchor);
	anchor->state = LEAVING;
}

/* There is no server, and never will be: its directory is elsewhere, or no more.  Nothing is left to be done here. */
static bool anchor_is_useless(const struct anchor *anchor)
{
	return lock_is_lost(anchor->options->lock_fd, anchor->options->state);
}

static void anchor_rest(struct anchor *anchor)
{
	bool over = anchor->terminate_wanted && anchor_is_useless(anchor);
	switch (over ? -1 : children_look(anchor->server)) {
	case -1:
		anchor_leave(anchor);
		break;
	case 1:
		anchor->state = DORMANT;
		if (anchor->tries < TRIES_MAX)
			anchor_start_server(anchor, true);
		else if (anchor->given_up)
			anchor_leave(anchor); /* nobody can store how they ended */
		break;
	default:
		anchor->state = DORMANT;
	}
}

/*
 * For a restart: the requested program also takes the place of this process.  If it cannot, this one goes on.
 */
static void anchor_renew(struct anchor *anchor)
{
	anchor_bind_anew(anchor);
	if (*anchor->program && launch_try(anchor->program) == 0)
		launch_instead(anchor->options, anchor->program);
	*anchor->program = '\0';
}

static void hear_server(struct anchor *anchor);

static void server_died(struct anchor *anchor)
{
	hear_server(anchor); /* it may have sent messages before it died */
	if (anchor->line_fd >= 0)
		close(anchor->line_fd);
	anchor->line_fd = -1;
	anchor->server = 0;
	anchor->tries = anchor->answered ? 0 : anchor->tries + 1;
	if (anchor->stop_wanted || anchor->terminate_wanted) {
		if (anchor->nothing_left)
			anchor_leave(anchor);
		else
			anchor_rest(anchor);
		return;
	}
	if (anchor->answered) {
		anchor_renew(anchor);
		anchor_start_server(anchor, false);
		return;
	}
	if (!anchor->fatal && anchor->tries < TRIES_MAX) {
		anchor->state = WAITING;
		return;
	}
	if (!*anchor->reason)
		snprintf(anchor->reason, sizeof(anchor->reason), MSG_SERVER_DIED, anchor->tries);
	anchor_report(anchor, "error", anchor->reason);
	anchor->status = EXIT_FAILURE;
	anchor->tries = TRIES_MAX;
	anchor->refuse_until = connect_now() + ((int64_t)REFUSE_MS << anchor->failures);
	if (anchor->failures < REFUSE_MAX)
		anchor->failures++;
	anchor->resumes = anchor->passing && anchor->served;
	if (anchor->resumes)
		anchor->state = DORMANT;
	else
		anchor_rest(anchor);
}

/*
 * The server is ending, and no other is wanted.  The status of the message says how many of its children are
 * running. If there are none, the sockets are removed at once: a client that is told of the end must find no
 * socket.
 */
static void anchor_stopping(struct anchor *anchor, struct line_message *message)
{
	anchor->stop_wanted = true;
	anchor->nothing_left = message->status == 0;
	if (anchor->nothing_left)
		unlink_sockets(anchor);
	line_send(anchor->line_fd, message);
}

static void server_is_ready(struct anchor *anchor)
{
	anchor->answered = anchor->served = true;
	anchor->given_up = false;
	anchor->tries = anchor->failures = 0;
	/* The server has stored these for the servers after it. */
	anchor->options->slots = -1;
	anchor->options->hook_limit = 0;
	anchor->status = EXIT_SUCCESS;
	*anchor->reason = '\0';
	anchor_report(anchor, "ready", "");
}

static void hear_message(struct anchor *anchor, struct line_message *message)
{
	switch ((enum line_kind)message->kind) {
	case LINE_READY:
		server_is_ready(anchor);
		break;
	case LINE_ERROR:
		anchor->passing = line_passes(message->status, anchor->served);
		anchor->fatal = !anchor->passing;
		memcpy(anchor->reason, message->text, sizeof(anchor->reason));
		break;
	case LINE_STATUS:
		children_answer(message);
		line_send(anchor->line_fd, message);
		break;
	case LINE_REAP:
		waitid(P_PID, (id_t)message->pid, NULL, WEXITED | WNOHANG);
		break;
	case LINE_STOP:
		anchor_stopping(anchor, message);
		break;
	case LINE_RESTART:
		anchor->answered = true;
		memcpy(anchor->program, message->text, sizeof(anchor->program));
		break;
	default:
		break;
	}
}

/* Processes a message.  False: there is none. */
static bool hear_one(struct anchor *anchor)
{
	struct line_message message;
	int error = anchor->line_fd < 0 ? -EAGAIN : line_receive_now(anchor->line_fd, &message);
	if (error == -EAGAIN)
		return false;
	if (error) {
		/* The server is dying.  SIGCHLD will follow. */
		close(anchor->line_fd);
		anchor->line_fd = -1;
		return false;
	}
	hear_message(anchor, &message);
	return true;
}

static void hear_server(struct anchor *anchor)
{
	while (hear_one(anchor))
		continue;
}

/* A signal asks for the end while no server can be had.  Once nothing runs, one more is tried: what was wrong may be mended. */
static void anchor_end_useless(struct anchor *anchor)
{
	anchor->given_up = anchor->fatal;
	if (anchor->fatal)
		anchor->tries = TRIES_MAX - 1;
	anchor_rest(anchor);
}

static void hear_signals(struct anchor *anchor)
{
	struct signalfd_siginfo info;
	bool child = false, terminate = false, lost = false;
	while (read(anchor->signal_fd, &info, sizeof(info)) == (ssize_t)sizeof(info)) {
		child |= info.ssi_signo == SIGCHLD;
		terminate |= info.ssi_signo == SIGTERM || info.ssi_signo == SIGINT;
		lost |= info.ssi_signo == SIGHUP;
	}
	if (lost)
		anchor_found_lost(anchor);
	struct line_message message = { .kind = terminate ? LINE_TERMINATE : LINE_CHILD };
	anchor->terminate_wanted |= terminate;
	if (terminate && anchor->state == SERVING)
		line_send_now(anchor->line_fd, &message);
	else if (terminate)
		anchor_end_useless(anchor);
	if (!child)
		return;
	if (anchor->server > 0 && children_reap_server(anchor->server)) {
		server_died(anchor);
	} else if (anchor->state == SERVING && !terminate) {
		line_send_now(anchor->line_fd, &message);
	} else if (anchor->state == DORMANT) {
		anchor_rest(anchor);
	}
}

static void anchor_wake(struct anchor *anchor)
{
	if (connect_now() < anchor->refuse_until) {
		refusal_send(anchor->options->listen_fd, anchor->options->state_fd, anchor->reason);
		/* Now that it was told.  The next client can begin anew. */
		if (anchor_is_useless(anchor))
			anchor_leave(anchor);
		return;
	}
	anchor->tries = 0;
	anchor->terminate_wanted = anchor->given_up = false;
	anchor_start_server(anchor, false);
}

/* Milliseconds until the next server is tried; -1: that is not a matter of time. */
static int anchor_pause(const struct anchor *anchor)
{
	if (anchor->state == WAITING)
		return BACK_OFF_MS << (anchor->tries > 8 ? 8 : anchor->tries);
	return anchor->state == DORMANT && anchor->resumes ? RESUME_MS : -1;
}

static void anchor_loop(struct anchor *anchor)
{
	while (anchor->state != LEAVING) {
		struct pollfd fds[] = {
			{ .fd = anchor->signal_fd, .events = POLLIN },
			{ .fd = anchor->line_fd, .events = POLLIN },
			{ .fd = anchor->state == DORMANT ? anchor->options->listen_fd : -1,
			  .events = POLLIN },
			{ .fd = anchor->state == DORMANT ? anchor->options->state_fd : -1, .events = POLLIN },
		};
		int ready = poll(fds, 4, anchor_pause(anchor));
		if (ready == 0 && (anchor->state == WAITING || anchor->resumes))
			anchor_start_server(anchor, false);
		if (ready <= 0)
			continue;
		if (fds[1].revents)
			hear_server(anchor);
		if (fds[2].revents || fds[3].revents)
			anchor_wake(anchor);
		if (fds[0].revents)
			hear_signals(anchor);
	}
}

static int watch_signals(void)
{
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	sigprocmask(SIG_SETMASK, &set, NULL);
	signal(SIGPIPE, SIG_IGN);
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

/* True: the lock is ours.  Else anchor->status is how this process ends. */
static bool take_place(struct anchor *anchor)
{
	enum stand_in_end end = STAND_IN_FREE;
	int code = -EWOULDBLOCK;
	while (end == STAND_IN_FREE && (code = take_lock(anchor)) == -EWOULDBLOCK)
		end = stand_in_run(anchor->options, anchor->signal_fd);
	anchor->status = code == 0 || end == STAND_IN_OVER ? EXIT_SUCCESS : EXIT_FAILURE;
	return code == 0;
}

int anchor_run(struct daemon_options *options)
{
	struct anchor anchor = { .options = options, .line_fd = -1 };
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	launch_keep(options);
	anchor.signal_fd = watch_signals();
	if (anchor.signal_fd < 0)
		return EXIT_FAILURE;
	anchor.served = options->lock_fd >= 0; /* it follows another anchor */
	if (!anchor.served && !take_place(&anchor))
		return anchor.status;
	prctl(PR_SET_NAME, "krtaskd-anchor");
	snprintf(anchor.state_socket, sizeof(anchor.state_socket), "%s/%s", options->state,
	         ADDRESS_STATE_SOCKET);
	if (anchor_listen(&anchor))
		return EXIT_FAILURE;
	anchor_start_server(&anchor, false);
	anchor_loop(&anchor);
	return anchor.status;
}
