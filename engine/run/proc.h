/*
 * Files of /proc, see proc(5).
 */
#ifndef KRTASK_RUN_PROC_H
#define KRTASK_RUN_PROC_H

#include <stddef.h>
#include <sys/types.h>

/* Reads a file that fits into buffer, whole, and ends it with a NUL.  The bytes, -ESRCH if the process is gone, or -errno. */
ssize_t proc_read(const char *path, char *buffer, size_t size);
/* The same for one of any length, malloc'ed. */
ssize_t proc_read_whole(const char *path, char **result);

/* A field of /proc/PID/stat by its number; 3 is the state.  text begins behind the name. */
const char *proc_field(const char *text, int number);
long proc_number(const char *text, int number);

#endif
