#include "tui/screen/outlet.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tui/text/text.h"

/* Milliseconds that a terminal may be stuck before what is left for it is dropped. */
enum { PATIENCE = 1000 };

static struct {
	FILE *stream; /* to the memory */
	int memory, fd;
	struct text out;
	size_t done; /* bytes of it that the terminal has taken */
	bool lost;   /* see outlet_lost() */
} outlet = { .memory = -1, .fd = -1 };

/*
 * A description of the terminal of our own, since others share standard output, and must not find it non-blocking.
 * If it may not be opened (another user's, after su), the shared one is used, and waits.
 */
static int outlet_open_terminal(void)
{
	int fd = open("/proc/self/fd/1", O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);

	return fd >= 0 ? fd : fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
}

int outlet_open(void)
{
	outlet.fd = outlet_open_terminal();
	outlet.memory = memfd_create("krtask screen", MFD_CLOEXEC);
	outlet.stream = outlet.memory < 0 ? NULL : fdopen(outlet.memory, "w");
	if (outlet.fd < 0 || !outlet.stream) {
		int error = -errno;

		outlet_close();
		return error;
	}
	return 0;
}

void outlet_close(void)
{
	if (outlet.stream)
		fclose(outlet.stream);
	else if (outlet.memory >= 0)
		close(outlet.memory);
	if (outlet.fd >= 0)
		close(outlet.fd);
	text_release(&outlet.out);
	outlet.stream = NULL;
	outlet.memory = outlet.fd = -1;
	outlet.done = 0;
}

FILE *outlet_stream(void)
{
	return outlet.stream;
}

int outlet_fd(void)
{
	return outlet.fd;
}

void outlet_add(const char *text)
{
	text_add_string(&outlet.out, text);
}

int outlet_put(int character)
{
	text_add(&outlet.out, (const char[]){ (char)character }, 1);
	return character;
}

size_t outlet_frame(const char *before, const char *after)
{
	char bytes[4096];
	off_t end, at = 0;
	ssize_t count = 1;

	outlet.lost |= fflush(outlet.stream) != 0;
	end = lseek(outlet.memory, 0, SEEK_CUR);
	if (end <= 0)
		return 0;
	outlet_add(before);
	while (at < end && count > 0) {
		off_t left = end - at;

		count = pread(outlet.memory, bytes,
		              left < (off_t)sizeof(bytes) ? (size_t)left : sizeof(bytes), at);
		if (count > 0)
			text_add(&outlet.out, bytes, (size_t)count);
		at += count;
	}
	outlet.lost |= at < end;
	lseek(outlet.memory, 0, SEEK_SET);
	outlet_add(after);
	return strlen(before) + (size_t)end + strlen(after);
}

static void outlet_drop(void)
{
	outlet.lost = true;
	outlet.done = outlet.out.length;
}

void outlet_push(void)
{
	while (outlet_is_full()) {
		ssize_t count =
			write(outlet.fd, outlet.out.data + outlet.done, outlet.out.length - outlet.done);

		if (count > 0)
			outlet.done += (size_t)count;
		else if (errno == EAGAIN)
			return;
		else if (errno != EINTR)
			outlet_drop(); /* if it is gone, poll(2) tells that */
	}
	outlet.done = 0;
	if (outlet.out.length)
		text_clear(&outlet.out);
}

bool outlet_lost(void)
{
	bool lost = outlet.lost;

	outlet.lost = false;
	return lost;
}

bool outlet_is_full(void)
{
	return outlet.done < outlet.out.length;
}

void outlet_drain(void)
{
	struct pollfd ready = { .fd = outlet.fd, .events = POLLOUT };

	outlet_push();
	while (outlet_is_full() && poll(&ready, 1, PATIENCE) > 0)
		outlet_push();
	outlet.done = outlet.out.length;
	outlet_push();
}
