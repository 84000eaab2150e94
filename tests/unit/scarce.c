#include "tests/unit/scarce.h"

#include <errno.h>
#include <stdatomic.h>
#include <stddef.h>
#include <sys/mman.h>

/* The linker gives these names (--wrap) to the function that the code calls and to the original. */
/* NOLINTBEGIN(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp) */
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *memory, size_t size);
char *__wrap_strdup(const char *text);
void *__wrap_mmap(void *address, size_t size, int protection, int flags, int fd, off_t offset);
void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *memory, size_t size);
char *__real_strdup(const char *text);
void *__real_mmap(void *address, size_t size, int protection, int flags, int fd, off_t offset);

/* The code under test allocates in other threads too. */
static atomic_long left = -1;
static atomic_bool failed, once;

void scarce_after(long count)
{
	left = count;
	failed = once = false;
}

void scarce_once(long count)
{
	left = count;
	failed = false;
	once = true;
}

bool scarce_failed(void)
{
	return failed;
}

bool scarce_end(void)
{
	left = -1;
	return failed;
}

static bool scarce_take(void)
{
	long before = left;
	while (before > 0 && !atomic_compare_exchange_weak(&left, &before, before - 1))
		continue;
	if (before != 0)
		return true;
	failed = true;
	if (once)
		left = -1;
	errno = ENOMEM;
	return false;
}

void *__wrap_malloc(size_t size)
{
	return scarce_take() ? __real_malloc(size) : NULL;
}

void *__wrap_calloc(size_t count, size_t size)
{
	return scarce_take() ? __real_calloc(count, size) : NULL;
}

void *__wrap_realloc(void *memory, size_t size)
{
	return scarce_take() ? __real_realloc(memory, size) : NULL;
}

char *__wrap_strdup(const char *text)
{
	return scarce_take() ? __real_strdup(text) : NULL;
}

void *__wrap_mmap(void *address, size_t size, int protection, int flags, int fd, off_t offset)
{
	return scarce_take() ? __real_mmap(address, size, protection, flags, fd, offset) : MAP_FAILED;
}
/* NOLINTEND(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp) */
