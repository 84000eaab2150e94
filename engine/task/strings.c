#include "engine/task/strings.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "engine/task/array.h"

static int strings_reserve(struct strings *list, size_t more)
{
	char *block;

	if (more > SIZE_MAX / 2 - list->length)
		return -ENOMEM;
	block = array_grow(list->block, &list->size, list->length + more, 1);
	if (!block)
		return -ENOMEM;
	list->block = block;
	return 0;
}

int strings_add(struct strings *list, const char *string)
{
	return strings_add_bytes(list, string, strlen(string));
}

int strings_add_bytes(struct strings *list, const char *bytes, size_t length)
{
	if (length == SIZE_MAX || strings_reserve(list, length + 1) < 0)
		return -ENOMEM;
	if (length)
		memcpy(list->block + list->length, bytes, length);
	list->block[list->length + length] = '\0';
	list->length += length + 1;
	return 0;
}

int strings_append(struct strings *list, const char *block, size_t length)
{
	if (length && block[length - 1] != '\0')
		return -EINVAL;
	if (length && strings_reserve(list, length) < 0)
		return -ENOMEM;
	if (length)
		memcpy(list->block + list->length, block, length);
	list->length += length;
	return 0;
}

int strings_copy(struct strings *list, const char *block, size_t length)
{
	char *copy = NULL;

	if (length && block[length - 1] != '\0')
		return -EINVAL;
	if (length) {
		copy = malloc(length);
		if (!copy)
			return -ENOMEM;
		memcpy(copy, block, length);
	}
	free(list->block);
	*list = (struct strings){ .block = copy, .length = length, .size = length };
	return 0;
}

int strings_take(struct strings *list, char *block, size_t length)
{
	if (length && block[length - 1] != '\0')
		return -EINVAL;
	free(list->block);
	*list = (struct strings){ .block = block, .length = length, .size = length };
	return 0;
}

void strings_fit(struct strings *list)
{
	char *block =
		list->length > 0 && list->size > list->length ? realloc(list->block, list->length) : NULL;

	if (!block)
		return;
	list->block = block;
	list->size = list->length;
}

const char *strings_next(const struct strings *list, const char *string)
{
	const char *next = string ? string + strlen(string) + 1 : list->block;

	return list->length && next < list->block + list->length ? next : NULL;
}

size_t strings_count(const struct strings *list)
{
	size_t count = 0;

	for (const char *string = NULL; (string = strings_next(list, string));)
		count++;
	return count;
}

const char *strings_value(const struct strings *list, const char *name, size_t length)
{
	for (const char *string = NULL; (string = strings_next(list, string));) {
		if ((length == 0 || *string == *name) && strncmp(string, name, length) == 0 &&
		    string[length] == '=')
			return string + length + 1;
	}
	return NULL;
}

char **strings_vector(const struct strings *list, size_t extra)
{
	size_t count = strings_count(list);

	if (extra > SIZE_MAX / sizeof(char *) - count - 1)
		return NULL;
	char **vector = calloc(count + extra + 1, sizeof(*vector));
	if (!vector)
		return NULL;

	/* execve(2) takes char *const[], so this uses the list's own block, which is not const */
	char *string = list->block;
	for (size_t i = 0; i < count; i++) {
		vector[i] = string;
		string += strlen(string) + 1;
	}
	return vector;
}

void strings_release(struct strings *list)
{
	free(list->block);
	*list = (struct strings)STRINGS_INIT;
}

int string_copy(char **to, const char *from)
{
	*to = from ? strdup(from) : NULL;
	return from && !*to ? -ENOMEM : 0;
}
