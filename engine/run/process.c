#include "engine/run/process.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "engine/task/array.h"
#include "engine/task/strings.h"

enum { READ_ROOM = 4096 };

int process_trouble(int error)
{
	return error == -ENOMEM || error == -EMFILE || error == -ENFILE ? error : 0;
}

/* Opens a file of /proc.  A descriptor, -ESRCH if the process is gone, or -errno. */
static int open_proc(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd >= 0)
		return fd;
	return errno == ENOENT ? -ESRCH : -errno;
}

/* Reads a small file whole into buffer and ends it with a NUL.  The bytes or -errno. */
static ssize_t read_small(const char *path, char *buffer, size_t size)
{
	ssize_t count;
	int fd = open_proc(path);

	if (fd < 0)
		return fd;
	do
		count = read(fd, buffer, size - 1);
	while (count < 0 && errno == EINTR);
	if (count < 0)
		count = -errno;
	else
		buffer[count] = '\0';
	(void)close(fd);
	return count;
}

static ssize_t read_growing(int fd, char **result)
{
	size_t used = 0, size = 0;
	char *buffer = NULL, *larger;
	ssize_t count;

	do {
		larger = array_grow(buffer, &size, used + READ_ROOM, 1);
		if (!larger) {
			free(buffer);
			return -ENOMEM;
		}
		buffer = larger;
		count = read(fd, buffer + used, size - used - 1);
		if (count > 0)
			used += (size_t)count;
	} while (count > 0 || (count < 0 && errno == EINTR));
	if (count < 0) {
		count = -errno;
		free(buffer);
		return count;
	}
	buffer[used] = '\0';
	*result = buffer;
	return (ssize_t)used;
}

/* Reads a file of /proc of any length, ended with a NUL, malloc'ed.  The bytes or -errno. */
static ssize_t read_whole(const char *path, char **result)
{
	ssize_t count;
	int fd = open_proc(path);

	if (fd < 0)
		return fd;
	count = read_growing(fd, result);
	(void)close(fd);
	return count;
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

/* The name is in parentheses and may contain some, so what follows it begins after the last one. */
static int parse_stat(const char *text, struct process_info *info)
{
	const char *open = strchr(text, '('), *close = strrchr(text, ')');
	struct process_info found;

	if (!open || !close || close < open)
		return -EIO;
	memset(&found, 0, sizeof(found));
	found.pid = (pid_t)strtol(text, NULL, 10);
	/* NOLINTNEXTLINE(cert-err34-c): the kernel wrote these numbers */
	if (sscanf(close + 1,
	           " %c %d %d %d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %*d %*d %" SCNu64,
	           &found.state, &found.parent, &found.group, &found.session, &found.start) != 5)
		return -EIO;
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
	count = read_small(path, text, sizeof(text));
	if (count < 0)
		return (int)count;
	return parse_stat(text, info);
}

static void read_id(const char *path, char *id, size_t size)
{
	char text[64];

	id[0] = '\0';
	if (read_small(path, text, sizeof(text)) < 0)
		return;
	text[strcspn(text, "\n")] = '\0';
	if (strlen(text) < size)
		memcpy(id, text, strlen(text) + 1);
}

void process_boot_id(char boot_id[37])
{
	read_id("/proc/sys/kernel/random/boot_id", boot_id, 37);
}

void process_machine_id(char machine_id[33])
{
	read_id("/etc/machine-id", machine_id, 33);
}

/* What is found. */
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
	return info->state != 'Z' && info->state != 'X';
}

static bool is_live_in_session(const struct process_info *info, pid_t session)
{
	return info->session == session && is_live(info, session);
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
	length = read_whole(path, &text);
	if (length == -ESRCH)
		return search_children(parent, pids);
	if (length < 0)
		return (int)length;
	count = parse_pids(text, pids);
	free(text);
	return count;
}

static int list_live(bool (*wanted)(const struct process_info *info, pid_t pid), pid_t pid,
                     struct process_info **infos)
{
	struct list list = { NULL, 0, 0 };
	int error = process_search(wanted, pid, &list);

	if (error)
		return error;
	*infos = list.infos;
	return list.count;
}

int process_all(struct process_info **infos)
{
	return list_live(is_live, 0, infos);
}

int process_session(pid_t session, struct process_info **infos)
{
	return list_live(is_live_in_session, session, infos);
}

int process_variable(pid_t pid, const char *name, char *value, size_t size)
{
	struct strings block = STRINGS_INIT;
	char path[48];
	const char *found;
	ssize_t length;
	int error = 0;

	(void)snprintf(path, sizeof(path), "/proc/%d/environ", pid);
	length = read_whole(path, &block.block);
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

int process_pidfd(pid_t pid)
{
	/* Always close-on-exec. */
	long fd = syscall(SYS_pidfd_open, pid, 0);

	return fd < 0 ? -errno : (int)fd;
}
