#include "config.h"

#include "engine/exec/slurm/pump.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utlist.h>

#include "engine/exec/slurm/files.h"

enum { PUMP_LOG = 1 << 20 /* bytes of a log that are read at once */ };

/* False: it is too long. */
static bool pump_path(char *path, const struct pump_job *job, const char *first, const char *second,
                      const char *third)
{
	int length = snprintf(path, SLURM_PATH_SIZE, "%s/%s%s%s", job->path, first, second, third);
	return length > 0 && length < SLURM_PATH_SIZE;
}

static int pump_make_directory(const struct pump_job *job, const char *name)
{
	char path[SLURM_PATH_SIZE];
	struct stat status;
	if (!pump_path(path, job, name, "", ""))
		return -ENAMETOOLONG;
	if (mkdir(path, 0700) == 0)
		return 0;
	if (errno != EEXIST)
		return -errno;
	/* Whoever could write there could make its tickets. */
	if (lstat(path, &status))
		return -errno;
	bool own = S_ISDIR(status.st_mode) && status.st_uid == geteuid() &&
	           (status.st_mode & (S_IWGRP | S_IWOTH)) == 0;
	return own ? 0 : -EPERM;
}

/* A file that is there as a whole or not at all.  0 or -errno. */
static int pump_write(const struct pump_job *job, const char *new_name, const char *name, const char *bytes,
                      size_t length, mode_t mode)
{
	char new_path[SLURM_PATH_SIZE], path[SLURM_PATH_SIZE];
	if (!pump_path(new_path, job, new_name, "", "") || !pump_path(path, job, name, "", ""))
		return -ENAMETOOLONG;
	int fd = open(new_path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, mode);
	if (fd < 0)
		return -errno;
	int error = 0;
	for (size_t at = 0; at < length && !error;) {
		ssize_t count = write(fd, bytes + at, length - at);
		if (count < 0 && errno != EINTR)
			error = -errno;
		at += count > 0 ? (size_t)count : 0;
	}
	if (close(fd) && !error)
		error = -errno;
	/* A network filesystem may say that it failed when it was repeated. */
	if (!error && rename(new_path, path)) {
		error = -errno;
		if (access(new_path, F_OK))
			error = 0;
	}
	if (error)
		unlink(new_path);
	return error;
}

/* --- what is there */

static struct pump_ticket *pump_add_ticket(struct pump_job *job, const char *pilot, const char *name)
{
	struct pump_ticket *grown = realloc(job->tickets, (job->ticket_count + 1) * sizeof(*job->tickets));
	if (!grown)
		return NULL;
	job->tickets = grown;
	struct pump_ticket *ticket = &grown[job->ticket_count++];
	*ticket = (struct pump_ticket){ .serial = strtoull(name, NULL, 10) };
	snprintf(ticket->pilot, sizeof(ticket->pilot), "%s", pilot);
	snprintf(ticket->name, sizeof(ticket->name), "%s", name);
	return ticket;
}

/* NULL: there are no more, or an error. */
static const struct dirent *pump_next(DIR *opened, int *error)
{
	errno = 0;
	const struct dirent *entry = readdir(opened);
	if (!entry && errno)
		*error = -errno;
	return entry;
}

/* directory: CLAIMS_QUEUE, or that of a pilot.  0 or -errno. */
static int pump_list(struct pump_job *job, const char *directory, const char *pilot)
{
	char path[SLURM_PATH_SIZE];
	const struct dirent *entry;
	if (!pump_path(path, job, directory, "", ""))
		return -ENAMETOOLONG;
	DIR *opened = opendir(path);
	if (!opened)
		return -errno;
	int error = 0;
	while (!error && (entry = pump_next(opened, &error))) {
		if (*entry->d_name >= '0' && *entry->d_name <= '9' && strlen(entry->d_name) < CLAIMS_NAME &&
		    !pump_add_ticket(job, pilot, entry->d_name))
			error = -ENOMEM;
	}
	closedir(opened);
	return error;
}

/* "p12" or "p12.over" */
static bool pump_is_pilot(const char *name)
{
	const char *end = name + 1 + (*name == 'p' ? strspn(name + 1, "0123456789") : 0);
	return *name == 'p' && end > name + 1 && (*end == '\0' || strcmp(end, CLAIMS_OVER) == 0);
}

static int pump_find_pilots(struct pump_job *job)
{
	const struct dirent *entry;
	DIR *opened = opendir(job->path);
	if (!opened)
		return -errno;
	int error = 0;
	job->found_count = 0;
	while (!error && (entry = pump_next(opened, &error))) {
		if (!pump_is_pilot(entry->d_name) || strlen(entry->d_name) >= sizeof(*job->found))
			continue;
		void *grown = realloc(job->found, (job->found_count + 1) * sizeof(*job->found));
		if (!grown) {
			error = -ENOMEM;
			break;
		}
		job->found = grown;
		memcpy(job->found[job->found_count++], entry->d_name, strlen(entry->d_name) + 1);
		error = pump_list(job, entry->d_name, entry->d_name);
	}
	closedir(opened);
	return error;
}

/* Before it is installed, it is beside that of the server.  -1: there is none. */
static int pump_open_program(const char *program)
{
	char path[SLURM_PATH_SIZE];
	ssize_t length = readlink("/proc/self/exe", path, sizeof(path) - sizeof(CLAIMS_PROGRAM) - 1);
	path[length > 0 ? length : 0] = '\0';
	char *slash = strrchr(path, '/');
	memcpy(slash ? slash + 1 : path, CLAIMS_PROGRAM, sizeof(CLAIMS_PROGRAM));
	int fd = open(program ? program : path, O_RDONLY | O_CLOEXEC);
	return fd < 0 && !program ? open(KRTASK_PILOT_PATH, O_RDONLY | O_CLOEXEC) : fd;
}

/* It is copied to where the nodes find it. */
static int pump_copy_program(const struct pump_job *job)
{
	int fd = pump_open_program(job->program);
	struct stat status = { .st_size = 0 };
	char *bytes = fd >= 0 && fstat(fd, &status) == 0 ? malloc((size_t)status.st_size + 1) : NULL;
	int error = bytes ? 0 : -errno;
	size_t at = 0;
	ssize_t count = 1;
	while (!error && at < (size_t)status.st_size && count > 0) {
		count = read(fd, bytes + at, (size_t)status.st_size - at);
		at += count > 0 ? (size_t)count : 0;
	}
	/* A part of it would be a program, too. */
	if (!error && at < (size_t)status.st_size)
		error = count < 0 ? -errno : -EIO;
	if (fd >= 0)
		close(fd);
	if (!error)
		error = pump_write(job, CLAIMS_PROGRAM ".new", CLAIMS_PROGRAM, bytes, at, 0700);
	free(bytes);
	return error;
}

/* In the order in which tickets move (claims.h): none is missed. */
static int pump_find_tickets(struct pump_job *job)
{
	int error = pump_list(job, CLAIMS_QUEUE, "");
	return error ? error : pump_find_pilots(job);
}

/* What Slurm has said of pilots that were not heard of, for as long as an earlier server was there. */
static void pump_tidy(const struct pump_job *job)
{
	char path[SLURM_PATH_SIZE], name[64];
	const struct dirent *entry;
	int error = 0;
	DIR *opened = opendir(job->path);
	while (opened && (entry = pump_next(opened, &error))) {
		size_t length = strcspn(entry->d_name, ".");
		if (strcmp(entry->d_name + length, CLAIMS_SLURM) != 0 || length >= sizeof(name) - 8)
			continue;
		snprintf(name, sizeof(name), "%.*s", (int)length, entry->d_name);
		if (!pump_is_pilot(name) || !pump_path(path, job, name, "", "") || access(path, F_OK) == 0)
			continue;
		if (pump_path(path, job, name, CLAIMS_OVER, "") && access(path, F_OK) &&
		    pump_path(path, job, name, CLAIMS_SLURM, ""))
			unlink(path);
	}
	if (opened)
		closedir(opened);
}

static int pump_prepare(struct pump_job *job)
{
	int error = 0;
	/* Without its mark, it is not the directory in which an earlier server put tickets. */
	if (!job->adopts)
		error = slurm_mark(job->directory, job->identity);
	else if (!slurm_is_marked(job->directory, job->identity))
		error = slurm_is_foreign(job->directory, job->identity) ? -EEXIST : -ESTALE;
	if (!error)
		error = pump_make_directory(job, "");
	if (!error)
		error = pump_make_directory(job, CLAIMS_QUEUE);
	if (!error)
		error = pump_copy_program(job);
	if (!error)
		error = pump_find_tickets(job);
	if (!error)
		pump_tidy(job);
	return error;
}

/* --- orders */

static int pump_withdraw(const struct pump_job *job, const struct pump_order *order)
{
	char path[SLURM_PATH_SIZE], taken[SLURM_PATH_SIZE];
	if (!pump_path(path, job, CLAIMS_QUEUE "/", order->name, "") ||
	    !pump_path(taken, job, "back.", order->name, ""))
		return -ENAMETOOLONG;
	/* Not unlink: a network filesystem that repeats it could not say whose it was. */
	if (rename(path, taken) && access(taken, F_OK))
		return -errno;
	unlink(taken);
	return 0;
}

/* Of a pilot, whether it is over or not. */
static int pump_put_again(const struct pump_job *job, const struct pump_order *order)
{
	char path[SLURM_PATH_SIZE], queued[SLURM_PATH_SIZE];
	const char *const places[] = { "/", CLAIMS_OVER "/" };
	if (!pump_path(queued, job, CLAIMS_QUEUE "/", order->name, ""))
		return -ENAMETOOLONG;
	int error = -ENOENT;
	for (int i = 0; i < 2 && error == -ENOENT; i++) {
		snprintf(path, sizeof(path), "%s/%s%s%s", job->path, order->pilot, places[i], order->from);
		error = rename(path, queued) == 0 || access(queued, F_OK) == 0 ? 0 : -errno;
	}
	return error;
}

/* Of a pilot, whether it is over or not. */
static void pump_drop(const struct pump_job *job, const struct pump_order *order)
{
	char path[SLURM_PATH_SIZE];
	const char *const places[] = { "/", CLAIMS_OVER "/" };
	for (int i = 0; i < 2; i++) {
		snprintf(path, sizeof(path), "%s/%s%s%s", job->path, order->pilot, places[i], order->name);
		unlink(path);
	}
}

/* One of the directories that a pilot that is over may have.  Others may have files there: then it stays.  0 or -errno. */
static int pump_remove_directory(struct pump_job *job, const struct pump_order *order, const char *suffix)
{
	char path[SLURM_PATH_SIZE], file[SLURM_PATH_SIZE + 256], name[64];
	const struct dirent *entry;
	int error = 0;
	snprintf(name, sizeof(name), "%s%s", order->pilot, suffix);
	snprintf(path, sizeof(path), "%s/%s", job->path, name);
	/* What it has claimed since it was revoked. */
	size_t before = job->ticket_count;
	int listed = pump_list(job, name, order->pilot);
	if (listed)
		return listed == -ENOENT ? 0 : listed;
	DIR *opened = opendir(path);
	while (opened && (entry = pump_next(opened, &error))) {
		bool ticket = *entry->d_name >= '0' && *entry->d_name <= '9';
		snprintf(file, sizeof(file), "%s/%s", path, entry->d_name);
		if (!ticket && strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			unlink(file);
	}
	if (opened)
		closedir(opened);
	/* No more than what was listed: others come to be found. */
	for (size_t i = before; i < job->ticket_count; i++) {
		snprintf(file, sizeof(file), "%s/%s", path, job->tickets[i].name);
		unlink(file);
	}
	return rmdir(path) == 0 || errno == ENOENT ? 0 : -errno;
}

static int pump_remove(struct pump_job *job, const struct pump_order *order)
{
	char path[SLURM_PATH_SIZE];
	int error = pump_remove_directory(job, order, "");
	int over = pump_remove_directory(job, order, CLAIMS_OVER);
	if (!order->keeps && pump_path(path, job, order->pilot, CLAIMS_SLURM, ""))
		unlink(path);
	return error ? error : over;
}

static int pump_obey(struct pump_job *job, const struct pump_order *order)
{
	char name[2 * CLAIMS_NAME];
	switch (order->verb) {
	case PUMP_PUT:
		snprintf(name, sizeof(name), CLAIMS_QUEUE "/%s", order->name);
		return pump_write(job, "new", name, order->bytes, order->length, 0600);
	case PUMP_AGAIN:
		return pump_put_again(job, order);
	case PUMP_WITHDRAW:
		return pump_withdraw(job, order);
	case PUMP_SIGNAL:
		snprintf(name, sizeof(name), "%s/%s", order->pilot, order->name);
		return pump_write(job, "new", name, "", 0, 0600);
	case PUMP_DROP:
		pump_drop(job, order);
		return 0;
	default:
		return pump_remove(job, order);
	}
}

/* --- pilots */

/* Of a pilot that was revoked. */
static int pump_list_over(struct pump_job *job, const struct pump_pilot *pilot)
{
	char name[64];
	snprintf(name, sizeof(name), "%s" CLAIMS_OVER, pilot->name);
	int error = pump_list(job, name, pilot->name);
	return error == -ENOENT ? 0 : error;
}

/* From then on nothing that it claims begins.  What it has claimed is listed. */
static int pump_revoke(struct pump_job *job, struct pump_pilot *pilot)
{
	char path[SLURM_PATH_SIZE], over[SLURM_PATH_SIZE];
	if (!pump_path(path, job, pilot->name, "", "") || !pump_path(over, job, pilot->name, CLAIMS_OVER, ""))
		return -ENAMETOOLONG;
	if (rename(path, over) && errno != ENOENT)
		return -errno;
	return pump_list_over(job, pilot);
}

/* -ENOENT: it says nothing. */
static int pump_open_log(const struct pump_job *job, const struct pump_pilot *pilot)
{
	static const char *const places[] = { "/" CLAIMS_LOG, CLAIMS_OVER "/" CLAIMS_LOG };
	char path[SLURM_PATH_SIZE];
	int fd = -1;
	for (int i = 0; i < 2; i++) {
		if (!pump_path(path, job, pilot->name, places[i], ""))
			return -ENAMETOOLONG;
		fd = open(path, O_RDONLY | O_CLOEXEC);
		if (fd >= 0 || errno != ENOENT)
			break;
	}
	return fd < 0 ? -errno : fd;
}

/* Whole lines from the offset on.  0 or -errno. */
static int pump_read_lines(struct pump_pilot *pilot, int fd)
{
	struct stat status;
	if (fstat(fd, &status))
		return -errno;
	if (status.st_size <= (off_t)pilot->offset)
		return 0;
	size_t size = (size_t)status.st_size - pilot->offset;
	size = size > PUMP_LOG ? PUMP_LOG : size;
	char *text = malloc(size + 1);
	if (!text)
		return -ENOMEM;
	ssize_t count = pread(fd, text, size, (off_t)pilot->offset);
	int error = count < 0 ? -errno : 0;
	while (count > 0 && text[count - 1] != '\n')
		count--;
	if (count <= 0) {
		free(text);
		return error;
	}
	text[count] = '\0';
	pilot->text = text;
	pilot->length = (size_t)count;
	return 0;
}

/* One that cannot be read was not read to its end. */
static int pump_read_log(const struct pump_job *job, struct pump_pilot *pilot)
{
	int fd = pump_open_log(job, pilot);
	if (fd < 0)
		return fd == -ENOENT ? 0 : fd;
	int error = pump_read_lines(pilot, fd);
	close(fd);
	return error;
}

void pump_work(struct pool_job *pool_job)
{
	struct pump_job *job = (struct pump_job *)pool_job;
	struct pump_order *order;
	if (job->prepare)
		job->error = pump_prepare(job);
	else if (!slurm_is_marked(job->directory, job->identity))
		job->error = -ESTALE;
	DL_FOREACH(job->orders, order)
	{
		order->result = job->error ? job->error : pump_obey(job, order);
	}
	for (size_t i = 0; i < job->pilot_count && !job->error; i++) {
		struct pump_pilot *pilot = &job->pilots[i];
		if (pilot->over) {
			pilot->error = pump_list_over(job, pilot);
			continue;
		}
		if (pilot->revoke)
			pilot->error = pump_revoke(job, pilot);
		int error = pump_read_log(job, pilot);
		pilot->error = pilot->error ? pilot->error : error;
	}
}

void pump_free(struct pump_job *job)
{
	struct pump_order *order;
	while ((order = job->orders)) {
		DL_DELETE(job->orders, order);
		free(order->bytes);
		free(order);
	}
	for (size_t i = 0; i < job->pilot_count; i++)
		free(job->pilots[i].text);
	free(job->pilots);
	free(job->tickets);
	free(job->found);
	free(job->directory);
	free(job->path);
	free(job);
}
