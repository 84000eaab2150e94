/*
 * Reads values of JSON on standard input, one in each line, for the tests.
 *
 *     json PATH...    prints for each object what is at the paths, as in {progress}{percentComplete} or {command}[0], with blanks
 *                     between them: texts without quotes, the items of lists likewise, true as 1 and false as 0, what is not
 *                     there as null
 *     json --keys     prints the keys of each object in their order, with commas between them
 *
 * The exit status is 1 if a line is not JSON, 2 for a path that cannot be meant.
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void print_value(const json_t *value)
{
	char *text;

	if (json_is_string(value)) {
		fputs(json_string_value(value), stdout);
	} else if (json_is_boolean(value)) {
		putchar(json_is_true(value) ? '1' : '0');
	} else if (json_is_real(value)) {
		printf("%.15g", json_real_value(value));
	} else if (!value) {
		fputs("null", stdout);
	} else {
		text = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT);
		fputs(text ? text : "", stdout);
		free(text);
	}
}

static void print_items(const json_t *value)
{
	if (!json_is_array(value)) {
		print_value(value);
		return;
	}
	for (size_t i = 0; i < json_array_size(value); i++) {
		if (i)
			putchar(' ');
		print_value(json_array_get(value, i));
	}
}

/* What is at the path; NULL: nothing. */
static const json_t *find(const json_t *value, const char *path)
{
	while (*path) {
		const char *end = strchr(path, *path == '{' ? '}' : ']');
		char key[256];

		if ((*path != '{' && *path != '[') || !end || (size_t)(end - path) > sizeof(key)) {
			fprintf(stderr, "json: '%s' is no path\n", path);
			exit(2);
		}
		snprintf(key, sizeof(key), "%.*s", (int)(end - path - 1), path + 1);
		value = *path == '{' ? json_object_get(value, key)
		                     : json_array_get(value, strtoul(key, NULL, 10));
		path = end + 1;
	}
	return value;
}

static void print_keys(const json_t *object)
{
	const char *separator = "";

	for (void *at = json_object_iter((json_t *)object); at;
	     at = json_object_iter_next((json_t *)object, at)) {
		printf("%s%s", separator, json_object_iter_key(at));
		separator = ",";
	}
}

int main(int argc, char **argv)
{
	char *line = NULL;
	size_t size = 0;
	ssize_t length;

	if (argc < 2)
		return 2;
	while ((length = getline(&line, &size, stdin)) > 0) {
		json_error_t error;
		json_t *value = json_loadb(line, (size_t)length, JSON_DECODE_ANY, &error);

		if (!value) {
			fprintf(stderr, "json: %s: %s", error.text, line);
			return 1;
		}
		if (strcmp(argv[1], "--keys") == 0)
			print_keys(value);
		for (int i = 1; i < argc && strcmp(argv[1], "--keys") != 0; i++) {
			if (i > 1)
				putchar(' ');
			print_items(find(value, argv[i]));
		}
		putchar('\n');
		json_decref(value);
	}
	free(line);
	return 0;
}
