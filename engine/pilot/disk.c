#include "config.h"

#include "engine/pilot/disk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

/* What an answer adds to its question if that could not be done. */
enum { DISK_FAILED = 0x80 };

static bool disk_is_ours(const struct disk *disk)
{
	struct stat named, opened;
	DIR *above = opendir(".");
	if (!above)
		return false;
	closedir(above);
	return stat(disk->name, &named) == 0 && fstat(disk->directory, &opened) == 0 &&
	       named.st_ino == opened.st_ino && named.st_dev == opened.st_dev;
}

static void *disk_work(void *ctx)
{
	const struct disk *disk = ctx;
	unsigned char question;
	while (read(disk->asked[0], &question, 1) == 1) {
		bool done = question == DISK_LOG ? fdatasync(disk->log) == 0
		                                 : fsync(disk->directory) == 0 && disk_is_ours(disk);
		question |= done ? 0 : DISK_FAILED;
		if (write(disk->answered[1], &question, 1) != 1)
			break;
	}
	return NULL;
}

static void disk_close_pipe(const int pipe[2])
{
	close(pipe[0]);
	close(pipe[1]);
}

bool disk_open(struct disk *disk, const char *name, int directory, int log)
{
	sigset_t all, before;
	disk->name = name;
	disk->directory = directory;
	disk->log = log;
	if (pipe2(disk->asked, O_CLOEXEC))
		return false;
	if (pipe2(disk->answered, O_CLOEXEC)) {
		disk_close_pipe(disk->asked);
		return false;
	}
	(void)fcntl(disk->answered[0], F_SETFL, O_NONBLOCK);
	/* Signals are for the loop. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	int error = pthread_create(&disk->thread, NULL, disk_work, disk);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (error) {
		disk_close_pipe(disk->asked);
		disk_close_pipe(disk->answered);
	}
	return error == 0;
}

bool disk_sync(const struct disk *disk, enum disk_question question)
{
	unsigned char byte = (unsigned char)question;
	return write(disk->asked[1], &byte, 1) == 1;
}

int disk_fd(const struct disk *disk)
{
	return disk->answered[0];
}

bool disk_answer(const struct disk *disk, enum disk_question *question, bool *done)
{
	unsigned char byte;
	if (read(disk->answered[0], &byte, 1) != 1)
		return false;
	*question = (enum disk_question)(byte & ~DISK_FAILED);
	*done = (byte & DISK_FAILED) == 0;
	return true;
}

void disk_close(struct disk *disk)
{
	close(disk->asked[1]);
	pthread_join(disk->thread, NULL);
	close(disk->asked[0]);
	disk_close_pipe(disk->answered);
}
