/* Descriptors of processes (pidfd_open(2)), and signals through them; processes that have no children. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "engine/run/process.h"

int process_pidfd(pid_t pid)
{
	/* Always close-on-exec. */
	long fd = syscall(SYS_pidfd_open, pid, 0);

	return fd < 0 ? -errno : (int)fd;
}

int process_pidfd_of(const struct process_info *info)
{
	struct process_info now;
	int fd = process_pidfd(info->pid);

	if (fd < 0)
		return fd;
	/* If the process that has the number now began before fd was opened, it had the number then too. */
	int error = process_read(info->pid, &now);
	if (!error && now.start != info->start)
		error = -ESRCH;
	if (!error)
		return fd;
	(void)close(fd);
	return error;
}

static bool has_no_children(pid_t pid)
{
	char path[64], byte;

	(void)snprintf(path, sizeof(path), "/proc/%d/task/%d/children", pid, pid);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	ssize_t got = read(fd, &byte, 1);
	(void)close(fd);
	return got == 0;
}

bool process_is_alone(pid_t pid)
{
	struct process_info info;

	return has_no_children(pid) && process_read(pid, &info) == 0 && info.threads == 1;
}

static int pidfd_send(int pidfd, int signal, unsigned flags)
{
	return syscall(SYS_pidfd_send_signal, pidfd, signal, NULL, flags) < 0 ? -errno : 0;
}

int process_signal(int pidfd, int signal)
{
	return pidfd_send(pidfd, signal, 0);
}

int process_signal_group(int pidfd, int signal)
{
	const unsigned group = 1U << 2; /* PIDFD_SIGNAL_PROCESS_GROUP of <linux/pidfd.h> */

	return pidfd_send(pidfd, signal, group);
}
