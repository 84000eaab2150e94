#include "engine/task/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

__attribute__((format(printf, 1, 0))) static char *error_make(const char *format, va_list arguments)
{
	char *text;

	return vasprintf(&text, format, arguments) < 0 ? NULL : text;
}

int error_set(char **error, int result, const char *format, ...)
{
	va_list arguments;

	if (!error)
		return result;
	va_start(arguments, format);
	*error = error_make(format, arguments);
	va_end(arguments);
	return result;
}

int error_replace(char **error, int result, const char *format, ...)
{
	va_list arguments;
	char *text;

	if (!error)
		return result;
	va_start(arguments, format);
	text = error_make(format, arguments);
	va_end(arguments);
	free(*error); /* the new message may contain the old one */
	*error = text;
	return result;
}
