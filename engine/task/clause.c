#include "engine/task/clause.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

__attribute__((format(printf, 1, 0))) static char *clause_make(const char *format, va_list arguments)
{
	char *text;

	return vasprintf(&text, format, arguments) < 0 ? NULL : text;
}

int clause_set(char **error, int result, const char *format, ...)
{
	va_list arguments;

	if (!error)
		return result;
	va_start(arguments, format);
	*error = clause_make(format, arguments);
	va_end(arguments);
	return result;
}

int clause_replace(char **error, int result, const char *format, ...)
{
	va_list arguments;
	char *text;

	if (!error)
		return result;
	va_start(arguments, format);
	text = clause_make(format, arguments);
	va_end(arguments);
	free(*error); /* the new clause may contain the old one */
	*error = text;
	return result;
}
