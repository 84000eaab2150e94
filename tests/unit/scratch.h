/* A directory for tests that need files.  scratch_make() makes it, and scratch_remove() removes it. */
#ifndef KRTASK_TESTS_SCRATCH_H
#define KRTASK_TESTS_SCRATCH_H

#include <sys/types.h>

/* Both serve as functions of a checked fixture. */
void scratch_make(void);
void scratch_remove(void);

/* Return the directory's path, and the path of a name in it.  Each is valid for the next seven calls. */
const char *scratch_path(const char *name);

/* Makes a file with this content and mode, whatever the umask. */
void scratch_write(const char *name, const char *content, mode_t mode);
void scratch_write_bytes(const char *name, const char *content, size_t length, mode_t mode);

/* Returns how many descriptors this process has open. */
int scratch_descriptors(void);

#endif
