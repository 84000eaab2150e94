/*
 * The smallest client that creates a task which is durable: it sends one Create to the socket, and reads one reply.
 * Or the smallest one that asks for the state of task 1, or that lists all tasks, and prints the replies as they come.
 *
 *     least SOCKET [create|state|list]
 */
#include "config.h"

#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static int send_create(int fd)
{
	unsigned char nonce[16];
	char frame[512], hex[2 * sizeof(nonce) + 1];

	if (getrandom(nonce, sizeof(nonce), 0) != (ssize_t)sizeof(nonce))
		return -1;
	for (size_t i = 0; i < sizeof(nonce); i++)
		snprintf(hex + 2 * i, 3, "%02x", nonce[i]);
	int length = snprintf(
		frame, sizeof(frame),
		"{\"method\":\"io.krtask.Create\",\"parameters\":{\"command\":[\"true\"],\"cwd\":\"/\","
		"\"nonce\":\"%s\"}}",
		hex);
	return write(fd, frame, (size_t)length + 1) == length + 1 ? 0 : -1;
}

static int send_state(int fd)
{
	static const char frame[] = "{\"method\":\"io.krtask.List\",\"parameters\":{\"columns\":[\"state\"],"
				    "\"ids\":[\"1\"],\"compact\":true}}";

	return write(fd, frame, sizeof(frame)) == (ssize_t)sizeof(frame) ? 0 : -1;
}

/* As `krtask get` asks. */
static int send_list(int fd)
{
	static const char frame[] =
		"{\"method\":\"io.krtask.List\",\"more\":true,\"parameters\":{\"columns\":[\"id\",\"name\",\"state\","
		"\"percentComplete\",\"percentKnown\",\"children\",\"childrenEnded\",\"startedMs\",\"commandLine\","
		"\"duration\",\"exitCode\",\"group\",\"signal\",\"reason\",\"attemptOf\",\"statusMessage\"],"
		"\"compact\":true,\"sparse\":true,\"chunk\":1000}}";

	return write(fd, frame, sizeof(frame)) == (ssize_t)sizeof(frame) ? 0 : -1;
}

/* One reply, which fits, and has this in it. */
static int read_reply(int fd, const char *wanted)
{
	char reply[512];
	ssize_t length = read(fd, reply, sizeof(reply));

	return length > 0 && memmem(reply, (size_t)length, wanted, strlen(wanted)) ? 0 : 1;
}

static int read_created(int fd)
{
	return read_reply(fd, "\"id\"");
}

static int read_state(int fd)
{
	return read_reply(fd, "\"rows\"");
}

/* All replies.  The last one does not end as the others do. */
static int read_list(int fd)
{
	static const char continues[] = "\"continues\":true}"; /* with the zero byte that ends a frame */
	static char bytes[sizeof(continues) + 65536];
	char *from = bytes + sizeof(continues), *tail; /* before it is the end of what was read before */
	ssize_t length;

	while ((length = read(fd, from, 65536)) > 0) {
		if (write(STDOUT_FILENO, from, (size_t)length) != length)
			return 1;
		tail = from + length - sizeof(continues);
		if (from[length - 1] == '\0' && memcmp(tail, continues, sizeof(continues)) != 0)
			return 0;
		memmove(bytes, tail, sizeof(continues));
	}
	return 1;
}

static const struct {
	const char *name;
	int (*send)(int fd);
	int (*read)(int fd);
} acts[] = {
	{ "create", send_create, read_created },
	{ "state", send_state, read_state },
	{ "list", send_list, read_list },
};
enum { ACTS = sizeof(acts) / sizeof(*acts) };

int main(int argc, char **argv)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	size_t act = 0;

	while (argc == 3 && act < ACTS && strcmp(acts[act].name, argv[2]) != 0)
		act++;
	if (argc < 2 || argc > 3 || act == ACTS || strlen(argv[1]) >= sizeof(address.sun_path)) {
		fputs("usage: least SOCKET [create|state|list]\n", stderr);
		return 2;
	}
	memcpy(address.sun_path, argv[1], strlen(argv[1]) + 1);
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof(address)) || acts[act].send(fd)) {
		perror("least");
		return 2;
	}
	return acts[act].read(fd);
}
