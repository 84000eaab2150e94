#include "tui/cli/command.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "tui/cli/context.h"
#include "tui/cli/hints.h"
#include "tui/cli/selector.h"
#include "tui/cli/several.h"
#include "tui/cli/synonyms.h"
#include "tui/cli/trial.h"

/* True if name is "FIRST SECOND". */
static bool is_pair(const char *name, const char *first, const char *second)
{
	size_t length = strlen(first);

	return strncmp(name, first, length) == 0 && name[length] == ' ' &&
	       strcmp(name + length + 1, second) == 0;
}

static const struct command *find_cmdlet(const char *name)
{
	for (const struct command *command = command_table; command->name; command++) {
		if (command->cmdlet && ((command->cmdlet[0] ^ name[0]) & 0x1f) == 0 &&
		    strcasecmp(command->cmdlet, name) == 0)
			return command;
	}
	return NULL;
}

const struct command *command_find(const char *first, const char *second, bool *cmdlet, size_t *words)
{
	*words = 1;
	*cmdlet = strchr(first, '-') != NULL; /* they have one, and other commands have none */
	if (*cmdlet)
		return find_cmdlet(first);
	first = synonym_resolve(first);
	for (const struct command *command = command_table; command->name; command++) {
		if (command->name[0] != first[0])
			continue;
		if (second && is_pair(command->name, first, second)) {
			*words = 2;
			return command;
		}
		if (strcmp(command->name, first) == 0)
			return command;
	}
	return NULL;
}

struct option_set command_options_first(const struct command *command)
{
	struct option_set set = options_global;

	option_set_drop(&set, OPT_SERVER_TIMEOUT); /* came later: --serv is --server */
	if (command) {
		option_set_join(&set, &command->options);
		option_set_join(&set, &command->gnu_only);
	}
	return set;
}

struct option_set command_options(const struct command *command)
{
	struct option_set set = command_options_first(command);

	option_set_add(&set, OPT_SERVER_TIMEOUT);
	option_set_join(&set, &command->later);
	if (command->selects)
		option_set_join(&set, &options_selectors);
	return set;
}

struct option_set command_parameters(const struct command *command)
{
	struct option_set set = options_common;

	option_set_join(&set, &command->options);
	option_set_join(&set, &command->later);
	option_set_join(&set, &command->cmdlet_only);
	option_set_add(&set, OPT_SERVER);
	return set;
}

void invocation_init(struct invocation *inv, struct context *context)
{
	*inv = (struct invocation){ .context = context };
	arguments_init(&inv->args);
}

void invocation_clear(struct invocation *inv)
{
	struct context *context = inv->context;

	if (inv->refused.items)
		words_release(&inv->refused);
	memset(inv, 0, offsetof(struct invocation, args));
	inv->context = context;
	jsonw_clear(&inv->request);
	for (int i = 0; i < OUTPUT_COUNT; i++)
		inv->captured[i].length = 0;
	arguments_from(&inv->args, &inv->context->defaults);
	inv->fresh = true;
}

void invocation_release(struct invocation *inv)
{
	arguments_release(&inv->args);
	words_release(&inv->refused);
	jsonw_release(&inv->request);
	for (int i = 0; i < OUTPUT_COUNT; i++)
		strings_release(&inv->captured[i]);
	for (size_t i = 0; i < inv->deferred_count; i++)
		free(inv->deferred[i].text);
	free(inv->deferred);
}

const char *invocation_name(const struct invocation *inv)
{
	if (!inv->command)
		return "";
	if (inv->called)
		return inv->called;
	return inv->cmdlet ? inv->command->cmdlet : inv->command->name;
}

/* Finds the word that the text is in.  A text may be a piece of a list that was copied from the word. */
void invocation_blame(struct invocation *inv, const char *text)
{
	for (size_t i = 0; text && i < inv->word_count; i++) {
		const struct word *word = &inv->words[i];

		if ((text >= word->text && text <= word->text + strlen(word->text)) ||
		    (*text && strstr(word->text, text))) {
			inv->column = word->column;
			return;
		}
	}
}

int invocation_check(struct invocation *inv)
{
	int status;

	arguments_repair(&inv->args);
	inv->column = inv->word_count ? inv->words[inv->named].column : 0;
	status = several_understand(inv);
	if (!status && inv->command->selects)
		status = selector_check(inv);
	if (!status && inv->command->check)
		status = inv->command->check(inv);
	inv->column = 0;
	return status;
}

int invocation_run(struct invocation *inv)
{
	const struct command *command = inv->command;
	int status = invocation_check(inv);

	if (status)
		return inv->status = status;
	if (trial_is(inv)) {
		if (invocation_finds_server(inv))
			trial_say(inv);
		return inv->status;
	}
	if (command->run) {
		command->run(inv);
	} else if (invocation_connect(inv)) {
		command->send(inv);
		invocation_receive_all(inv);
	}
	hint_refused(inv);
	hint_named(inv);
	return inv->status;
}
