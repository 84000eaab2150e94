/*
 * Memory for the front end, where running out of it ends the program: nothing is lost, since the server holds
 * everything.
 */
#ifndef KRTASK_TUI_VIEW_ALLOC_H
#define KRTASK_TUI_VIEW_ALLOC_H

#include <stddef.h>

/* As calloc(3), realloc(3), strdup(3) and asprintf(3), but they abort(3) instead of failing. */
void *alloc_zero(size_t count, size_t size);
void *alloc_resize(void *block, size_t count, size_t size);
char *alloc_string(const char *string); /* NULL gives NULL */
char *alloc_format(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* What some other function allocated: aborts if it is NULL. */
char *alloc_checked(char *string);

#endif
