/*
 * Memory for the front end.  If memory runs out, the program ends with a message.  Nothing is lost, since the
 * server has all the data.
 */
#ifndef KRTASK_TUI_TEXT_ALLOC_H
#define KRTASK_TUI_TEXT_ALLOC_H

#include <stdarg.h>
#include <stddef.h>

#include "engine/task/strings.h"

/* The same as calloc(3), strdup(3), asprintf(3) and vasprintf(3), but they never fail. */
void *alloc_zero(size_t count, size_t size);
char *alloc_string(const char *string); /* NULL for NULL */
char *alloc_format(const char *format, ...) __attribute__((format(printf, 1, 2)));
char *alloc_format_list(const char *format, va_list arguments) __attribute__((format(printf, 1, 0)));
/* The same as strings_add(), but it never fails. */
void alloc_add(struct strings *list, const char *string);
/* Returns the argument, which another function has allocated.  Ends the program if it is NULL. */
char *alloc_checked(char *string);
/* Used by alloc_room() when there is not enough room. */
void *alloc_grow(void *items, size_t *size, size_t need, size_t item);
/*
 * A growing array.  Returns the items, moved if necessary, with room for at least `need` of them.  *size is
 * the number of items that there is room for.  An empty array is NULL, with the size 0.
 */
static inline void *alloc_room(void *items, size_t *size, size_t need, size_t item)
{
	return need <= *size ? items : alloc_grow(items, size, need, item);
}

/* The exit status then: it is not known what came of what the program was to do. */
enum { ALLOC_FAILED = 125 };

/* Prints a message, and ends the program at once: what was to be printed is not, not even in part. */
_Noreturn void alloc_failed(void);

#endif
