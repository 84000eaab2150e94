/* Clauses for the user, made where something went wrong.  Private to this folder. */
#ifndef KRTASK_WIRE_CLAUSE_H
#define KRTASK_WIRE_CLAUSE_H

/*
 * Puts a new clause (printf) in place of *error, which may be NULL and is free()d by its owner; returns
 * result.
 */
int clause(char **error, int result, const char *format, ...) __attribute__((format(printf, 3, 4)));

#endif
