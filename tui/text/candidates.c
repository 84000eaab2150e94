#include "tui/text/candidates.h"

#include <ctype.h>
#include <strings.h>

bool candidates_compare(struct candidates *candidates, const char *name, size_t size, int id)
{
	const struct candidates *c = candidates;

	if (size < c->length)
		return false;
	if (c->any_case ? strncasecmp(name, c->text, c->length) != 0 : strncmp(name, c->text, c->length) != 0)
		return false;
	if (candidates->whole)
		return false;
	candidates->whole = size == candidates->length;
	candidates->found = id;
	candidates->prefixes++;
	return candidates->whole;
}

int candidates_found(const struct candidates *candidates)
{
	if (candidates->length == 0)
		return CANDIDATES_NONE;
	return candidates->whole || candidates->prefixes < 2 ? candidates->found : CANDIDATES_MANY;
}

void candidates_list(struct text *list, const char *mark, const char *name)
{
	if (list->length)
		text_add_string(list, ", ");
	text_add_string(list, mark);
	text_add_string(list, name);
}

bool candidates_answer(const char *text, char letter, const char *label)
{
	size_t length;

	while (isspace((unsigned char)*text))
		text++;
	length = strlen(text);
	while (length > 0 && isspace((unsigned char)text[length - 1]))
		length--;
	if (length == 1 && toupper((unsigned char)*text) == toupper((unsigned char)letter))
		return true;
	return length == strlen(label) && strncasecmp(text, label, length) == 0;
}
