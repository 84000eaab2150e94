#include "tests/unit/loop_memory.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

/* The linker requires these names. */
/* NOLINTBEGIN(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp) */
void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *block, size_t size);
char *__real_strdup(const char *string);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *block, size_t size);
char *__wrap_strdup(const char *string);
int __wrap_asprintf(char **string, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Allocations of the loop's thread while it serves, and the number of the one that fails; 0: none. */
static __thread unsigned long allocations, failing;
static __thread bool serving;

void loop_memory_serve(bool serves)
{
	serving = serves;
}

void loop_memory_begin(unsigned long at)
{
	allocations = 0;
	failing = at;
}

unsigned long loop_memory_end(void)
{
	failing = 0;
	return allocations;
}

static bool allocation_fails(void)
{
	return serving && ++allocations == failing;
}

void *__wrap_malloc(size_t size)
{
	return allocation_fails() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
	return allocation_fails() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *block, size_t size)
{
	return allocation_fails() ? NULL : __real_realloc(block, size);
}

char *__wrap_strdup(const char *string)
{
	return allocation_fails() ? NULL : __real_strdup(string);
}

int __wrap_asprintf(char **string, const char *format, ...)
{
	va_list arguments;
	int length = -1;

	va_start(arguments, format);
	if (!allocation_fails())
		length = vasprintf(string, format, arguments);
	va_end(arguments);
	return length;
}
/* NOLINTEND(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp) */
