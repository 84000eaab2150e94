#include "engine/run/process.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "engine/run/proc.h"
#include "engine/task/array.h"
#include "engine/task/strings.h"

enum { EXECUTING_TRIES = 20 /* of a millisecond */ };

int process_trouble(int error)
{
	bool temporary = error == -ENOMEM || error == -EMFILE || error == -ENFILE || error == -EAGAIN;

	return temporary ? error : 0;
}

static void copy_name(char *name, size_t size, const char *from, size_t length)
{
	size_t i;

	if (length >= size)
		length = size - 1;
	for (i = 0; i < length; i++)
		name[i] = iscntrl((unsigned char)from[i]) ? '?' : from[i];
	name[length] = '\0';
}

enum {
	STAT_STATE = 3,
	STAT_PARENT = 4,
	STAT_GROUP = 5,
	STAT_SESSION = 6,
	STAT_THREADS = 20,
	STAT_START = 22,
	STAT_SIZE = 23,
	STAT_STACK = 28,
	STAT_ENVIRONMENT = 50,
	STAT_ENVIRONMENT_END = 51,
	STAT_EXIT_CODE = 52
};

/* The name is in parentheses and may contain parentheses.  So the fields begin after the last one. */
static int parse_stat(const char *text, struct process_info *info)
{
	const char *open = strchr(text, '('), *close = strrchr(text, ')');
	struct process_info found;

	if (!open || !close || close < open || !*proc_field(close + 1, STAT_START))
		return -EIO;
	memset(&found, 0, sizeof(found));
	found.pid = (pid_t)strtol(text, NULL, 10);
	found.state = *proc_field(close + 1, STAT_STATE);
	found.parent = (pid_t)proc_number(close + 1, STAT_PARENT);
	found.group = (pid_t)proc_number(close + 1, STAT_GROUP);
	found.session = (pid_t)proc_number(close + 1, STAT_SESSION);
	found.threads = (uint32_t)proc_number(close + 1, STAT_THREADS);
	found.start = strtoull(proc_field(close + 1, STAT_START), NULL, 10);
	found.stack = strtoull(proc_field(close + 1, STAT_STACK), NULL, 10);
	copy_name(found.name, sizeof(found.name), open + 1, (size_t)(close - open - 1));
	*info = found;
	return 0;
}

int process_read(pid_t pid, struct process_info *info)
{
	char path[48], text[1024];
	ssize_t count;

	if (pid <= 0)
		return -ESRCH;
	(void)snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	count = proc_read(path, text, sizeof(text));
	if (count < 0)
		return (int)count;
	return parse_stat(text, info);
}

bool process_is_live(const struct process_info *info)
{
	return (info->state != 'Z' && info->state != 'X') || info->threads > 1;
}

bool process_has_executed(const struct process_info *child, const struct process_info *starter)
{
	return child->session == child->pid && (child->stack == 0 || child->stack != starter->stack);
}

int64_t process_uptime(void)
{
	struct timespec up;

	if (clock_gettime(CLOCK_BOOTTIME, &up) < 0)
		return 0;
	return (int64_t)up.tv_sec * 1000 + up.tv_nsec / 1000000;
}

uint64_t process_ticks(void)
{
	struct timespec up;

	if (clock_gettime(CLOCK_BOOTTIME, &up) < 0)
		return 0;
	uint64_t per_second = (uint64_t)sysconf(_SC_CLK_TCK);
	return (uint64_t)up.tv_sec * per_second + (uint64_t)up.tv_nsec / (UINT64_C(1000000000) / per_second);
}

static int read_id(const char *path, char *id, size_t size)
{
	char text[64];
	ssize_t length = proc_read(path, text, sizeof(text));

	id[0] = '\0';
	if (length < 0)
		return (int)length;
	text[strcspn(text, "\n")] = '\0';
	if (strlen(text) >= size)
		return -EINVAL;
	memcpy(id, text, strlen(text) + 1);
	return 0;
}

int process_boot_id(char boot_id[37])
{
	return read_id("/proc/sys/kernel/random/boot_id", boot_id, 37);
}

void process_machine_id(char machine_id[33])
{
	(void)read_id("/etc/machine-id", machine_id, 33);
}

/* The processes that are found. */
struct list {
	struct process_info *infos;
	int count;
	size_t size;
};

static int list_add(struct list *list, const struct process_info *info)
{
	struct process_info *larger =
		array_grow(list->infos, &list->size, (size_t)list->count + 1, sizeof(*larger));

	if (!larger)
		return -ENOMEM;
	list->infos = larger;
	list->infos[list->count++] = *info;
	return 0;
}

/* Every process for which wanted() is true.  Processes that start or end meanwhile may be missed. */
static int process_search(bool (*wanted)(const struct process_info *info, pid_t pid), pid_t pid,
                          struct list *list)
{
	struct process_info info;
	struct dirent *entry;
	int error = 0;
	DIR *proc = opendir("/proc");

	if (!proc)
		return -errno;
	while (!error && (entry = readdir(proc))) {
		if (!isdigit((unsigned char)entry->d_name[0]))
			continue;
		error = process_read((pid_t)strtol(entry->d_name, NULL, 10), &info);
		if (error)
			error = process_trouble(error);
		else if (wanted(&info, pid))
			error = list_add(list, &info);
	}
	(void)closedir(proc);
	if (error) {
		free(list->infos);
		list->infos = NULL;
	}
	return error;
}

static bool is_child(const struct process_info *info, pid_t parent)
{
	return info->parent == parent;
}

static bool is_live(const struct process_info *info, pid_t unused)
{
	(void)unused;
	return process_is_live(info);
}

static int search_children(pid_t parent, pid_t **pids)
{
	struct process_info info;
	struct list list = { NULL, 0, 0 };
	int i, error = process_read(parent, &info);

	if (!error)
		error = process_search(is_child, parent, &list);
	if (error)
		return error;
	*pids = malloc(((size_t)list.count + 1) * sizeof(**pids));
	if (!*pids)
		error = -ENOMEM;
	for (i = 0; !error && i < list.count; i++)
		(*pids)[i] = list.infos[i].pid;
	free(list.infos);
	return error ? error : list.count;
}

static int parse_pids(const char *text, pid_t **pids)
{
	size_t count = 0, size = strlen(text) / 2 + 1; /* a digit and a space each */
	char *end;
	long pid;

	*pids = malloc(size * sizeof(**pids));
	if (!*pids)
		return -ENOMEM;
	while ((pid = strtol(text, &end, 10)) > 0) {
		(*pids)[count++] = (pid_t)pid;
		text = end;
	}
	return (int)count;
}

int process_children(pid_t parent, pid_t **pids)
{
	char path[64], *text = NULL;
	ssize_t length;
	int count;

	if (parent <= 0)
		return -ESRCH;
	(void)snprintf(path, sizeof(path), "/proc/%d/task/%d/children", parent, parent);
	length = proc_read_whole(path, &text);
	if (length == -ESRCH)
		return search_children(parent, pids);
	if (length < 0)
		return (int)length;
	count = parse_pids(text, pids);
	free(text);
	return count;
}

static int compare_pids(const void *a, const void *b)
{
	const struct process_info *left = a, *right = b;

	return (left->pid > right->pid) - (left->pid < right->pid);
}

int process_all(struct process_info **infos)
{
	struct list list = { NULL, 0, 0 };
	int error = process_search(is_live, 0, &list);

	if (error)
		return error;
	if (list.count > 0)
		qsort(list.infos, (size_t)list.count, sizeof(*list.infos), compare_pids);
	*infos = list.infos;
	return list.count;
}

int process_wait(pid_t pid, siginfo_t *info, int options, struct task_usage *usage)
{
	struct rusage used = { .ru_maxrss = 0 };

	if (syscall(SYS_waitid, P_PID, pid, info, options, &used) < 0)
		return -errno;
	*usage = usage_of(&used);
	return 0;
}

/*
 * 1 if the process has an environment; or if it has memory and nothing in it yet, as one that executes another program
 * for a moment.  0: it has none, or is gone.  -errno: not possible now.
 */
static int has_environment(pid_t pid)
{
	char path[48], text[1024];

	(void)snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	ssize_t length = proc_read(path, text, sizeof(text));
	if (length < 0 || !strrchr(text, ')'))
		return length < 0 ? process_trouble((int)length) : 0;
	const char *fields = strrchr(text, ')') + 1;
	uint64_t begin = strtoull(proc_field(fields, STAT_ENVIRONMENT), NULL, 10);
	uint64_t end = strtoull(proc_field(fields, STAT_ENVIRONMENT_END), NULL, 10);
	return proc_number(fields, STAT_SIZE) > 0 && (end == 0 || end > begin);
}

/* The initial environment: its length and the bytes, to be freed; -EAGAIN: it executes another program; -errno. */
static ssize_t environment_of(pid_t pid, char **bytes)
{
	char path[48];

	(void)snprintf(path, sizeof(path), "/proc/%d/environ", pid);
	for (int tries = 0; tries < EXECUTING_TRIES; tries++) {
		ssize_t length = proc_read_whole(path, bytes);
		int has = length == 0 ? has_environment(pid) : 0;
		if (has == 0)
			return length;
		free(*bytes);
		*bytes = NULL;
		if (has < 0)
			return has;
		(void)poll(NULL, 0, 1);
	}
	return -EAGAIN;
}

int process_variable(pid_t pid, const char *name, char *value, size_t size)
{
	struct strings block = STRINGS_INIT;
	const char *found;
	ssize_t length;
	int error = 0;

	length = environment_of(pid, &block.block);
	if (length < 0)
		return (int)length;
	block.length = (size_t)length;
	found = strings_value(&block, name, strlen(name));
	if (!found)
		error = -ENOENT;
	else if (strlen(found) >= size)
		error = -ENAMETOOLONG;
	else
		memcpy(value, found, strlen(found) + 1);
	strings_release(&block);
	return error;
}

/* The first form of struct pidfd_info in <linux/pidfd.h>, which may be too old to have it. */
struct pidfd_info_first {
	uint64_t mask;
	uint64_t cgroup;
	uint32_t ids[11];
	int32_t exit_code;
};

enum { PIDFD_INFO_ENDED = 1 << 3 }; /* PIDFD_INFO_EXIT */

static bool read_pidfd_status(int pidfd, int *status)
{
	struct pidfd_info_first info = { .mask = PIDFD_INFO_ENDED };

	if (ioctl(pidfd, _IOWR(0xff, 11, struct pidfd_info_first), &info) < 0 ||
	    !(info.mask & PIDFD_INFO_ENDED))
		return false;
	*status = info.exit_code;
	return true;
}

/* The kernel hides a process that once belonged to another user: its status reads as 0.  1, 0, or -errno: not possible now. */
static int may_look(pid_t pid)
{
	char path[48], text[4096];
	unsigned ids[4];

	(void)snprintf(path, sizeof(path), "/proc/%d/status", pid);
	ssize_t length = proc_read(path, text, sizeof(text));
	if (length < 0)
		return process_trouble((int)length);
	const char *line = strstr(text, "\nUid:");
	/* NOLINTNEXTLINE(cert-err34-c): the kernel's numbers */
	if (!line || sscanf(line, "\nUid: %u %u %u %u", &ids[0], &ids[1], &ids[2], &ids[3]) != 4)
		return 0;
	for (int i = 0; i < 4; i++)
		if (ids[i] != geteuid())
			return 0;
	return 1;
}

static int read_zombie_status(const struct process_info *info, int *status)
{
	char path[48], text[1024];
	struct process_info now;
	int may = may_look(info->pid);

	(void)snprintf(path, sizeof(path), "/proc/%d/stat", info->pid);
	ssize_t length = proc_read(path, text, sizeof(text));
	if (length < 0 && process_trouble((int)length))
		return (int)length;
	if (length < 0 || parse_stat(text, &now) < 0 || now.start != info->start || process_is_live(&now))
		return -ENODATA;
	int code = (int)proc_number(strrchr(text, ')') + 1, STAT_EXIT_CODE);
	if (code == 0 && may <= 0)
		return may < 0 ? may : -ENODATA;
	*status = code;
	return 0;
}

int process_status(int pidfd, const struct process_info *info, int *status)
{
	/* The process may be reaped between the two calls. */
	int error = read_pidfd_status(pidfd, status) ? 0 : read_zombie_status(info, status);

	return error && read_pidfd_status(pidfd, status) ? 0 : error;
}

/* The permissions of the link show how the file was opened. */
static bool writes_to(int directory, const char *name, char *target, size_t size)
{
	struct stat link;
	ssize_t length;

	if (fstatat(directory, name, &link, AT_SYMLINK_NOFOLLOW) < 0 || !(link.st_mode & S_IWUSR))
		return false;
	length = readlinkat(directory, name, target, size - 1);
	if (length < 0)
		return false;
	target[length] = '\0';
	return true;
}

int process_writes(pid_t pid, bool (*is_it)(void *ctx, const char *target), void *ctx)
{
	char path[48], target[PATH_MAX + 32];
	struct dirent *entry;
	bool found = false;

	(void)snprintf(path, sizeof(path), "/proc/%d/fd", pid);
	DIR *directory = opendir(path);
	if (!directory)
		return process_trouble(-errno);
	while (!found && (entry = readdir(directory)))
		found = writes_to(dirfd(directory), entry->d_name, target, sizeof(target)) &&
		        is_it(ctx, target);
	(void)closedir(directory);
	return found;
}
