/*
 * Error messages for people.  A message has no capital, no full stop, and no name of a program.
 */
#ifndef KRTASK_TASK_ERROR_H
#define KRTASK_TASK_ERROR_H

/*
 * Sets *error to a new message (printf(3)), which the caller must free().  It becomes NULL if memory runs
 * out. error may be NULL.  Returns result.
 */
int error_set(char **error, int result, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* The same, and frees the message that *error was before, if any. */
int error_replace(char **error, int result, const char *format, ...) __attribute__((format(printf, 3, 4)));

#endif
