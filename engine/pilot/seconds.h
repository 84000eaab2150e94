/* A time as squeue says it. */
#ifndef KRTASK_PILOT_SECONDS_H
#define KRTASK_PILOT_SECONDS_H

#include <stdint.h>

/* "1-02:03:04", "03:04", or a word: seconds.  -1: it has no end. */
int64_t seconds_read(const char *text);

#endif
