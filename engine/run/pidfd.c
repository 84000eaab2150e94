/* Descriptors of processes (pidfd_open(2)), and signals through them. */
#include <errno.h>
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
