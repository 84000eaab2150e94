#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "engine/host/activation.h"
#include "engine/task/error.h"
#include "engine/task/messages.h"

enum { ACTIVATION_FD = 3 };

static bool is_number(const char *variable, long wanted)
{
	const char *text = getenv(variable);
	char *end;
	return text && *text && strtol(text, &end, 10) == wanted && !*end;
}

static bool is_listening(int fd)
{
	int listening = 0, type = 0;
	socklen_t length = sizeof(int);
	return getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &length) == 0 && listening &&
	       getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &length) == 0 && type == SOCK_STREAM;
}

int activation_take(int *fd, char **path, char **error)
{
	bool ours = getenv("LISTEN_FDS") && is_number("LISTEN_PID", getpid()),
	     one = is_number("LISTEN_FDS", 1);
	struct sockaddr_un name = { 0 };
	socklen_t length = sizeof(name) - 1;
	unsetenv("LISTEN_FDS");
	unsetenv("LISTEN_PID");
	unsetenv("LISTEN_FDNAMES");
	if (!ours)
		return 0;
	if (!one || !is_listening(ACTIVATION_FD) ||
	    getsockname(ACTIVATION_FD, (struct sockaddr *)&name, &length) || name.sun_family != AF_UNIX ||
	    name.sun_path[0] != '/')
		return error_replace(error, -EINVAL, MSG_ACTIVATION_INVALID);
	*path = strdup(name.sun_path);
	if (!*path || fcntl(ACTIVATION_FD, F_SETFD, FD_CLOEXEC) < 0 ||
	    fcntl(ACTIVATION_FD, F_SETFL, O_NONBLOCK) < 0)
		return error_replace(error, -errno, "%s", strerror(errno));
	*fd = ACTIVATION_FD;
	return 1;
}
