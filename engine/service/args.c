#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/service/service.h"

static const json_t *args_get(const struct args *args, const char *key)
{
	const json_t *value = json_object_get(args->parameters, key);
	return json_is_null(value) ? NULL : value;
}

bool args_has(const struct args *args, const char *key)
{
	return args_get(args, key) != NULL;
}

/* A NUL inside a string would cut it short without an error. */
const char *args_item(const json_t *item)
{
	const char *text = json_string_value(item);
	return text && strlen(text) == json_string_length(item) ? text : NULL;
}

void args_fail(struct args *args, const char *key)
{
	if (!args->bad)
		args->bad = key;
}

const char *args_string(struct args *args, const char *key)
{
	const json_t *value = args_get(args, key);
	const char *text = args_item(value);
	if (value && !text)
		args_fail(args, key);
	return text;
}

char *args_copy(struct args *args, const char *key)
{
	char *copy;
	args_took(args, key, string_copy(&copy, args_string(args, key)));
	return copy;
}

int64_t args_int(struct args *args, const char *key, int64_t otherwise)
{
	const json_t *value = args_get(args, key);
	if (!value)
		return otherwise;
	if (!json_is_integer(value))
		args_fail(args, key);
	return json_integer_value(value);
}

int64_t args_count(struct args *args, const char *key, int64_t most, int64_t otherwise)
{
	int64_t count = args_int(args, key, otherwise);
	if (args_get(args, key) && (count < 0 || count > most))
		args_fail(args, key);
	return count;
}

int64_t args_within(struct args *args, const char *key, int64_t least, int64_t most)
{
	int64_t value = args_int(args, key, 0);
	if (value < least || value > most)
		args_fail(args, key);
	return value;
}

double args_number(struct args *args, const char *key, double otherwise)
{
	const json_t *value = args_get(args, key);
	if (!value)
		return otherwise;
	if (!json_is_number(value))
		args_fail(args, key);
	return json_number_value(value);
}

bool args_bool(struct args *args, const char *key)
{
	const json_t *value = args_get(args, key);
	if (value && !json_is_boolean(value))
		args_fail(args, key);
	return json_is_true(value);
}

const json_t *args_array(struct args *args, const char *key)
{
	const json_t *value = args_get(args, key);
	if (value && !json_is_array(value))
		args_fail(args, key);
	return json_is_array(value) ? value : NULL;
}

void args_took(struct args *args, const char *key, int error)
{
	if (error == -ENOMEM)
		args->no_memory = true;
	else if (error)
		args_fail(args, key);
}

bool args_failed(struct args *args, struct wire_call *call, const char *const *required)
{
	for (; required && !args->bad && *required; required++) {
		if (!args_get(args, *required))
			args->bad = *required;
	}
	if (call && args->no_memory)
		fail_memory(call);
	else if (call && args->bad)
		wire_invalid(call, args->bad);
	return args->no_memory || args->bad;
}

bool args_block(struct args *args, const char *key, struct strings *list)
{
	const char *base64 = args_string(args, key);
	if (!base64)
		return false;
	void *bytes;
	size_t count;
	int error = base64_decode(base64, strlen(base64), &bytes, &count);
	if (!error && strings_take(list, bytes, count)) {
		free(bytes);
		error = -EINVAL;
	}
	args_took(args, key, error);
	return true;
}
