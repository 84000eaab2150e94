#include "config.h"

#include "engine/exec/slurm/files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/exec/slurm/script.h"

void slurm_base(char *base, uint64_t number, uint32_t attempt)
{
	if (attempt > 1)
		snprintf(base, SLURM_BASE_SIZE, "%" PRIu64 "-%" PRIu32, number, attempt);
	else
		snprintf(base, SLURM_BASE_SIZE, "%" PRIu64, number);
}

bool slurm_path(char *path, const char *directory, const char *base, const char *suffix)
{
	int length = snprintf(path, SLURM_PATH_SIZE, "%s/%s%s", directory, base, suffix);
	return length > 0 && length < SLURM_PATH_SIZE;
}

/* The bytes of a small file.  0 or -errno. */
static int files_read(const char *directory, const char *base, const char *suffix, char *text, size_t size)
{
	char path[SLURM_PATH_SIZE];
	text[0] = '\0';
	if (!slurm_path(path, directory, base, suffix))
		return -ENAMETOOLONG;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return -errno;
	ssize_t count = read(fd, text, size - 1);
	int error = count < 0 ? -errno : 0;
	close(fd);
	text[count > 0 ? count : 0] = '\0';
	return error;
}

/* 0 if it has the identity, -EEXIST: another one; -errno. */
static int files_compare_mark(const char *directory, const char *identity)
{
	char text[64];
	int error = files_read(directory, SCRIPT_MARK, "", text, sizeof(text));
	if (error)
		return error;
	text[strcspn(text, "\n")] = '\0';
	return strcmp(text, identity) == 0 ? 0 : -EEXIST;
}

int slurm_mark(const char *directory, const char *identity)
{
	char path[SLURM_PATH_SIZE], new_path[SLURM_PATH_SIZE], suffix[64];
	int error = files_compare_mark(directory, identity);
	if (error != -ENOENT)
		return error;
	/* A process of another machine may have the same number. */
	snprintf(suffix, sizeof(suffix), ".%s", identity);
	if (!slurm_path(path, directory, SCRIPT_MARK, "") ||
	    !slurm_path(new_path, directory, SCRIPT_MARK, suffix))
		return -ENAMETOOLONG;
	int fd = open(new_path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	error = dprintf(fd, "%s\n", identity) < 0 || fsync(fd) ? -errno : 0;
	close(fd);
	/* Another server may want it at the same time: a link is made once. */
	if (!error && link(new_path, path))
		error = -errno;
	unlink(new_path);
	return error == -EEXIST ? files_compare_mark(directory, identity) : error;
}

int slurm_write_ticket(const char *directory, const char *base)
{
	char path[SLURM_PATH_SIZE];
	if (!slurm_path(path, directory, base, ".job"))
		return -ENAMETOOLONG;
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	close(fd);
	return 0;
}

bool slurm_is_foreign(const char *directory, const char *identity)
{
	return files_compare_mark(directory, identity) == -EEXIST;
}

bool slurm_is_marked(const char *directory, const char *identity)
{
	/* A network filesystem may remember that a file was missing, until its directory is opened. */
	DIR *opened = opendir(directory);
	if (opened)
		closedir(opened);
	return opened && files_compare_mark(directory, identity) == 0;
}

/* A number, and the blank or newline after it.  False: there is none. */
static bool files_take_number(const char **text, uint64_t *number)
{
	char *end;
	if (**text < '0' || **text > '9')
		return false;
	*number = strtoull(*text, &end, 10);
	*text = end + 1;
	return *end == ' ' || *end == '\n';
}

int64_t slurm_take_time(const char **text)
{
	char *end;
	if (**text < '0' || **text > '9')
		return 0;
	int64_t time = strtoll(*text, &end, 10);
	time = time < INT64_MAX / 1000 - 1 ? time * 1000 : 0;
	if (*end == '.') {
		end++;
		for (int64_t unit = 100; *end >= '0' && *end <= '9'; end++, unit /= 10)
			time += (*end - '0') * unit;
		/* Not every date(1) knows parts of a second. */
		end += strcspn(end, " \n");
	}
	*text = end + (*end == ' ' || *end == '\n');
	return time;
}

/* "JOB NODE PID TIME" */
struct slurm_begin slurm_read_begin(const char *directory, const char *base, uint64_t job)
{
	struct slurm_begin begin = { .known = false };
	char text[256];
	const char *at = text;
	uint64_t its = 0, pid = 0;
	if (files_read(directory, base, ".beg", text, sizeof(text)) || !files_take_number(&at, &its))
		return begin;
	size_t length = strcspn(at, " \n");
	snprintf(begin.node, sizeof(begin.node), "%.*s", (int)length, at);
	at += length + (at[length] == ' ');
	bool whole = its == job && length > 0 && files_take_number(&at, &pid);
	begin.pid = (int64_t)pid;
	begin.at = whole ? slurm_take_time(&at) : 0;
	begin.known = begin.at > 0;
	return begin;
}

/* "JOB STATUS TERMINATED TIME"; steps of earlier servers wrote the first two */
struct slurm_end slurm_read_end(const char *directory, const char *base, uint64_t job)
{
	struct slurm_end end = { .known = false };
	char text[64];
	const char *at = text;
	uint64_t its = 0, status = 0, terminated = 0;
	if (files_read(directory, base, ".end", text, sizeof(text)) == 0 && files_take_number(&at, &its) &&
	    files_take_number(&at, &status))
		end.known = its == job && status <= 255;
	end.status = (int32_t)status;
	/* The signal may have come to the command first, and to the step when it had written this. */
	if (end.known && files_take_number(&at, &terminated))
		end.at = slurm_take_time(&at);
	end.terminated = terminated == 1 || status == 128 + SIGTERM || status == 128 + SIGKILL;
	return end;
}

void slurm_remove(const char *directory, const char *base, bool all)
{
	static const char *const suffixes[] = { ".job",     ".run",   ".beg", ".end", ".beg.new",
		                                ".end.new", ".slurm", ".out", ".err" };
	enum { SUFFIXES = sizeof(suffixes) / sizeof(*suffixes), SUFFIXES_OWN = 7 };
	char path[SLURM_PATH_SIZE];
	for (size_t i = 0; i < (all ? SUFFIXES : SUFFIXES_OWN); i++) {
		if (slurm_path(path, directory, base, suffixes[i]))
			unlink(path);
	}
}
