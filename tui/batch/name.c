#include "tui/batch/name.h"

#include <stdbool.h>
#include <strings.h>

size_t name_length(const char *text, size_t length)
{
	size_t n = 0;

	while (n < length) {
		char c = text[n];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
		      (n > 0 && c >= '0' && c <= '9')))
			break;
		n++;
	}
	return n;
}

size_t name_reference(const char *text, size_t length, size_t *name, size_t *name_size)
{
	bool braces = length > 1 && text[1] == '{';
	size_t end;

	if (length < 2 || text[0] != '$')
		return 0;
	*name = braces ? 2 : 1;
	*name_size = name_length(text + *name, length - *name);
	end = *name + *name_size;
	if (*name_size == 0 || (braces && (end >= length || text[end] != '}')))
		return 0;
	return end + braces;
}

size_t name_of_environment(const char *name, size_t left, size_t length)
{
	size_t more;

	if (length != 3 || strncasecmp(name, "env", 3) != 0 || left <= 4 || name[3] != ':')
		return length;
	more = name_length(name + 4, left - 4);
	return more ? 4 + more : length;
}
