/*
 * How much of the disk the output of tasks takes.  Any thread; it may take a while.
 */
#ifndef KRTASK_RUN_SIZES_H
#define KRTASK_RUN_SIZES_H

#include <stddef.h>
#include <stdint.h>

struct sizes_entry {
	uint64_t number; /* of the task */
	uint64_t bytes;
};

struct sizes {
	struct sizes_entry *entries; /* owned; by number, each once */
	size_t count, size;
	uint64_t total; /* also of what runs */
};

/* Reads DIRECTORY/log.  0 or -errno; the usage must be released in both cases. */
int sizes_read(struct sizes *usage, const char *directory);
uint64_t sizes_of(const struct sizes *usage, uint64_t number);
void sizes_release(struct sizes *usage);

#endif
