#include "tui/text/alloc.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/task/array.h"
#include "tui/text/messages.h"

_Noreturn void alloc_failed(void)
{
	struct sigaction action;

	fputs("krtask: " MSG_OUT_OF_MEMORY "\n", stderr);
	/* The screen sets its terminal right on that signal.  Elsewhere it would be taken for that of a task. */
	if (sigaction(SIGABRT, NULL, &action) == 0 && action.sa_handler != SIG_DFL)
		abort();
	_exit(ALLOC_FAILED);
}

void *alloc_zero(size_t count, size_t size)
{
	void *block = calloc(count ? count : 1, size ? size : 1);

	if (!block)
		alloc_failed();
	return block;
}

void *alloc_grow(void *items, size_t *size, size_t need, size_t item)
{
	items = array_grow(items, size, need, item);
	if (!items)
		alloc_failed();
	return items;
}

char *alloc_string(const char *string)
{
	return string ? alloc_checked(strdup(string)) : NULL;
}

char *alloc_format(const char *format, ...)
{
	va_list arguments;
	char *string;

	va_start(arguments, format);
	string = alloc_format_list(format, arguments);
	va_end(arguments);
	return string;
}

char *alloc_format_list(const char *format, va_list arguments)
{
	char *string = NULL;

	if (vasprintf(&string, format, arguments) < 0)
		alloc_failed();
	return string;
}

void alloc_add(struct strings *list, const char *string)
{
	if (strings_add(list, string) < 0)
		alloc_failed();
}

char *alloc_checked(char *string)
{
	if (!string)
		alloc_failed();
	return string;
}
