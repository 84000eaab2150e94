/*
 * Tasks of the core of bare_core.h that are tried again.
 */
#ifndef KRTASK_TESTS_TRIED_H
#define KRTASK_TESTS_TRIED_H

#include <stdint.h>

#include "engine/task/task.h"

void setup_retries(void);
/* Its first attempt runs, and everything is durable. */
struct task *make_tried(const char *id);
void check_waits(const struct task *task, uint32_t attempt);

#endif
