/*
 * A list of byte strings in one block: each ended by a NUL, one after another.
 * Command lines and variables are kept, stored and sent in this form, since
 * their bytes need not be UTF-8.  Pure; any thread.
 */
#ifndef KRTASK_TASK_STRINGS_H
#define KRTASK_TASK_STRINGS_H

#include <stddef.h>

struct strings {
	char *block;   /* owned; NULL when empty */
	size_t length; /* bytes of block that are in use, the last is a NUL */
	size_t size;   /* bytes allocated */
};

#define STRINGS_INIT                                                                                         \
	{                                                                                                    \
		NULL, 0, 0                                                                                   \
	}

/* All return 0 or -ENOMEM.  On failure the list is unchanged. */
int strings_add(struct strings *list, const char *string);
/* Appends a string, which must not contain a NUL.  A NUL is added at its end. */
int strings_add_bytes(struct strings *list, const char *bytes, size_t length);
/* Replaces the content by the block, which must end in a NUL or be empty.  Otherwise -EINVAL. */
int strings_copy(struct strings *list, const char *block, size_t length);
/* The same without a copy: the block, which was malloc'ed, belongs to the list unless -EINVAL is returned. */
int strings_take(struct strings *list, char *block, size_t length);
/* Gives back the memory that the list has for more strings. */
void strings_fit(struct strings *list);
/* Appends the strings of the block, which must be as for strings_copy(). */
int strings_append(struct strings *list, const char *block, size_t length);

/* The string after this one.  For NULL, the first one.  NULL at the end. */
const char *strings_next(const struct strings *list, const char *string);
size_t strings_count(const struct strings *list);

/* The value of a variable in a list of NAME=VALUE; length is that of the name.  NULL: there is none. */
const char *strings_value(const struct strings *list, const char *name, size_t length);

/*
 * An array of count + extra + 1 pointers into block, ended by NULL, for execve.  The caller must free() only
 * the array.  NULL: out of memory.
 */
char **strings_vector(const struct strings *list, size_t extra);

void strings_release(struct strings *list);

/* *to becomes a copy (strdup(3)), or NULL for NULL.  0 or -ENOMEM. */
int string_copy(char **to, const char *from);

#endif
