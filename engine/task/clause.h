/*
 * Error messages for people: clauses, without the name of the program.
 */
#ifndef KRTASK_TASK_CLAUSE_H
#define KRTASK_TASK_CLAUSE_H

/*
 * Sets *error to a new clause (printf(3)), which the caller must free(); NULL: out of memory.  error
 * may be NULL.  Returns result.
 */
int clause_set(char **error, int result, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* The same, and frees the clause that *error was before, if any. */
int clause_replace(char **error, int result, const char *format, ...) __attribute__((format(printf, 3, 4)));

#endif
