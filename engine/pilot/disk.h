/*
 * A thread that waits for the disk, so that tasks do not wait for it one after the other.
 *
 *     disk_open()       with the descriptors of a pilot's directory and log, which stay its owner's
 *     disk_sync()       asks that the log, or what was claimed, be on the disk; one question of each kind at a time
 *     disk_answer()     what has been answered; disk_fd() is readable then
 *     disk_close()
 *
 * What was claimed counts only if the directory still has its name when it is on the disk: another one means that the
 * server has taken it away, and may have listed it before.  A network filesystem may remember the old name, but not
 * once the directory above it was opened.
 */
#ifndef KRTASK_PILOT_DISK_H
#define KRTASK_PILOT_DISK_H

#include <pthread.h>
#include <stdbool.h>

enum disk_question {
	DISK_LOG = 'l',
	DISK_CLAIMS = 'c',
};

struct disk {
	const char *name; /* of the directory of the pilot, in the current one */
	int directory, log;
	int asked[2], answered[2]; /* pipes */
	pthread_t thread;
};

/* False: there is no thread. */
bool disk_open(struct disk *disk, const char *name, int directory, int log);
bool disk_sync(const struct disk *disk, enum disk_question question);
int disk_fd(const struct disk *disk);
/* False: there is no answer. */
bool disk_answer(const struct disk *disk, enum disk_question *question, bool *done);
/* When all that was asked is answered. */
void disk_close(struct disk *disk);

#endif
