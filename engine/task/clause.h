/*
 * Clauses for people, made where something went wrong: what is to be said, without the name of the program.
 */
#ifndef KRTASK_TASK_CLAUSE_H
#define KRTASK_TASK_CLAUSE_H

/*
 * *error becomes a new clause (printf(3)), which its owner free()s; NULL: out of memory.  error may be NULL.
 * Returns result.
 */
int clause_set(char **error, int result, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* The same in place of the clause that *error has, if any. */
int clause_replace(char **error, int result, const char *format, ...) __attribute__((format(printf, 3, 4)));

#endif
