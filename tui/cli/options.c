#include "tui/cli/options.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "engine/task/schedule.h"
#include "engine/task/utf8.h"
#include "engine/wire/client/client.h"
#include "tui/cli/settings.h"
#include "tui/text/alloc.h"
#include "tui/text/candidates.h"
#include "tui/text/messages.h"

const struct option_info option_table[OPTION_TOTAL] = {
#define X(identifier, field, kind_, name_, letter_, parameter_, aliases_, value_, help_)                     \
	[OPT_##identifier] = { .name = name_,                                                                \
		               .parameter = parameter_,                                                      \
		               .aliases = aliases_,                                                          \
		               .value = value_,                                                              \
		               .help = help_,                                                                \
		               .offset = offsetof(struct arguments, field),                                  \
		               .kind = OPTION_##kind_,                                                       \
		               .letter = letter_ },
	CLI_OPTIONS(X)
#undef X
};

#define GLOBAL_OPTIONS(X)                                                                                    \
	X(SERVER) X(JSON) X(NO_HEADERS) X(QUIET) X(NO_START) X(SERVER_TIMEOUT) X(HELP) X(VERSION)
#define COMMON_OPTIONS(X)                                                                                    \
	X(VERBOSE)                                                                                           \
	X(DEBUG)                                                                                             \
	X(ERROR_ACTION)                                                                                      \
	X(WARNING_ACTION) X(INFORMATION_ACTION) X(PROGRESS_ACTION) X(ERROR_VARIABLE) X(WARNING_VARIABLE)     \
		X(INFORMATION_VARIABLE) X(OUT_VARIABLE) X(OUT_BUFFER) X(PIPELINE_VARIABLE)

const struct option_set options_global = OPTION_SET(GLOBAL_OPTIONS);
const struct option_set options_common = OPTION_SET(COMMON_OPTIONS);

/* All lists are at the end, the copies last. */
enum {
	LISTS_FIRST = offsetof(struct arguments, operands),
	LIST_COUNT = (sizeof(struct arguments) - LISTS_FIRST) / sizeof(struct words),
	LIST_COPIES = LIST_COUNT - 1
};

_Static_assert((size_t)LISTS_FIRST + LIST_COPIES * sizeof(struct words) == offsetof(struct arguments, copies),
               "there are only lists behind the first one");

static struct words *list_at(const struct arguments *arguments, size_t i)
{
	return (struct words *)((char *)arguments + LISTS_FIRST) + i;
}

void arguments_init(struct arguments *arguments)
{
	*arguments = (struct arguments){
		.dashes = SIZE_MAX,
		.confirm_preference = PREFERENCE_HIGH,
		.delay = 2,
		.server_timeout = CLIENT_PATIENCE_USUAL,
		.limit = -1,
		.weight = 1,
		.nice = NICENESS_NONE,
		.slots = -1,
		.error_action = ACTION_UNSET,
		.warning_action = ACTION_UNSET,
		.information_action = ACTION_UNSET,
		.progress_action = ACTION_UNSET,
		.verbose_action = ACTION_UNSET,
		.debug_action = ACTION_UNSET,
	};
}

static void free_copies(struct arguments *arguments)
{
	for (size_t i = 0; i < arguments->copies.count; i++)
		free((char *)arguments->copies.items[i].text);
	words_clear(&arguments->copies);
}

void arguments_from(struct arguments *arguments, const struct arguments *defaults)
{
	size_t any = 0;

	free_copies(arguments);
	memcpy(arguments, defaults, LISTS_FIRST);
	arguments->given = arguments->cleared = arguments->aliased = (struct option_set){ 0 };
	for (size_t i = 0; i < LIST_COPIES; i++) {
		words_clear(list_at(arguments, i));
		any |= list_at(defaults, i)->count;
	}
	for (size_t i = 0; any && i < LIST_COPIES; i++) {
		const struct words *theirs = list_at(defaults, i);

		for (size_t k = 0; k < theirs->count; k++)
			words_add(list_at(arguments, i), theirs->items[k]);
	}
}

static void repair_text(struct arguments *arguments, const char **text)
{
	if (!*text || utf8_valid(*text, strlen(*text)))
		return;
	*text = alloc_checked(utf8_repair(*text, strlen(*text)));
	words_add_text(&arguments->copies, *text);
}

void arguments_repair(struct arguments *arguments)
{
	repair_text(arguments, &arguments->name);
	repair_text(arguments, &arguments->description);
}

void arguments_release(struct arguments *arguments)
{
	free_copies(arguments);
	for (size_t i = 0; i < LIST_COUNT; i++)
		words_release(list_at(arguments, i));
}

/* By naming, and the last five bits of the first letter, which are those of the other case. */
static struct option_set likely_options[NAMING_COUNT][32];

static void likely_add(enum option_naming naming, const char *name, unsigned id)
{
	if (*name)
		option_set_add(&likely_options[naming][*name & 0x1f], id);
}

static void likely_fill(void)
{
	for (unsigned id = 0; id < OPTION_TOTAL; id++) {
		const struct option_info *info = &option_table[id];
		const char letter[] = { info->letter, '\0' };

		likely_add(NAMED_LONG, info->name, id);
		likely_add(NAMED_LETTER, letter, id);
		likely_add(NAMED_PARAMETER, info->parameter, id);
		for (const char *alias = *info->aliases ? info->aliases : NULL; alias;
		     alias = strchr(alias + 1, ' '))
			likely_add(NAMED_PARAMETER, alias + (*alias == ' '), id);
	}
}

struct option_set options_likely(const struct option_set *set, enum option_naming naming, char letter)
{
	struct option_set likely;

	if (option_set_empty(&likely_options[NAMED_LONG]['h' & 0x1f]))
		likely_fill();
	likely = likely_options[naming][letter & 0x1f];
	option_set_meet(&likely, set);
	return likely;
}

unsigned option_of_letter(const struct option_set *set, char letter)
{
	const struct option_set likely = options_likely(set, NAMED_LETTER, letter);
	unsigned found = OPTION_TOTAL;

	OPTION_SET_EACH(id, &likely) {
		if (option_table[id].letter == letter)
			found = id;
	}
	return found;
}

bool option_takes_value(enum option_id id)
{
	return option_table[id].kind != OPTION_FLAG && option_table[id].kind != OPTION_SWITCH;
}

int option_parse_bool(const char *text)
{
	static const struct {
		const char *text;
		int value;
	} names[] = {
		{ "yes", 1 }, { "true", 1 },  { "on", 1 },  { "1", 1 }, { "$true", 1 },
		{ "no", 0 },  { "false", 0 }, { "off", 0 }, { "0", 0 }, { "$false", 0 },
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		if (strcasecmp(text, names[i].text) == 0)
			return names[i].value;
	}
	return -1;
}

int option_parse_truth(const char *text)
{
	const char *digits = text + (*text == '-' || *text == '+');
	bool word = strcasecmp(text + (*text == '$'), "true") == 0 ||
	            strcasecmp(text + (*text == '$'), "false") == 0;
	char *end;
	double number;

	if (word)
		return option_parse_bool(text);
	if (!isdigit((unsigned char)*digits))
		return -1;
	number = strtod(text, &end);
	return *end ? -1 : number != 0;
}

bool option_is_preference(const char *name)
{
	static const char end[] = "Preference";
	size_t length = strlen(name);

	return length >= sizeof(end) - 1 && strcasecmp(name + length - (sizeof(end) - 1), end) == 0;
}

static const char *const action_names[ACTION_COUNT] = {
	[ACTION_SILENT] = "SilentlyContinue",
	[ACTION_STOP] = "Stop",
	[ACTION_CONTINUE] = "Continue",
	[ACTION_INQUIRE] = "Inquire",
	[ACTION_IGNORE] = "Ignore",
	[ACTION_SUSPEND] = "Suspend",
	[ACTION_BREAK] = "Break",
};

const char *option_action_name(enum action action)
{
	return action_names[action];
}

enum action option_parse_action(const char *text)
{
	struct candidates actions;
	size_t length;

	text += strspn(text, CMDLET_BLANKS);
	length = strlen(text);
	while (length > 0 && strchr(CMDLET_BLANKS, text[length - 1]))
		length--;
	actions = candidates_of(text, length, true);
	if (actions.length == 1 && text[0] >= '0' && text[0] < '0' + ACTION_COUNT)
		return (enum action)(text[0] - '0');
	for (int i = 0; i < ACTION_COUNT; i++)
		candidates_offer(&actions, action_names[i], i);
	return candidates_found(&actions) < 0 ? ACTION_UNSET : (enum action)candidates_found(&actions);
}

void arguments_name(struct arguments *arguments, enum option_id id, const char *name, size_t length)
{
	const struct option_info *info = &option_table[id];

	if (isupper((unsigned char)*info->aliases) && strncasecmp(info->parameter, name, length) != 0)
		option_set_add(&arguments->aliased, id);
	else
		option_set_drop(&arguments->aliased, id);
}

const char *arguments_parameter(const struct arguments *arguments, enum option_id id)
{
	const struct option_info *info = &option_table[id];

	return option_set_has(&arguments->aliased, id) ? info->aliases : info->parameter;
}

/* The message about a wrong value, malloc'ed.  name: of the option or parameter. */
static char *option_explain(const char *name, const char *text, const char *wrong, bool cmdlet)
{
	const char *format = cmdlet ? MSG_PARAMETER_VALUE : MSG_OPTION_VALUE;
	char *readings, *error;

	if (strcmp(wrong, MSG_MUST_HAVE_UNIT) != 0)
		return alloc_format(format, text, name, wrong);
	readings = alloc_format(MSG_MUST_HAVE_UNIT, text, text);
	error = alloc_format(format, text, name, readings);
	free(readings);
	return error;
}

int option_apply(struct arguments *arguments, enum option_id id, const struct word *value, bool cmdlet,
                 char **error)
{
	const struct option_info *info = &option_table[id];
	void *field = (char *)arguments + info->offset;
	bool list = info->kind == OPTION_LIST;
	const struct setting how = { arguments, cmdlet };
	const char *text = value ? value->text : NULL, *wrong;

	if (list && !arguments_given(arguments, id))
		words_clear(field); /* values that are given replace configured ones */
	option_set_add(&arguments->given, id);
	if (value && value->unknown && info->kind != OPTION_OPERAND && info->kind != OPTION_OPERANDS)
		return 0;
	wrong = setting_read(info->kind, field, text, &how);
	if (!wrong)
		return 0;
	*error = option_explain(cmdlet ? arguments_parameter(arguments, id) : info->name, text ? text : "",
	                        wrong, cmdlet);
	return -EINVAL;
}
