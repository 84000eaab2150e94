/*
 * set: changes what was asked for of tasks.
 */
#include <stdlib.h>
#include <string.h>

#include "tui/cli/commands.h"
#include "tui/cli/context.h"
#include "tui/cli/create.h"
#include "tui/cli/plan_options.h"
#include "tui/cli/report.h"
#include "tui/text/alloc.h"
#include "tui/text/messages.h"

static bool set_is_blank(const char *text)
{
	return text && !text[strspn(text, " \t\r\n\v\f")];
}

static int set_fail(struct invocation *inv, const char *about, char *error)
{
	invocation_blame(inv, about);
	report_error(inv, EXIT_USAGE, "%s", error);
	free(error);
	return EXIT_USAGE;
}

static bool set_has_nothing(const struct invocation *inv)
{
	struct option_set set = inv->command->options;

	option_set_join(&set, &inv->command->later);
	OPTION_SET_EACH(id, &set) {
		if (arguments_given(&inv->args, id))
			return false;
	}
	return true;
}

int set_check(struct invocation *inv)
{
	const struct arguments *args = &inv->args;
	char *error = NULL;

	if (set_has_nothing(inv))
		return set_fail(inv, NULL,
		                alloc_format(MSG_NOTHING_TO_SET, args->operands.items[0].text,
		                             inv->cmdlet ? MSG_SET_PARAMETERS : MSG_SET_OPTIONS));
	if (args->operands.count > OPERATION_MOST && !inv->command->apart)
		return set_fail(inv, NULL,
		                alloc_format(MSG_SET_TOO_MANY, args->operands.count, OPERATION_MOST));
	if (set_is_blank(args->name))
		return set_fail(inv, args->name, alloc_format(MSG_TEXT_BLANK, "name"));
	if (set_is_blank(args->description))
		return set_fail(inv, args->description, alloc_format(MSG_TEXT_BLANK, "description"));
	return plan_options_check(args, inv->cmdlet, &error) ? set_fail(inv, NULL, error) : 0;
}

static void set_put_ids(struct jsonw *w, const struct word *ids, size_t count)
{
	jsonw_key(w, count == 1 ? "id" : "ids");
	if (count > 1)
		jsonw_array(w);
	for (size_t i = 0; i < count; i++)
		jsonw_string(w, ids[i].text);
	if (count > 1)
		jsonw_end_array(w);
}

static void set_send_some(struct invocation *inv, size_t first, size_t count)
{
	const struct arguments *args = &inv->args;
	struct jsonw *w = &inv->request;

	jsonw_clear(w);
	jsonw_object(w);
	set_put_ids(w, &args->operands.items[first], count);
	create_put_text(w, "name", args->name);
	create_put_text(w, "description", args->description);
	create_put_text(w, "group", args->group);
	plan_options_put(args, w);
	if (inv->command->apart) {
		jsonw_key(w, "each");
		jsonw_bool(w, true);
	}
	jsonw_end_object(w);
	invocation_send(inv, "Set", w, count == args->operands.count);
}

void set_send(struct invocation *inv)
{
	inv->sent = inv->args.operands.count;
	for (size_t first = 0, count; first < inv->sent; first += count) {
		count = inv->sent - first < OPERATION_MOST ? inv->sent - first : OPERATION_MOST;
		set_send_some(inv, first, count);
	}
}

void set_receive(struct invocation *inv, struct client_reply *reply)
{
	if (!plan_options_report(inv, reply) && !group_report_unknown(inv, reply))
		operation_receive(inv, reply);
}
