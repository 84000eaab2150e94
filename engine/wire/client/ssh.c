#include "engine/wire/client/ssh.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/task/error.h"
#include "engine/task/messages.h"

enum { SSH_END_MS = 2000 };

static const char *ssh_program(void)
{
	const char *given = getenv("KRTASK_SSH");

	return given && *given ? given : "ssh";
}

/*
 * In the child.  ssh takes a word with '-' for an option, even after the host.  address_parse() allows no such host,
 * and names begin with a letter or digit.
 */
static _Noreturn void ssh_execute(const struct address *address, enum client_start start, int fd)
{
	static const char *const wanted[] = {
		[CLIENT_START_NEVER] = "never",
		[CLIENT_START_EXISTING] = "existing",
		[CLIENT_START_ALWAYS] = "always",
	};
	const char *program = ssh_program();
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	if (dup2(fd, STDIN_FILENO) >= 0 && dup2(fd, STDOUT_FILENO) >= 0)
		execlp(program, program, "-T", "--", address->host, "krtask", "--server", address->name,
		       "server", "bridge", wanted[start], (char *)NULL);
	_exit(127);
}

int ssh_open(const struct address *address, enum client_start start, int *fd, pid_t *pid, char **error)
{
	int ends[2];
	pid_t child;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0)
		return error_replace(error, -errno, MSG_SSH_FAILED, strerror(errno));
	child = fork();
	if (child == 0)
		ssh_execute(address, start, ends[1]);
	close(ends[1]);
	if (child < 0) {
		close(ends[0]);
		return error_replace(error, -EAGAIN, MSG_SSH_FAILED, strerror(EAGAIN));
	}
	(void)fcntl(ends[0], F_SETFL, O_NONBLOCK);
	*fd = ends[0];
	*pid = child;
	return 0;
}

void ssh_close(pid_t pid, bool at_once)
{
	struct pollfd poll_fd = { .fd = pidfd_open(pid, 0), .events = POLLIN };

	if (at_once || poll_fd.fd < 0 || poll(&poll_fd, 1, SSH_END_MS) <= 0)
		(void)kill(pid, SIGTERM);
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		continue;
	if (poll_fd.fd >= 0)
		close(poll_fd.fd);
}
