/*
 * Names of variables.  Pure.
 */
#ifndef KRTASK_TUI_BATCH_NAME_H
#define KRTASK_TUI_BATCH_NAME_H

#include <stddef.h>

/* The bytes of a name at the beginning of the text; 0: there is none. */
size_t name_length(const char *text, size_t length);
/* "$name" or "${name}" at the beginning: its bytes, and where in them its name is; 0: there is none. */
size_t name_reference(const char *text, size_t length, size_t *name, size_t *name_size);
/* As name_length() for "env:NAME", which is a name too.  length: what name_length() has said of the `left` bytes. */
size_t name_of_environment(const char *name, size_t left, size_t length);

#endif
