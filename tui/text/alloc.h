/*
 * Memory for the front end, where running out of it ends the program after a message: nothing is lost, since
 * the server holds everything.
 */
#ifndef KRTASK_TUI_TEXT_ALLOC_H
#define KRTASK_TUI_TEXT_ALLOC_H

#include <stdarg.h>
#include <stddef.h>

#include "engine/task/strings.h"

/* As calloc(3), strdup(3), asprintf(3) and vasprintf(3), but they never fail. */
void *alloc_zero(size_t count, size_t size);
char *alloc_string(const char *string); /* NULL gives NULL */
char *alloc_format(const char *format, ...) __attribute__((format(printf, 1, 2)));
char *alloc_format_list(const char *format, va_list arguments) __attribute__((format(printf, 1, 0)));
/* strings_add() that never fails. */
void alloc_add(struct strings *list, const char *string);
/* What some other function allocated, if it is not NULL. */
char *alloc_checked(char *string);
/* alloc_room() where there is none. */
void *alloc_grow(void *items, size_t *size, size_t need, size_t item);
/*
 * A growing array: the items, where need be moved to where there is room for need of them; *size is for how
 * many there is room. An empty array is NULL and 0.
 */
static inline void *alloc_room(void *items, size_t *size, size_t need, size_t item)
{
	return need <= *size ? items : alloc_grow(items, size, need, item);
}

/* Says so, and aborts. */
_Noreturn void alloc_failed(void);

#endif
