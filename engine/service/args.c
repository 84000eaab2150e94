#include "config.h"

#include <string.h>

#include "engine/service/service.h"

static const json_t *get(const struct args *args, const char *key)
{
	const json_t *value = json_object_get(args->parameters, key);
	return json_is_null(value) ? NULL : value;
}

const char *args_string(struct args *args, const char *key)
{
	const json_t *value = get(args, key);
	if (value && !json_is_string(value))
		args->bad = key;
	/* A NUL inside would cut it short unseen. */
	if (json_is_string(value) && strlen(json_string_value(value)) != json_string_length(value))
		args->bad = key;
	return json_string_value(value);
}

int64_t args_int(struct args *args, const char *key, int64_t otherwise)
{
	const json_t *value = get(args, key);
	if (!value)
		return otherwise;
	if (!json_is_integer(value))
		args->bad = key;
	return json_integer_value(value);
}

double args_number(struct args *args, const char *key, double otherwise)
{
	const json_t *value = get(args, key);
	if (!value)
		return otherwise;
	if (!json_is_number(value))
		args->bad = key;
	return json_number_value(value);
}

bool args_bool(struct args *args, const char *key)
{
	const json_t *value = get(args, key);
	if (value && !json_is_boolean(value))
		args->bad = key;
	return json_is_true(value);
}

const json_t *args_array(struct args *args, const char *key)
{
	const json_t *value = get(args, key);
	if (value && !json_is_array(value))
		args->bad = key;
	return json_is_array(value) ? value : NULL;
}

bool args_refused(struct args *args, struct wire_call *call, const char *const *required)
{
	for (; !args->bad && *required; required++) {
		if (!get(args, *required))
			args->bad = *required;
	}
	if (args->bad)
		wire_invalid(call, args->bad);
	return args->bad != NULL;
}
