#include "tui/cli/settings.h"

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
#include "tui/text/alloc.h"
#include "tui/text/messages.h"

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

static const char *set_path(void *field, const char *text, const struct setting *how)
{
	return *text ? set_text(field, text, how) : MSG_MUST_NOT_BE_EMPTY;
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

/* The bytes in one of what the suffix of a number says, as in 4kb.  0: it is no suffix. */
static double cmdlet_multiplier(const char *suffix)
{
	static const char units[] = "kmgtp";
	size_t length = strcspn(suffix, CMDLET_BLANKS);
	const char *unit = length == 2 ? strchr(units, tolower((unsigned char)*suffix)) : NULL;

	if (suffix[length + strspn(suffix + length, CMDLET_BLANKS)])
		return 0;
	if (length == 0)
		return 1;
	return unit && tolower((unsigned char)suffix[1]) == 'b'
	               ? (double)(UINT64_C(1024) << 10 * (unit - units))
	               : 0;
}

/* A whole number as PowerShell writes it: 16, 0x10, 1e2 or 4kb.  A fraction is rounded, as there. */
static bool cmdlet_number(const char *text, int64_t *value)
{
	const char *start = text + strspn(text, CMDLET_BLANKS);
	const char *digits = start + (*start == '-' || *start == '+');
	char *end;
	double number;

	if (!isdigit((unsigned char)digits[0]) && !(digits[0] == '.' && isdigit((unsigned char)digits[1])))
		return false;
	if (digits[0] == '0' && tolower((unsigned char)digits[1]) == 'x')
		number = (double)strtoll(text, &end, 16);
	else
		number = strtod(text, &end);
	number *= cmdlet_multiplier(end);
	if (!(number < 1e15 && number > -1e15) || (*end && cmdlet_multiplier(end) == 0))
		return false;
	/* Of a sum of this size no fraction is left, and a half becomes even. */
	*value = (int64_t)((number + 0x1.8p52) - 0x1.8p52);
	return true;
}

static const char *set_count(void *field, const char *text, const struct setting *how)
{
	const char *rest = "";
	int64_t value;

	if (!whole_number(text, &value, &rest) || *rest) {
		if (!how->cmdlet || !cmdlet_number(text, &value) || value < 0)
			return MSG_MUST_BE_COUNT;
	}
	if (value == INT64_MAX)
		return MSG_MUST_BE_COUNT;
	*(int64_t *)field = value;
	return NULL;
}

/* PowerShell's Int32, 0 or greater. */
static const char *set_buffer(void *field, const char *text, const struct setting *how)
{
	int64_t value = 0;
	const char *wrong = set_count(&value, text, how);

	if (wrong)
		return wrong;
	if (value > INT32_MAX)
		return MSG_MUST_BE_INT32;
	*(int64_t *)field = value;
	return NULL;
}

/* From 1. */
static const char *set_ordinal(void *field, const char *text, const struct setting *how)
{
	int64_t value = 0;

	if (set_count(&value, text, how) || value == 0)
		return MSG_MUST_BE_ORDINAL;
	*(int64_t *)field = value;
	return NULL;
}

static const char *set_integer(void *field, const char *text, const struct setting *how)
{
	char *end;
	int64_t value;

	errno = 0;
	value = strtoll(text, &end, 10);
	if ((end == text || *end || errno) && (!how->cmdlet || !cmdlet_number(text, &value)))
		return MSG_MUST_BE_INTEGER;
	if (value < INT32_MIN || value > INT32_MAX)
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
	if (duration_is_bare(text, field) || duration_parse(text, field))
		return NULL;
	return duration_is_too_long(text) ? MSG_MUST_BE_SHORTER : MSG_MUST_BE_SECONDS;
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
		return moment_is_skipped(text) ? MSG_MUST_EXIST : MSG_MUST_BE_MOMENT;
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
	struct words *operands = field;
	size_t before = operands->count;

	if (!strchr(text, ','))
		return set_operand(field, text, how);
	add_pieces(how->arguments, operands, text);
	for (size_t i = before; i < operands->count; i++) {
		if (!*operands->items[i].text)
			return MSG_MUST_NOT_LACK_ID;
	}
	return NULL;
}

static setter *const setters[] = {
	[OPTION_FLAG] = set_flag,         [OPTION_SWITCH] = set_switch,
	[OPTION_TEXT] = set_text,         [OPTION_PATH] = set_path,
	[OPTION_LIST] = set_list,         [OPTION_PAIRS] = set_pairs,
	[OPTION_COUNT] = set_count,       [OPTION_BUFFER] = set_buffer,
	[OPTION_ORDINAL] = set_ordinal,   [OPTION_BYTES] = set_bytes,
	[OPTION_SECONDS] = set_seconds,   [OPTION_DURATION] = set_duration,
	[OPTION_MOMENT] = set_moment,     [OPTION_PREFERENCE] = set_preference,
	[OPTION_ACTION] = set_action,     [OPTION_VARIABLE] = set_variable,
	[OPTION_ENDS] = set_ends,         [OPTION_INTEGER] = set_integer,
	[OPTION_SLOTS] = set_slot_limit,  [OPTION_NICE] = set_niceness,
	[OPTION_IO_CLASS] = set_io_class, [OPTION_CPU_SET] = set_cpu_set,
	[OPTION_OPERAND] = set_operand,   [OPTION_OPERANDS] = set_operands,
};

const char *setting_read(enum option_kind kind, void *field, const char *text, const struct setting *how)
{
	return setters[kind](field, text, how);
}
