/*
 * progress, cancelled: for use inside a task.
 */
#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tui/cli/commands.h"
#include "tui/cli/context.h"
#include "tui/cli/report.h"
#include "tui/text/alloc.h"
#include "tui/text/messages.h"

static int check_inside(struct invocation *inv)
{
	const char *id = getenv("KRTASK_ID");

	if (id && *id)
		return 0;
	report_error(inv, EXIT_USAGE, MSG_NOT_INSIDE);
	return EXIT_USAGE;
}

/* A number, with or without "%" after it. */
static bool parse_percent(const char *text, double *percent)
{
	char *end;

	*percent = strtod(text, &end);
	if (end == text || !isfinite(*percent) || strpbrk(text, "xXpPnN"))
		return false;
	return *end == '\0' || (*end == '%' && end[1] == '\0');
}

int inside_check_progress(struct invocation *inv)
{
	const char *text = inv->args.operands.items[0].text;
	double percent;

	if (parse_percent(text, &percent))
		return check_inside(inv);
	report_error(inv, EXIT_USAGE, MSG_PERCENT_INVALID, text);
	return EXIT_USAGE;
}

/* The words after the percentage, as one message. malloc'ed; NULL: none. */
static char *message_of(const struct arguments *args)
{
	const struct words *operands = &args->operands;

	if (args->message || operands->count < 2)
		return args->message ? alloc_string(args->message) : NULL;
	char *message = alloc_string("");
	for (size_t i = 1; i < operands->count; i++) {
		char *longer = alloc_format("%s%s%s", message, i > 1 ? " " : "", operands->items[i].text);

		free(message);
		message = longer;
	}
	return message;
}

void progress_run(struct invocation *inv)
{
	const char *id = getenv("KRTASK_ID");
	struct client_reply reply = { 0 };
	struct jsonw *w = &inv->request;
	double percent;
	char *message;

	if (!invocation_connect(inv))
		return;
	parse_percent(inv->args.operands.items[0].text, &percent);
	percent = percent < 0 ? 0 : percent > 100 ? 100 : percent;
	jsonw_clear(w);
	jsonw_object(w);
	jsonw_key(w, "id");
	jsonw_string(w, id);
	jsonw_key(w, "percent");
	jsonw_fixed3(w, (int64_t)(percent * 1000));
	message = message_of(&inv->args);
	if (message) {
		jsonw_key(w, "message");
		jsonw_string(w, message);
		free(message);
	}
	jsonw_end_object(w);
	if (!invocation_call(inv, "Progress", w, true, &reply))
		return;
	if (!json_is_true(json_object_get(reply.parameters, "result")))
		report_error(inv, EXIT_FALSE, MSG_TASK_NOT_RUNNING, id);
	else if (report_is_json(inv))
		report_bool(inv, id, 1);
	client_reply_release(&reply);
}

int inside_check_cancelled(struct invocation *inv)
{
	return check_inside(inv);
}

void cancelled_run(struct invocation *inv)
{
	const char *id = getenv("KRTASK_ID");
	struct client_reply reply = { 0 };
	struct jsonw *w = &inv->request;
	bool cancelled;

	if (!invocation_connect(inv))
		return;
	jsonw_clear(w);
	jsonw_object(w);
	jsonw_key(w, "id");
	jsonw_string(w, id);
	jsonw_end_object(w);
	if (!invocation_call(inv, "Cancelled", w, true, &reply))
		return;
	cancelled = json_is_true(json_object_get(reply.parameters, "cancelled"));
	client_reply_release(&reply);
	if (report_is_json(inv))
		report_bool(inv, id, cancelled);
	else if (!cancelled)
		inv->status = EXIT_FALSE;
}
