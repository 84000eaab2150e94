#include "tests/unit/parsed_line.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/unit.h"
#include "tui/cli/context.h"

struct context context;
struct invocation inv;
struct words words;
char *parse_error;

void setup(void)
{
	context_init(&context);
	invocation_init(&inv, &context);
}

void teardown(void)
{
	free(parse_error);
	parse_error = NULL;
	words_release(&words);
	invocation_release(&inv);
	arguments_release(&context.defaults);
}

int parse(const char *line)
{
	static char copy[512];
	char *rest = copy, *word;
	size_t at;

	snprintf(copy, sizeof(copy), "%s", line);
	words_clear(&words);
	while ((word = strsep(&rest, " ")))
		words_add_text(&words, strcmp(word, "_") == 0 ? "" : word);
	return invocation_parse(&inv, words.items, words.count, &parse_error, &at);
}

void parse_well(const char *line, const char *name)
{
	int result = parse(line);

	ck_assert_msg(result == 0, "%s: %s", line, parse_error ? parse_error : "");
	ck_assert_ptr_nonnull(inv.command);
	ck_assert_str_eq(inv.command->name, name);
}
