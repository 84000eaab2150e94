#include "engine/task/devices.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/task/error.h"
#include "engine/task/messages.h"
#include "engine/task/utf8.h"

static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789";
static const char digits[] = "0123456789";

bool device_set_empty(const struct device_set *set)
{
	uint64_t any = 0;

	for (int i = 0; i < DEVICES_WORDS; i++)
		any |= set->words[i];
	return any == 0;
}

size_t devices_variable(const char *list)
{
	return strcspn(list, "=");
}

/* Variables of ours are not given away. */
static bool devices_variable_is_valid(const char *text, size_t length)
{
	return length > 0 && strspn(text, letters) == length && !strchr(digits, text[0]) &&
	       (length < 7 || strncmp(text, "KRTASK_", 7) != 0);
}

/* The next name, or the end of the list. */
static const char *devices_next(const char *name)
{
	name += strcspn(name, ",");
	return *name ? name + 1 : NULL;
}

/* "2-5": both numbers.  Other texts with a dash are names. */
static bool devices_is_range(const char *name, size_t length, unsigned long *first, unsigned long *last)
{
	size_t before = strspn(name, digits), after;

	if (before == 0 || before > 9 || name[before] != '-')
		return false;
	after = strspn(name + before + 1, digits);
	if (after == 0 || after > 9 || before + 1 + after != length)
		return false;
	*first = strtoul(name, NULL, 10);
	*last = strtoul(name + before + 1, NULL, 10);
	return true;
}

struct growing {
	char *text;
	size_t length, count;
};

static bool devices_add(struct growing *list, const char *name, size_t length)
{
	if (length == 0 || list->count == DEVICES_MAX || list->length + length + 2 > DEVICES_TEXT_MAX)
		return false;
	if (list->count++ > 0)
		list->text[list->length++] = ',';
	memcpy(list->text + list->length, name, length);
	list->length += length;
	list->text[list->length] = '\0';
	return true;
}

static bool devices_add_range(struct growing *list, unsigned long first, unsigned long last)
{
	char number[24];

	if (last < first || last - first >= DEVICES_MAX)
		return false;
	for (; first <= last; first++) {
		int length = snprintf(number, sizeof(number), "%lu", first);
		if (!devices_add(list, number, (size_t)length))
			return false;
	}
	return true;
}

static bool devices_is_plain(const char *text)
{
	for (const char *at = text; *at; at++)
		if ((unsigned char)*at <= ' ' || *at == 0x7f)
			return false;
	return utf8_valid(text, strlen(text));
}

static bool devices_fill(struct growing *list, const char *text)
{
	size_t variable = strcspn(text, "=");
	unsigned long first, last;

	if (text[variable] != '=' || variable + 2 > DEVICES_TEXT_MAX ||
	    !devices_variable_is_valid(text, variable) || !devices_is_plain(text))
		return false;
	memcpy(list->text, text, variable + 1);
	list->length = variable + 1;
	for (const char *name = text + variable + 1; name; name = devices_next(name)) {
		size_t length = strcspn(name, ",");
		bool added = devices_is_range(name, length, &first, &last)
		                     ? devices_add_range(list, first, last)
		                     : devices_add(list, name, length);
		if (!added)
			return false;
	}
	return true;
}

int devices_parse(const char *text, char **list, char **error)
{
	struct growing growing = { .text = malloc(DEVICES_TEXT_MAX) };

	if (!growing.text)
		return -ENOMEM;
	if (!devices_fill(&growing, text)) {
		free(growing.text);
		return error_set(error, -EINVAL, MSG_DEVICES_INVALID, text, DEVICES_MAX);
	}
	*list = strdup(growing.text);
	free(growing.text);
	return *list ? 0 : -ENOMEM;
}

unsigned devices_count(const char *list)
{
	unsigned count = 0;

	for (const char *name = list ? list + devices_variable(list) + 1 : NULL; name;
	     name = devices_next(name))
		count++;
	return count;
}

const char *devices_name(const char *list, unsigned place, size_t *length)
{
	const char *name = list + devices_variable(list) + 1;

	while (name && place-- > 0)
		name = devices_next(name);
	if (name)
		*length = strcspn(name, ",");
	return name;
}

char *devices_assign(const char *list, const struct device_set *set)
{
	size_t variable = devices_variable(list) + 1;
	struct growing assigned = { .text = malloc(strlen(list) + 1), .length = variable };
	unsigned place = 0;

	if (!assigned.text)
		return NULL;
	memcpy(assigned.text, list, variable);
	assigned.text[variable] = '\0';
	for (const char *name = list + variable; name && place < DEVICES_MAX;
	     name = devices_next(name), place++)
		if (device_set_has(set, place))
			(void)devices_add(&assigned, name, strcspn(name, ","));
	return assigned.text;
}

/* A name that stands in the list twice may be meant twice. */
static void devices_match_one(const char *list, const char *wanted, size_t length, struct device_set *set)
{
	unsigned place = 0;
	size_t size;

	for (const char *name; place < DEVICES_MAX && (name = devices_name(list, place, &size)); place++) {
		if (size == length && memcmp(name, wanted, size) == 0 && !device_set_has(set, place)) {
			device_set_add(set, place);
			return;
		}
	}
}

void devices_match(const char *list, const char *names, struct device_set *set)
{
	*set = (struct device_set){ { 0 } };
	for (const char *name = names; name; name = devices_next(name))
		devices_match_one(list, name, strcspn(name, ","), set);
}
