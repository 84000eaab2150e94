#include "engine/wire/clause.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

int clause(char **error, int result, const char *format, ...)
{
	va_list arguments;
	char *text;
	int length;

	if (!error)
		return result;
	va_start(arguments, format);
	length = vasprintf(&text, format, arguments);
	va_end(arguments);
	free(*error);
	*error = length < 0 ? NULL : text;
	return result;
}
