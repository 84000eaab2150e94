/*
 * Texts without regard to case, in every script: characters are compared in lower case as the locale C.UTF-8 has them, whatever
 * that of the process is.  Bytes that are not UTF-8 stand for themselves.  Any thread.
 */
#ifndef KRTASK_TASK_CASELESS_H
#define KRTASK_TASK_CASELESS_H

#include <stdint.h>

/* Returns the next character in lower case, and moves *at behind it.  *at is not at the end of its text. */
uint32_t caseless_next(const char **at);

/* 1 if part is somewhere in text, where the empty one always is; 0 if not; -ENOMEM.  The time is linear in both. */
int caseless_has(const char *text, const char *part);

#endif
