/*
 * A screen whose system calls fail when a test wants it.  It is preloaded into krtask.
 *
 * The file that SCARCE names has four native ints: which calls (values of enum scarce), how many of them still
 * succeed, how many fail after that (-1: all), calls that failed.  A test writes the first three while krtask
 * is running.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The last two stand for a library: what it does when it has no memory. */
enum scarce { SCARCE_WRITE = 1, SCARCE_READ, SCARCE_POLL, SCARCE_FORK, SCARCE_EXIT, SCARCE_FAULT };

static struct {
	int which, pass, fail, failed;
} * control;

static pid_t program;

__attribute__((constructor)) static void scarce_open(void)
{
	const char *path = getenv("SCARCE");
	int fd = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
	void *shared = mmap(NULL, sizeof(*control), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	program = getpid();
	control = shared == MAP_FAILED || !isatty(STDIN_FILENO) ? NULL : shared;
	close(fd);
}

static int scarce_fails(enum scarce which, int error)
{
	if (!control || control->which != (int)which || getpid() != program)
		return 0;
	if (control->pass > 0) {
		control->pass--;
		return 0;
	}
	if (control->fail == 0)
		return 0;
	if (control->fail > 0)
		control->fail--;
	control->failed++;
	errno = error;
	return 1;
}

ssize_t write(int fd, const void *bytes, size_t count)
{
	if (fd > STDERR_FILENO && isatty(fd) && scarce_fails(SCARCE_WRITE, ENOMEM))
		return -1;
	return syscall(SYS_write, fd, bytes, count);
}

ssize_t read(int fd, void *bytes, size_t count)
{
	if (fd == STDIN_FILENO && scarce_fails(SCARCE_READ, EIO))
		return -1;
	return syscall(SYS_read, fd, bytes, count);
}

int poll(struct pollfd *fds, nfds_t count, int wait)
{
	if (scarce_fails(SCARCE_POLL, ENOMEM))
		return -1;
	if (scarce_fails(SCARCE_EXIT, ENOMEM)) {
		fputs("a library gives up\n", stderr);
		exit(1);
	}
	if (scarce_fails(SCARCE_FAULT, ENOMEM))
		*(volatile char *)mmap(NULL, 1, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) = 0;
	return (int)syscall(SYS_poll, fds, count, wait);
}

pid_t fork(void)
{
	pid_t (*real)(void);

	*(void **)&real = dlsym(RTLD_NEXT, "fork");
	return scarce_fails(SCARCE_FORK, EAGAIN) ? -1 : real();
}
