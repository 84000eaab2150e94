#include "tui/confirm/confirm.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "tui/text/alloc.h"
#include "tui/text/candidates.h"

static const struct {
	const char *name;
	enum confirm_impact impact;
} operations[OPERATION_COUNT] = {
#define X(identifier, name, impact) [OPERATION_##identifier] = { name, impact },
	CONFIRM_OPERATIONS(X)
#undef X
};

const struct confirm_choice_info confirm_choices[CHOICE_COUNT] = {
#define X(identifier, letter, label, help) [CHOICE_##identifier] = { letter, label, help },
	CONFIRM_CHOICES(X)
#undef X
};

static const char *const preferences[] = { "None", "Low", "Medium", "High" };

void confirm_init(struct confirm *confirm, const struct confirm_options *options)
{
	*confirm = (struct confirm){ .options = *options };
}

/* True if a question must be asked, unless there was an answer "to all". */
static bool confirm_asks(const struct confirm_options *options, enum confirm_impact impact)
{
	if (options->confirm != CONFIRM_UNSET)
		return options->confirm == CONFIRM_TRUE;
	return options->preference != PREFERENCE_NONE && (int)impact >= (int)options->preference;
}

enum confirm_verdict confirm_next(struct confirm *confirm, enum confirm_operation operation)
{
	if (confirm->options.what_if)
		return CONFIRM_WHAT_IF;
	if (confirm->no_to_all)
		return CONFIRM_SKIP;
	if (confirm->yes_to_all)
		return CONFIRM_DO;
	return confirm_asks(&confirm->options, operations[operation].impact) ? CONFIRM_ASK : CONFIRM_DO;
}

enum confirm_verdict confirm_answer(struct confirm *confirm, enum confirm_choice choice)
{
	static const enum confirm_verdict verdicts[CHOICE_COUNT + 1] = {
		[CHOICE_YES] = CONFIRM_DO,          [CHOICE_YES_ALL] = CONFIRM_DO,
		[CHOICE_NO] = CONFIRM_SKIP,         [CHOICE_NO_ALL] = CONFIRM_SKIP,
		[CHOICE_SUSPEND] = CONFIRM_SUSPEND, [CHOICE_HELP] = CONFIRM_EXPLAIN,
		[CHOICE_UNKNOWN] = CONFIRM_ASK,
	};

	confirm->yes_to_all |= choice == CHOICE_YES_ALL;
	confirm->no_to_all |= choice == CHOICE_NO_ALL;
	return verdicts[choice];
}

enum confirm_choice confirm_parse_answer(const char *text)
{
	if (!*text)
		return CHOICE_YES;
	for (int i = 0; i < CHOICE_COUNT; i++) {
		if (candidates_answer(text, confirm_choices[i].letter, confirm_choices[i].label))
			return (enum confirm_choice)i;
	}
	return CHOICE_UNKNOWN;
}

int confirm_parse_preference(const char *text)
{
	enum { COUNT = sizeof(preferences) / sizeof(*preferences) };
	struct candidates levels = candidates_of(text, strlen(text), true);

	if (levels.length == 1 && text[0] >= '0' && text[0] < '0' + COUNT)
		return text[0] - '0';
	for (int i = 0; i < COUNT; i++)
		candidates_offer(&levels, preferences[i], i);
	return candidates_found(&levels) < 0 ? -1 : candidates_found(&levels);
}

const char *confirm_preference_name(enum confirm_preference preference)
{
	return preferences[preference];
}

const char *confirm_operation_name(enum confirm_operation operation)
{
	return operations[operation].name;
}

static char *confirm_sentence(const char *lead, const char *operation, const char *noun, const char *target)
{
	return alloc_format("%sPerforming the operation \"%s\" on target \"%s%s\".", lead, operation, noun,
	                    target);
}

char *confirm_what_if_of(const char *operation, const char *noun, const char *target)
{
	return confirm_sentence("What if: ", operation, noun, target);
}

char *confirm_what_if(enum confirm_operation operation, const char *target)
{
	return confirm_what_if_of(operations[operation].name, "Task ", target);
}

char *confirm_verbose(enum confirm_operation operation, const char *target)
{
	return confirm_sentence("VERBOSE: ", operations[operation].name, "Task ", target);
}

char *confirm_performing(enum confirm_operation operation, const char *target)
{
	return confirm_sentence("", operations[operation].name, "Task ", target);
}

char *confirm_performing_several(enum confirm_operation operation, const char *target)
{
	return confirm_sentence("", operations[operation].name, "", target);
}

const char *confirm_choice_line(void)
{
	return "[Y] Yes  [A] Yes to All  [N] No  [L] No to All  [S] Suspend  [?] Help (default is \"Y\"): ";
}
