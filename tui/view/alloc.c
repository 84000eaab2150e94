#include "tui/view/alloc.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void *alloc_zero(size_t count, size_t size)
{
	void *block = calloc(count ? count : 1, size ? size : 1);

	if (!block)
		abort();
	return block;
}

void *alloc_resize(void *block, size_t count, size_t size)
{
	void *bigger = reallocarray(block, count ? count : 1, size ? size : 1);

	if (!bigger)
		abort();
	return bigger;
}

char *alloc_string(const char *string)
{
	return string ? alloc_checked(strdup(string)) : NULL;
}

char *alloc_format(const char *format, ...)
{
	char *string = NULL;
	va_list args;
	int length;

	va_start(args, format);
	length = vasprintf(&string, format, args);
	va_end(args);
	if (length < 0)
		abort();
	return string;
}

char *alloc_checked(char *string)
{
	if (!string)
		abort();
	return string;
}
