/*
 * The smallest client that creates a task which is durable: it sends one Create to the socket, and reads one reply.
 * Or the smallest one that asks for the state of task 1.
 *
 *     least SOCKET
 *     least SOCKET state
 */
#include "config.h"

#include <stdbool.h>
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

static int send_question(int fd)
{
	static const char frame[] = "{\"method\":\"io.krtask.List\",\"parameters\":{\"columns\":[\"state\"],"
				    "\"ids\":[\"1\"],\"compact\":true}}";

	return write(fd, frame, sizeof(frame)) == (ssize_t)sizeof(frame) ? 0 : -1;
}

int main(int argc, char **argv)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	char reply[512];
	bool asks = argc == 3 && strcmp(argv[2], "state") == 0;
	const char *wanted = asks ? "\"rows\"" : "\"id\"";

	if (argc != 2 + asks || strlen(argv[1]) >= sizeof(address.sun_path)) {
		fputs("usage: least SOCKET [state]\n", stderr);
		return 2;
	}
	memcpy(address.sun_path, argv[1], strlen(argv[1]) + 1);
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof(address)) ||
	    (asks ? send_question(fd) : send_create(fd))) {
		perror("least");
		return 2;
	}
	ssize_t length = read(fd, reply, sizeof(reply));
	return length > 0 && memmem(reply, (size_t)length, wanted, strlen(wanted)) ? 0 : 1;
}
