#include "tui/view/completion.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "engine/task/quote.h"
#include "tui/cli/synonyms.h"
#include "tui/text/alloc.h"
#include "tui/text/text.h"

/* A word of the command before the cursor.  The last one is not finished. */
struct part {
	char *text;  /* without quotes; owned */
	size_t from; /* in the line */
	bool quoted;
};

struct parts {
	struct part *items; /* owned */
	size_t count, size;
};

static void parts_clear(struct parts *parts)
{
	for (size_t i = 0; i < parts->count; i++)
		free(parts->items[i].text);
	parts->count = 0;
}

static void parts_add(struct parts *parts, const struct text *text, size_t from, bool quoted)
{
	parts->items = alloc_room(parts->items, &parts->size, parts->count + 1, sizeof(*parts->items));
	parts->items[parts->count++] = (struct part){
		.text = alloc_format("%.*s", (int)text->length, text->data ? text->data : ""),
		.from = from,
		.quoted = quoted,
	};
}

static bool completion_is_blank(char byte)
{
	return byte == ' ' || byte == '\t';
}

/* Reads a word, whose quote may still be open, into text.  Returns the place after it. */
static size_t completion_read_word(const char *line, size_t length, size_t at, struct text *text,
                                   bool *quoted)
{
	char quote = 0;

	for (; at < length; at++) {
		char byte = line[at];

		if (!quote && (completion_is_blank(byte) || byte == '|'))
			break;
		if (quote ? byte == quote : byte == '\'' || byte == '"') {
			quote = quote ? 0 : byte;
			*quoted = true;
			continue;
		}
		if (byte == '\\' && quote != '\'' && at + 1 < length) {
			byte = line[++at];
			*quoted = true;
		}
		text_add(text, &byte, 1);
	}
	return at;
}

/* True for "$name =", which stands before a command. */
static bool completion_assigns(const struct parts *parts)
{
	return parts->count == 2 && parts->items[0].text[0] == '$' && strcmp(parts->items[1].text, "=") == 0;
}

static void completion_split(struct parts *parts, const char *line, size_t length)
{
	struct text text = TEXT_INIT;
	size_t at = 0, from;
	bool quoted;

	do {
		if (completion_assigns(parts))
			parts_clear(parts);
		while (at < length && completion_is_blank(line[at]))
			at++;
		from = at;
		quoted = false;
		text.length = 0;
		at = completion_read_word(line, length, at, &text, &quoted);
		if (at < length && line[at] == '|') {
			parts_clear(parts);
			at++;
			from = at;
			if (at == length) {
				text.length = 0;
				parts_add(parts, &text, from, false);
			}
			continue;
		}
		parts_add(parts, &text, from, quoted);
	} while (at < length);
	text_release(&text);
}

void completion_offer(struct completion *completion, const char *candidate)
{
	if (strncasecmp(candidate, completion->word, strlen(completion->word)) == 0)
		completion_offer_instead(completion, candidate);
}

void completion_offer_instead(struct completion *completion, const char *candidate)
{
	for (const char *s = NULL; (s = strings_next(&completion->found, s));) {
		if (strcmp(s, candidate) == 0)
			return;
	}
	alloc_add(&completion->found, candidate);
	completion->count++;
}

/* Offers the first words of commands, and cmdlets where one was begun or nothing else begins so. */
static void completion_offer_commands(struct completion *completion)
{
	static const char *const own[] = { "help", "quit" };
	bool cmdlets = isupper((unsigned char)*completion->word) || strchr(completion->word, '-');

	for (const struct command *command = command_table; command->name; command++) {
		char *first = alloc_format("%.*s", (int)strcspn(command->name, " "), command->name);

		if (!command->hidden)
			completion_offer(completion, first);
		free(first);
	}
	for (size_t i = 0; i < sizeof(own) / sizeof(*own); i++)
		completion_offer(completion, own[i]);
	for (size_t i = 0; synonym_word(i); i++)
		completion_offer(completion, synonym_word(i));
	cmdlets |= completion->count == 0;
	for (const struct command *command = command_table; command->name && cmdlets; command++) {
		if (command->cmdlet)
			completion_offer(completion, command->cmdlet);
	}
}

/* Offers what can stand behind "server" and "group". */
static void completion_offer_seconds(struct completion *completion, const char *first)
{
	size_t length = strlen(first);

	for (const struct command *command = command_table; command->name; command++) {
		if (!command->hidden && strncmp(command->name, first, length) == 0 &&
		    command->name[length] == ' ')
			completion_offer(completion, command->name + length + 1);
	}
}

static void completion_offer_options(struct completion *completion, const struct command *command,
                                     bool cmdlet)
{
	struct option_set set = cmdlet ? command_parameters(command) : command_options(command);

	OPTION_SET_EACH(id, &set) {
		const char *name = cmdlet ? option_table[id].parameter : option_table[id].name;
		char *option = alloc_format("%s%s", cmdlet ? "-" : "--", name);

		if (*name)
			completion_offer(completion, option);
		free(option);
	}
}

/* The option that a word of so many bytes names.  OPTION_TOTAL: none. */
static unsigned completion_option(const struct command *command, bool cmdlet, const char *word, size_t length)
{
	struct option_set set = cmdlet ? command_parameters(command) : command_options(command);

	if (!cmdlet && length == 2 && word[1] != '-')
		return option_of_letter(&set, word[1]);
	OPTION_SET_EACH(id, &set) {
		const char *name = cmdlet ? option_table[id].parameter : option_table[id].name;
		const char *typed = word + (cmdlet ? 1 : 2);

		if (length > 2 && word[0] == '-' && strlen(name) == length - (size_t)(typed - word) &&
		    strncasecmp(name, typed, strlen(name)) == 0)
			return id;
	}
	return OPTION_TOTAL;
}

/* The first so many bytes of the word stay as they are. */
static void completion_skip(struct completion *completion, size_t bytes)
{
	memmove(completion->word, completion->word + bytes, strlen(completion->word + bytes) + 1);
	completion->from += bytes;
}

/* Takes completion->kind: offers its words, or leaves what the caller must offer. */
static void completion_take_kind(struct completion *completion)
{
	char *kind = completion->kind, *rest = kind, *word;
	const char *comma = strrchr(completion->word, ',');

	if (*kind == ',') {
		completion->joins = true;
		memmove(kind, kind + 1, strlen(kind));
	}
	if (completion->joins && comma)
		completion_skip(completion, (size_t)(comma + 1 - completion->word));
	if (*kind == '@')
		return;
	while ((word = strsep(&rest, " "))) {
		if (*word)
			completion_offer(completion, word);
	}
	*kind = '\0';
}

static void completion_take_option_value(struct completion *completion, const struct command *command,
                                         enum option_id id)
{
	kind_of_value(id, completion->kind);
	completion->joins = id == OPT_OPERAND_IDS;
	if (strcmp(completion->kind, "@operands") == 0 || id == OPT_OPERAND_IDS)
		kind_of_operands(command, true, completion->kind);
	if (id == OPT_NAME && command->selects != SELECTS_NOTHING)
		snprintf(completion->kind, sizeof(completion->kind), "@name");
	completion_take_kind(completion);
}

/*
 * Walks over the arguments before the last word.  Returns the option whose value the last word is, or OPTION_TOTAL;
 * *program: it belongs to the command of a new task.
 */
static unsigned completion_walk(const struct parts *parts, size_t first, const struct command *command,
                                bool cmdlet, bool *program)
{
	unsigned id = OPTION_TOTAL;

	for (size_t i = first; i + 1 < parts->count; i++) {
		const char *word = parts->items[i].text;

		if (id != OPTION_TOTAL && option_takes_value((enum option_id)id)) {
			id = OPTION_TOTAL; /* this word is its value */
			continue;
		}
		id = *word == '-' ? completion_option(command, cmdlet, word, strlen(word)) : OPTION_TOTAL;
		if (strcmp(word, "--") == 0 || (*word != '-' && command->creates && !cmdlet)) {
			*program = true;
			return OPTION_TOTAL;
		}
	}
	return id != OPTION_TOTAL && option_takes_value((enum option_id)id) ? id : OPTION_TOTAL;
}

static void completion_of_argument(struct completion *completion, const struct parts *parts, size_t first,
                                   const struct command *command, bool cmdlet)
{
	const char *word = completion->word, *equals = strchr(word, '=');
	bool program = false;
	unsigned id = completion_walk(parts, first, command, cmdlet, &program);

	if (program) {
		snprintf(completion->kind, sizeof(completion->kind), "%s",
		         command->creates || command->copies ? "@file" : "@id:");
	} else if (id != OPTION_TOTAL) {
		completion_take_option_value(completion, command, (enum option_id)id);
	} else if (*word == '-' && equals && !cmdlet) {
		id = completion_option(command, cmdlet, word, (size_t)(equals - word));
		completion_skip(completion, (size_t)(equals + 1 - word));
		if (id != OPTION_TOTAL)
			completion_take_option_value(completion, command, (enum option_id)id);
	} else if (*word == '-') {
		completion_offer_options(completion, command, cmdlet);
	} else {
		kind_of_operands(command, cmdlet, completion->kind);
		completion_take_kind(completion);
	}
}

static void completion_of_parts(struct completion *completion, const struct parts *parts)
{
	const char *first = parts->items[0].text;
	const struct command *command;
	bool cmdlet = false;
	size_t words = 0;

	if (parts->count == 1 || (parts->count == 2 && strcmp(first, "help") == 0)) {
		completion_offer_commands(completion);
		return;
	}
	if (parts->count == 3 && strcmp(first, "help") == 0) {
		completion_offer_seconds(completion, parts->items[1].text);
		return;
	}
	command = command_find(synonym_resolve(first), parts->count > 2 ? parts->items[1].text : NULL,
	                       &cmdlet, &words);
	if (command)
		completion_of_argument(completion, parts, words, command, cmdlet);
	else if (parts->count == 2)
		completion_offer_seconds(completion, first);
}

void completion_of_line(struct completion *completion, const char *line, size_t length)
{
	struct parts parts = { 0 };
	const struct part *last;

	*completion = (struct completion){ .to = length };
	completion_split(&parts, line, length);
	last = &parts.items[parts.count - 1];
	completion->from = last->from;
	completion->word = alloc_string(last->text);
	/* A part of a word in quotes cannot be replaced alone. */
	if (!last->quoted || !strpbrk(last->text, ",="))
		completion_of_parts(completion, &parts);
	parts_clear(&parts);
	free(parts.items);
}

void completion_of_value(struct completion *completion, const char *kind, const char *text, size_t length)
{
	*completion = (struct completion){ .to = length };
	completion->word = alloc_format("%.*s", (int)length, text);
	snprintf(completion->kind, sizeof(completion->kind), "%s", kind);
	completion_take_kind(completion);
}

void completion_release(struct completion *completion)
{
	free(completion->word);
	strings_release(&completion->found);
	*completion = (struct completion){ 0 };
}

/* The bytes that all candidates begin with, in any case.  Characters are not cut. */
static size_t completion_common(const struct completion *completion)
{
	const char *first = strings_next(&completion->found, NULL);
	size_t common = strlen(first);

	for (const char *s = first; (s = strings_next(&completion->found, s));) {
		size_t same = 0;

		while (same < common &&
		       tolower((unsigned char)first[same]) == tolower((unsigned char)s[same]))
			same++;
		common = same;
	}
	while (common > 0 && common < strlen(first) && (first[common] & 0xc0) == 0x80)
		common--;
	return common;
}

/* What the word becomes; malloc'ed. */
static char *completion_text(const struct completion *completion, bool quotes)
{
	const char *first = strings_next(&completion->found, NULL);
	size_t common = completion_common(completion);
	bool whole = completion->count == 1;
	char *word = alloc_format("%.*s", (int)common, first), *quoted = word;
	const char *blank =
		whole && quotes && !completion->joins && common && word[common - 1] != '/' ? " " : "";
	char *text;

	if (quotes) {
		quoted = alloc_zero(QUOTE_ROOM(common), 1);
		quote_word(quoted, word);
	}
	text = alloc_format("%s%s", common ? quoted : "", blank);
	if (quotes)
		free(quoted);
	free(word);
	return text;
}

bool completion_apply(const struct completion *completion, struct edit *edit, bool quotes)
{
	const char *line = edit_text(edit);
	char *text, *changed;
	bool same;

	if (completion->count == 0 ||
	    (completion->count > 1 && completion_common(completion) < strlen(completion->word)))
		return false;
	text = completion_text(completion, quotes);
	changed = alloc_format("%.*s%s%s", (int)completion->from, line, text, line + completion->to);
	same = strcmp(changed, line) == 0;
	if (!same) {
		edit_set(edit, changed);
		edit->cursor = completion->from + strlen(text);
	}
	free(changed);
	free(text);
	return !same;
}
