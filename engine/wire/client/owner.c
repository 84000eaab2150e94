#include "engine/wire/client/owner.h"

#include <errno.h>
#include <jansson.h>
#include <poll.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "engine/task/error.h"
#include "engine/task/messages.h"
#include "engine/wire/client/connect.h"
#include "engine/wire/client/patience.h"
#include "engine/wire/jsonr.h"

enum {
	OWNER_ANSWER_MAX = 16384,
	OWNER_TRIES = 3, /* a failed commit may have replaced the reply by an error: ask again */
};

/* Receives one frame.  Nothing follows it, since nothing else was asked.  0 or -errno. */
static int owner_receive(const struct address *address, int fd, int64_t deadline,
                         char answer[OWNER_ANSWER_MAX])
{
	size_t length = 0;
	struct patience_wait wait = { MSG_SERVER_AWAITED, address->text, PATIENCE_TELL_MS, 0 };

	while (length < OWNER_ANSWER_MAX && (length == 0 || answer[length - 1])) {
		struct pollfd readable = { .fd = fd, .events = POLLIN };
		int ready = patience_poll(&readable, deadline, &wait);
		ssize_t n = ready > 0 ? recv(fd, answer + length, OWNER_ANSWER_MAX - length, 0) : 0;

		if ((ready < 0 || n < 0) && (errno == EINTR || errno == EAGAIN))
			continue;
		if (ready == 0)
			return -ETIMEDOUT;
		if (n <= 0)
			return n < 0 ? -errno : -EPIPE;
		length += (size_t)n;
	}
	return length > 0 && !answer[length - 1] ? 0 : -EPROTO;
}

/* Why the anchor serves nobody just now, malloc'ed; NULL: this is no such answer. */
static char *owner_refusal(const json_t *frame)
{
	const char *name = json_string_value(json_object_get(frame, "error"));
	const char *reason =
		json_string_value(json_object_get(json_object_get(frame, "parameters"), "reason"));

	return name && reason && strcmp(name, "io.krtask.Unavailable") == 0 ? strdup(reason) : NULL;
}

/*
 * Asks the server for its state directory.  free() it.  NULL: *result is -errno, and *refusal (free() it) why nobody is
 * served, if that is said.
 */
static char *owner_ask(const struct address *address, int fd, int64_t deadline, int *result, char **refusal)
{
	static const char call[] = "{\"method\":\"io.krtask.ServerStatus\"}";
	char *answer = malloc(OWNER_ANSWER_MAX), *state = NULL;
	json_error_t error;

	*result = answer ? 0 : -ENOMEM;
	for (int i = 0; i < OWNER_TRIES && *result == 0 && !state && !*refusal; i++) {
		/* Who refuses does so at once, and closes the connection: this may fail, and there is an answer. */
		(void)!send(fd, call, sizeof(call), MSG_NOSIGNAL);
		*result = owner_receive(address, fd, deadline, answer);
		json_t *frame = *result == 0 ? jsonr_load(answer, strlen(answer), 0, &error) : NULL;
		const char *found = json_string_value(
			json_object_get(json_object_get(frame, "parameters"), "stateDirectory"));
		state = found ? strdup(found) : NULL;
		*refusal = owner_refusal(frame);
		json_decref(frame);
	}
	free(answer);
	if (*result == 0 && !state)
		*result = *refusal ? -ECONNABORTED : -EPROTO;
	return state;
}

static bool owner_is_same(const char *a, const char *b)
{
	struct stat first, second;

	return strcmp(a, b) == 0 || (stat(a, &first) == 0 && stat(b, &second) == 0 &&
	                             first.st_dev == second.st_dev && first.st_ino == second.st_ino);
}

int owner_check(const struct address *address, int fd, int64_t deadline, char **error)
{
	int result;
	char *refusal = NULL, *state = owner_ask(address, fd, deadline, &result, &refusal);

	if (refusal)
		(void)error_replace(error, result, MSG_SERVER_NOT_STARTED, address->text, refusal);
	else if (result == -EPROTO || (state && !owner_is_same(state, address->state)))
		result = error_replace(error, -EADDRINUSE, MSG_SERVER_OTHER_STATE, address->socket,
		                       state ? state : "?", address->state);
	else if (result == -ETIMEDOUT)
		(void)error_replace(error, result, MSG_SERVER_HUNG, address->text,
		                    patience_seconds(PATIENCE_NEAR));
	else if (result == -EPIPE || result == -ECONNRESET)
		result = -ECONNREFUSED; /* whoever listened has just ended */
	else if (!state)
		result = error_replace(error, result, MSG_CONNECT_FAILED, address->socket, strerror(-result));
	free(refusal);
	free(state);
	return result;
}
