#include "tui/cli/options.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "engine/task/duration.h"
#include "engine/task/moment.h"
#include "engine/task/retry.h"
#include "engine/task/schedule.h"
#include "engine/task/utf8.h"
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
	X(DEBUG) X(ERROR_ACTION) X(WARNING_ACTION) X(INFORMATION_ACTION) X(PROGRESS_ACTION)                  \
		X(ERROR_VARIABLE) X(WARNING_VARIABLE) X(INFORMATION_VARIABLE) X(OUT_VARIABLE) X(OUT_BUFFER)  \
			X(PIPELINE_VARIABLE)

const struct option_set options_global = OPTION_SET(GLOBAL_OPTIONS);
const struct option_set options_common = OPTION_SET(COMMON_OPTIONS);

/* The offsets of all lists. */
static const size_t lists[] = {
	offsetof(struct arguments, operands), offsetof(struct arguments, env),
	offsetof(struct arguments, arg),      offsetof(struct arguments, states),
	offsetof(struct arguments, columns),  offsetof(struct arguments, copies),
	offsetof(struct arguments, command),  offsetof(struct arguments, run),
	offsetof(struct arguments, after),    offsetof(struct arguments, servers),
};

enum { LIST_COUNT = sizeof(lists) / sizeof(*lists) };

static struct words *list_at(struct arguments *arguments, size_t offset)
{
	return (struct words *)((char *)arguments + offset);
}

void arguments_init(struct arguments *arguments)
{
	*arguments = (struct arguments){
		.dashes = SIZE_MAX,
		.confirm_preference = PREFERENCE_HIGH,
		.delay = 2,
		.server_timeout = 15,
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
	struct words kept[LIST_COUNT];

	free_copies(arguments);
	for (size_t i = 0; i < LIST_COUNT; i++)
		kept[i] = *list_at(arguments, lists[i]);
	*arguments = *defaults;
	arguments->given = arguments->cleared = (struct option_set){ 0 };
	for (size_t i = 0; i < LIST_COUNT; i++) {
		struct words *mine = list_at(arguments, lists[i]);
		const struct words theirs = *mine;

		*mine = kept[i];
		words_clear(mine);
		for (size_t k = 0; k < theirs.count && lists[i] != offsetof(struct arguments, copies); k++)
			words_add(mine, theirs.items[k]);
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
		words_release(list_at(arguments, lists[i]));
}

unsigned option_of_letter(const struct option_set *set, char letter)
{
	unsigned found = OPTION_TOTAL;

	OPTION_SET_EACH(id, set) {
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
	int value = option_parse_bool(text);
	const char *digits = text + (*text == '-' || *text == '+');
	char *end;
	double number;

	if (value >= 0 || !isdigit((unsigned char)*digits))
		return value;
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
	struct candidates actions = candidates_of(text, strlen(text), true);

	if (actions.length == 1 && text[0] >= '0' && text[0] < '0' + ACTION_COUNT)
		return (enum action)(text[0] - '0');
	for (int i = 0; i < ACTION_COUNT; i++)
		candidates_offer(&actions, action_names[i], i);
	return candidates_found(&actions) < 0 ? ACTION_UNSET : (enum action)candidates_found(&actions);
}

/* A setter checks the text and sets the field.  It returns NULL, or what the value must be. */
struct setting {
	struct arguments *arguments;
	bool cmdlet; /* in cmdlet syntax */
};

typedef const char *setter(void *field, const char *text, const struct setting *how);

static const char *set_flag(void *field, const char *text, const struct setting *how)
{
	int value = !text ? 1 : how->cmdlet ? option_parse_truth(text) : option_parse_bool(text);

	if (value < 0)
		return MSG_MUST_BE_BOOL;
	*(bool *)field = value;
	return NULL;
}

static const char *set_switch(void *field, const char *text, const struct setting *how)
{
	bool on = false;
	const char *wrong = set_flag(&on, text, how);

	if (!wrong)
		*(enum confirm_switch *)field = on ? CONFIRM_TRUE : CONFIRM_FALSE;
	return wrong;
}

static const char *set_text(void *field, const char *text, const struct setting *how)
{
	(void)how;
	*(const char **)field = text;
	return NULL;
}

static const char *add_pieces(struct arguments *arguments, struct words *list, const char *text)
{
	char *rest = alloc_string(text), *piece;

	words_add_text(&arguments->copies, rest);
	while ((piece = strsep(&rest, ",")))
		words_add_text(list, piece);
	return NULL;
}

static const char *set_list(void *field, const char *text, const struct setting *how)
{
	(void)how;
	if (!strchr(text, ',')) {
		words_add_text(field, text);
		return NULL;
	}
	return add_pieces(how->arguments, field, text);
}

static const char *set_pairs(void *field, const char *text, const struct setting *how)
{
	if (how->cmdlet)
		return set_list(field, text, how);
	words_add_text(field, text);
	return NULL;
}

/* Parses a whole number, 0 or greater; *rest is what follows it. */
static bool whole_number(const char *text, int64_t *value, const char **rest)
{
	char *end;
	intmax_t number;

	if (!isdigit((unsigned char)*text))
		return false;
	errno = 0;
	number = strtoimax(text, &end, 10);
	if (errno || number > INT64_MAX)
		return false;
	*value = number;
	*rest = end;
	return true;
}

static const char *set_count(void *field, const char *text, const struct setting *how)
{
	const char *rest;
	int64_t value;
	char *end;

	if (how->cmdlet && text[0] == '0' && (text[1] == 'x' || text[1] == 'X') &&
	    isxdigit((unsigned char)text[2])) {
		value = strtoll(text, &end, 16);
		rest = end;
	} else if (!whole_number(text, &value, &rest)) {
		return MSG_MUST_BE_COUNT;
	}
	if (*rest || value == INT64_MAX)
		return MSG_MUST_BE_COUNT;
	*(int64_t *)field = value;
	return NULL;
}

static const char *set_integer(void *field, const char *text, const struct setting *how)
{
	char *end;
	long long value;

	(void)how;
	errno = 0;
	value = strtoll(text, &end, 10);
	if (end == text || *end || errno || value < INT32_MIN || value > INT32_MAX)
		return MSG_MUST_BE_INTEGER;
	*(int64_t *)field = value;
	return NULL;
}

static const char *set_slot_limit(void *field, const char *text, const struct setting *how)
{
	if (strcasecmp(text, "none") != 0)
		return set_count(field, text, how) ? MSG_MUST_BE_SLOTS : NULL;
	*(int64_t *)field = 0;
	return NULL;
}

static const char *set_niceness(void *field, const char *text, const struct setting *how)
{
	int64_t value = NICENESS_NONE;

	if (strcasecmp(text, "none") != 0 &&
	    (set_integer(&value, text, how) || value < NICENESS_MIN || value > NICENESS_MAX))
		return MSG_MUST_BE_NICENESS;
	*(int64_t *)field = value;
	return NULL;
}

static const char *set_io_class(void *field, const char *text, const struct setting *how)
{
	(void)how;
	*(const char **)field = text;
	return schedule_parse_io(text) < 0 ? MSG_MUST_BE_IO_CLASS : NULL;
}

static const char *set_cpu_set(void *field, const char *text, const struct setting *how)
{
	struct cpus cpus;

	(void)how;
	*(const char **)field = text;
	return cpus_parse(&cpus, text) ? MSG_MUST_BE_CPUS : NULL;
}

static const char *set_bytes(void *field, const char *text, const struct setting *how)
{
	static const char units[] = "KMG";
	const char *rest, *unit;
	int64_t value;
	int shift = 0;

	(void)how;
	if (!whole_number(text, &value, &rest))
		return MSG_MUST_BE_BYTES;
	if (*rest) {
		unit = strchr(units, toupper((unsigned char)*rest));
		if (!unit || rest[1])
			return MSG_MUST_BE_BYTES;
		shift = 10 * (int)(unit - units + 1);
	}
	if (value > INT64_MAX >> shift)
		return MSG_MUST_BE_FEWER_BYTES;
	*(int64_t *)field = value << shift;
	return NULL;
}

static const char *set_seconds(void *field, const char *text, const struct setting *how)
{
	(void)how;
	if (duration_is_too_long(text))
		return MSG_MUST_BE_SHORTER;
	return duration_is_bare(text, field) || duration_parse(text, field) ? NULL : MSG_MUST_BE_SECONDS;
}

static const char *set_duration(void *field, const char *text, const struct setting *how)
{
	double number;

	(void)how;
	if (duration_is_bare(text, &number))
		return MSG_MUST_HAVE_UNIT;
	if (duration_is_too_long(text))
		return MSG_MUST_BE_SHORTER;
	return duration_parse(text, field) ? NULL : MSG_MUST_BE_DURATION;
}

static const char *set_ends(void *field, const char *text, const struct setting *how)
{
	(void)how;
	if (retry_wrong_item(text) || strlen(text) > RETRY_RULE_MAX - sizeof("not "))
		return MSG_MUST_BE_ENDS;
	*(const char **)field = text;
	return NULL;
}

/* What 22:30 means is known when the command is carried out. */
static const char *set_moment(void *field, const char *text, const struct setting *how)
{
	int64_t at;

	(void)how;
	if (!moment_parse(text, (int64_t)time(NULL) * 1000, &at))
		return MSG_MUST_BE_MOMENT;
	*(const char **)field = text;
	return NULL;
}

static const char *set_preference(void *field, const char *text, const struct setting *how)
{
	int value = confirm_parse_preference(text);

	(void)how;
	if (value < 0)
		return MSG_MUST_BE_PREFERENCE;
	*(enum confirm_preference *)field = (enum confirm_preference)value;
	return NULL;
}

static const char *set_action(void *field, const char *text, const struct setting *how)
{
	enum action action = option_parse_action(text);

	(void)how;
	if (action == ACTION_UNSET)
		return MSG_MUST_BE_ACTION;
	*(enum action *)field = action;
	return NULL;
}

/* A name of letters, digits and _, which does not begin with a digit. */
static const char *set_variable(void *field, const char *text, const struct setting *how)
{
	static const char *const constants[] = { "true", "false", "null" };
	const char *name = text[0] == '+' ? text + 1 : text;
	size_t length = 0;

	(void)how;
	while (isalnum((unsigned char)name[length]) || name[length] == '_')
		length++;
	if (length == 0 || name[length] || isdigit((unsigned char)name[0]))
		return MSG_MUST_BE_VARIABLE;
	for (size_t i = 0; i < sizeof(constants) / sizeof(*constants); i++) {
		if (strcasecmp(name, constants[i]) == 0)
			return MSG_MUST_NOT_BE_CONSTANT;
	}
	if (option_is_preference(name))
		return MSG_MUST_NOT_BE_PREFERENCE;
	*(const char **)field = text;
	return NULL;
}

static const char *set_operand(void *field, const char *text, const struct setting *how)
{
	(void)how;
	words_add_text(field, text);
	return NULL;
}

static const char *set_operands(void *field, const char *text, const struct setting *how)
{
	return strchr(text, ',') ? add_pieces(how->arguments, field, text) : set_operand(field, text, how);
}

static setter *const setters[] = {
	[OPTION_FLAG] = set_flag,
	[OPTION_SWITCH] = set_switch,
	[OPTION_TEXT] = set_text,
	[OPTION_LIST] = set_list,
	[OPTION_PAIRS] = set_pairs,
	[OPTION_COUNT] = set_count,
	[OPTION_BYTES] = set_bytes,
	[OPTION_SECONDS] = set_seconds,
	[OPTION_DURATION] = set_duration,
	[OPTION_MOMENT] = set_moment,
	[OPTION_PREFERENCE] = set_preference,
	[OPTION_ACTION] = set_action,
	[OPTION_VARIABLE] = set_variable,
	[OPTION_ENDS] = set_ends,
	[OPTION_INTEGER] = set_integer,
	[OPTION_SLOTS] = set_slot_limit,
	[OPTION_NICE] = set_niceness,
	[OPTION_IO_CLASS] = set_io_class,
	[OPTION_CPU_SET] = set_cpu_set,
	[OPTION_OPERAND] = set_operand,
	[OPTION_OPERANDS] = set_operands,
};

/* The message about a wrong value, malloc'ed. */
static char *option_explain(const struct option_info *info, const char *text, const char *wrong, bool cmdlet)
{
	const char *format = cmdlet ? MSG_PARAMETER_VALUE : MSG_OPTION_VALUE;
	char *readings, *error;

	if (strcmp(wrong, MSG_MUST_HAVE_UNIT) != 0)
		return alloc_format(format, text, cmdlet ? info->parameter : info->name, wrong);
	readings = alloc_format(MSG_MUST_HAVE_UNIT, text, text);
	error = alloc_format(format, text, cmdlet ? info->parameter : info->name, readings);
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
	wrong = setters[info->kind](field, text, &how);
	if (!wrong)
		return 0;
	*error = option_explain(info, text ? text : "", wrong, cmdlet);
	return -EINVAL;
}
