/*
 * Any bytes, split at newlines, as the words of a command line.  Both syntaxes must accept them or return a
 * message.
 */
#include "tui/cli/command.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tui/cli/context.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Reads all bound texts and lists to their ends, so that a sanitizer finds those that were freed. */
static size_t measure(const struct arguments *arguments)
{
	const struct words *lists[] = { &arguments->operands, &arguments->env, &arguments->arg,
		                        &arguments->states, &arguments->columns };
	size_t sum = 0;

	for (size_t i = 0; i < sizeof(lists) / sizeof(*lists); i++)
		for (size_t k = 0; k < lists[i]->count; k++)
			sum += strlen(lists[i]->items[k].text);
	return sum;
}

static void parse(const struct words *words)
{
	struct context context;
	struct invocation inv;
	char *error = NULL;
	size_t at = 0;

	context_init(&context);
	invocation_init(&inv, &context);
	if (invocation_parse(&inv, words->items, words->count, &error, &at)) {
		if (!error || !*error || (words->count > 0 && at >= words->count))
			abort();
		free(error);
	} else if (error || measure(&inv.args) > SIZE_MAX / 2) {
		abort();
	}
	invocation_release(&inv);
	if (context_finish(&context, 0))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct words words = WORDS_INIT;
	char *text = malloc(size + 1), *rest = text, *piece;

	if (!text)
		return 0;
	memcpy(text, data, size);
	text[size] = '\0';
	while ((piece = strsep(&rest, "\n")))
		words_add_text(&words, piece);
	parse(&words);
	words_release(&words);
	free(text);
	return 0;
}
