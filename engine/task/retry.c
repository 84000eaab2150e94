#include "config.h"

#include <ctype.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "engine/task/messages.h"
#include "engine/task/retry.h"
#include "engine/task/signals.h"

enum { ITEM_SIZE = 32, STATUS_MAX = 255 };

static const char cannot_run[] = "cannot-run";
static const char only_on[] = "on ", not_on[] = "not ";

/* What an item of a list stands for; the others are -1 and false. */
struct retry_item {
	int status, signal;
	bool cannot_run;
};

static int retry_status(const char *text)
{
	int status = 0;
	for (const char *c = text; *c; c++) {
		if (!isdigit((unsigned char)*c) || c - text > 2)
			return -1;
		status = status * 10 + (*c - '0');
	}
	return *text && status <= STATUS_MAX ? status : -1;
}

/* False: it is none. */
static bool retry_read_item(const char *text, size_t length, struct retry_item *item)
{
	char copy[ITEM_SIZE];
	*item = (struct retry_item){ .status = -1, .signal = -1 };
	if (length >= sizeof(copy))
		return false;
	memcpy(copy, text, length);
	copy[length] = '\0';
	item->status = retry_status(copy);
	item->cannot_run = strcasecmp(copy, cannot_run) == 0;
	/* A number is a status, and "none" is no signal. */
	if (item->status < 0 && !isdigit((unsigned char)*copy) && signal_parse(copy) > 0)
		item->signal = signal_parse(copy);
	return item->status >= 0 || item->cannot_run || item->signal > 0;
}

/* The item behind the comma; NULL: it was the last. */
static const char *retry_next_item(const char *item)
{
	item += strcspn(item, ",");
	return *item ? item + 1 : NULL;
}

const char *retry_wrong_item(const char *list)
{
	for (const char *text = list; text; text = retry_next_item(text)) {
		struct retry_item item;
		if (!retry_read_item(text, strcspn(text, ","), &item))
			return text;
	}
	return NULL;
}

/* The list of a rule.  NULL: it is no rule. */
static const char *retry_list(const char *rule)
{
	if (strncmp(rule, only_on, sizeof(only_on) - 1) == 0)
		return rule + sizeof(only_on) - 1;
	return strncmp(rule, not_on, sizeof(not_on) - 1) == 0 ? rule + sizeof(not_on) - 1 : NULL;
}

bool retry_rule_valid(const char *rule)
{
	const char *list = rule ? retry_list(rule) : NULL;
	return !rule || (list && strlen(rule) <= RETRY_RULE_MAX && !retry_wrong_item(list));
}

const char *retry_rule_list(const char *rule, const char *kind)
{
	size_t length = strlen(kind);
	return rule && strncmp(rule, kind, length) == 0 && rule[length] == ' ' ? retry_list(rule) : NULL;
}

static bool retry_lists(const char *list, const struct retry_end *end)
{
	for (const char *text = list; text; text = retry_next_item(text)) {
		struct retry_item item;
		if (!retry_read_item(text, strcspn(text, ","), &item))
			continue;
		if (!end->ran ? item.cannot_run
		              : (end->term_signal > 0 ? item.signal == end->term_signal
		                                      : item.status >= 0 && item.status == end->exit_code))
			return true;
	}
	return false;
}

bool retry_follows(const struct task_plan *plan, const struct retry_end *end)
{
	if (!end->known)
		return plan->retry_lost;
	const char *rule = plan->retry_rule, *list = rule ? retry_list(rule) : NULL;
	bool listed = list && retry_lists(list, end);
	if (list && strncmp(rule, only_on, sizeof(only_on) - 1) == 0)
		return listed;
	bool failed = end->late || end->term_signal > 0 || end->exit_code != 0;
	return end->ran && failed && !listed;
}

/* Without regularity among neighbours (Knuth, The Art of Computer Programming 3, 6.4: multiplicative hashing). */
static int64_t retry_spread(uint64_t number)
{
	return (int64_t)(number * UINT64_C(0x9E3779B97F4A7C15) >> 32) % 201 - 100;
}

int64_t retry_delay(const struct task_plan *plan, uint32_t nth, uint64_t number)
{
	int64_t delay = plan->retry_delay;
	for (uint32_t i = 1; i < nth && delay > 0 && delay < plan->retry_max; i++)
		delay *= 2;
	if (delay > plan->retry_max)
		delay = plan->retry_max;
	return delay + delay * retry_spread(number) / 1000;
}

bool retry_was_success(const struct plan_attempt *attempt)
{
	static const char late[] = MSG_TIME_LIMIT_REACHED;
	return attempt->exit_code == 0 && attempt->term_signal == 0 &&
	       (!attempt->message || strncmp(attempt->message, late, strcspn(late, "%")) != 0);
}

void retry_describe(const struct plan_attempt *attempt, char *text, size_t size)
{
	const char *message = attempt->message ? attempt->message : "";
	int used = 0;
	if (!*message || retry_was_success(attempt))
		used = snprintf(text, size, MSG_ENDED_WITH_STATUS, attempt->exit_code);
	if (*message)
		snprintf(text + used, size - (size_t)used, "%s%s", used > 0 ? "; " : "", message);
}
