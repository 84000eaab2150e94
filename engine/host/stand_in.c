#include "config.h"

#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/host/refusal.h"
#include "engine/host/stand_in.h"
#include "engine/run/process.h"
#include "engine/task/messages.h"
#include "engine/wire/client/address.h"
#include "engine/wire/client/client.h"
#include "engine/wire/client/connect.h"
#include "engine/wire/client/lock_owner.h"
#include "engine/wire/serve/server.h"

enum {
	PASSED_MAX = 256,     /* clients at once; others wait */
	FIND_WAIT_MS = 10000, /* for a server that becomes the anchor */
	FIND_STEP_MS = 20,
};

struct stand_in {
	const struct daemon_options *options;
	int holder; /* the pidfd of its anchor */
	bool passes;
	unsigned passed;
	char state_socket[4400];
};

/* In a process of its own for each client.  It ends when either side does. */
static _Noreturn void stand_in_pass(const struct stand_in *stand_in, int client)
{
	char *error = NULL;
	int server = -1;
	sigset_t none;
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	prctl(PR_SET_NAME, "krtaskd-passes");
	close(stand_in->options->listen_fd);
	if (connect_socket(stand_in->state_socket, -1, &server, &error))
		refusal_tell(client, error ? error : MSG_LOCK_HELD);
	else
		client_bridge_copy(client, client, server);
	_exit(0);
}

static void stand_in_accept(struct stand_in *stand_in)
{
	int client = accept4(stand_in->options->listen_fd, NULL, NULL, SOCK_CLOEXEC);
	pid_t pid = 0;
	if (client < 0)
		return;
	/* The server sees us as the peer, and no longer who that is. */
	if (!wire_peer_allowed(client, &pid)) {
		close(client);
		return;
	}
	pid = fork();
	if (pid == 0)
		stand_in_pass(stand_in, client);
	if (pid > 0)
		stand_in->passed++;
	else
		refusal_tell(client, MSG_LOCK_HELD);
	close(client);
}

/* True: the supervisor wants the end. */
static bool stand_in_hear(struct stand_in *stand_in, int signal_fd)
{
	struct signalfd_siginfo info;
	bool over = false;
	while (read(signal_fd, &info, sizeof(info)) == (ssize_t)sizeof(info))
		over |= info.ssi_signo == SIGTERM || info.ssi_signo == SIGINT;
	while (waitpid(-1, NULL, WNOHANG) > 0)
		stand_in->passed -= stand_in->passed > 0;
	return over;
}

/* An anchor that comes to its end removes its sockets.  One that was killed cannot. */
static enum stand_in_end stand_in_left(const struct stand_in *stand_in)
{
	return access(stand_in->state_socket, F_OK) == 0 ? STAND_IN_FREE : STAND_IN_OVER;
}

static enum stand_in_end stand_in_last(struct stand_in *stand_in, int signal_fd)
{
	for (;;) {
		bool takes = stand_in->passes && stand_in->passed < PASSED_MAX;
		struct pollfd fds[] = {
			{ .fd = signal_fd, .events = POLLIN },
			{ .fd = stand_in->holder, .events = POLLIN },
			{ .fd = takes ? stand_in->options->listen_fd : -1, .events = POLLIN },
		};
		if (poll(fds, 3, -1) < 0)
			continue;
		if (fds[0].revents && stand_in_hear(stand_in, signal_fd)) {
			(void)process_signal(stand_in->holder, SIGTERM);
			return STAND_IN_OVER;
		}
		if (fds[1].revents)
			return stand_in_left(stand_in);
		if (fds[2].revents)
			stand_in_accept(stand_in);
	}
}

/* Its anchor is gone by now, or it is not to be seen, as from another namespace. */
static enum stand_in_end stand_in_without(const struct daemon_options *options)
{
	char *socket = lock_owner_socket(options->state);
	enum stand_in_end end = socket ? STAND_IN_NONE : STAND_IN_FREE;
	free(socket);
	return end;
}

/*
 * Looks for its anchor.  When that was killed, the server takes its place, and writes itself into the lock a little later.
 * STAND_IN_OVER: told to end meanwhile.
 */
static enum stand_in_end stand_in_find(struct stand_in *stand_in, int signal_fd)
{
	const struct daemon_options *options = stand_in->options;
	bool shared = false;
	struct pollfd told = { .fd = signal_fd, .events = POLLIN };
	enum stand_in_end end = STAND_IN_NONE;
	for (int waited = 0; end == STAND_IN_NONE && waited < FIND_WAIT_MS; waited += FIND_STEP_MS) {
		stand_in->holder = lock_owner_process(options->state, options->listen_fd, &shared);
		stand_in->passes = !shared;
		if (stand_in->holder >= 0)
			return STAND_IN_NONE;
		end = stand_in_without(options);
		if (end == STAND_IN_NONE && poll(&told, 1, FIND_STEP_MS) > 0 &&
		    stand_in_hear(stand_in, signal_fd))
			end = STAND_IN_OVER;
	}
	return end;
}

enum stand_in_end stand_in_run(const struct daemon_options *options, int signal_fd)
{
	struct stand_in stand_in = { .options = options, .holder = -1 };
	snprintf(stand_in.state_socket, sizeof(stand_in.state_socket), "%s/%s", options->state,
	         ADDRESS_STATE_SOCKET);
	enum stand_in_end end = stand_in_find(&stand_in, signal_fd);
	if (stand_in.holder < 0)
		return end;
	end = stand_in_last(&stand_in, signal_fd);
	close(stand_in.holder);
	return end;
}
