/*
 * A disk that fails when a test wants it.  It is preloaded into the server, and makes syncs and writes of the
 * database fail with EIO, or take a while.
 *
 * The file that FAULTS names has five native ints: which calls fail (the sum of values of enum fault), how
 * many of them still succeed, how many fail after that (-1: all), calls seen, calls failed.  A test writes
 * the first three while the server is running.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

enum fault { FAULT_SYNC = 1, FAULT_WRITE = 2, FAULT_TRUNCATE = 4, FAULT_SLOW = 8 };

enum { SLOW_SYNC_MICROSECONDS = 300000 };

struct control {
	int which, pass, fail, seen, failed;
};

static struct control *faults_control(void)
{
	static struct control *shared;
	if (shared)
		return shared;
	const char *path = getenv("FAULTS");
	if (!path)
		abort();
	int fd = open(path, O_RDWR | O_CLOEXEC);
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	return shared;
}

static int fails(enum fault fault, int fd)
{
	struct control *control = faults_control();
	char link[64], name[512];
	if (!(control->which & (int)fault))
		return 0;
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	ssize_t length = readlink(link, name, sizeof(name) - 1);
	if (length < 0)
		return 0;
	name[length] = '\0';
	if (!strstr(name, "/tasks.db"))
		return 0;
	__atomic_add_fetch(&control->seen, 1, __ATOMIC_SEQ_CST);
	if (__atomic_fetch_sub(&control->pass, 1, __ATOMIC_SEQ_CST) > 0 || control->fail == 0)
		return 0;
	if (control->fail > 0)
		control->fail--;
	control->failed++;
	errno = EIO;
	return 1;
}

static void take_time(void)
{
	if (faults_control()->which & FAULT_SLOW)
		usleep(SLOW_SYNC_MICROSECONDS);
}

int fsync(int fd)
{
	take_time();
	return fails(FAULT_SYNC, fd) ? -1 : (int)syscall(SYS_fsync, fd);
}

int fdatasync(int fd)
{
	take_time();
	return fails(FAULT_SYNC, fd) ? -1 : (int)syscall(SYS_fdatasync, fd);
}

ssize_t pwrite64(int fd, const void *bytes, size_t count, off64_t offset)
{
	return fails(FAULT_WRITE, fd) ? -1 : syscall(SYS_pwrite64, fd, bytes, count, offset);
}

ssize_t pwrite(int fd, const void *bytes, size_t count, off_t offset)
{
	return pwrite64(fd, bytes, count, offset);
}

int ftruncate64(int fd, off64_t length)
{
	return fails(FAULT_TRUNCATE, fd) ? -1 : (int)syscall(SYS_ftruncate, fd, length);
}

int ftruncate(int fd, off_t length)
{
	return ftruncate64(fd, length);
}
