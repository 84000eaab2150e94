/*
 * start, stop, remove, set: each changes tasks one by one and answers True or False.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/task/signals.h"
#include "tui/cli/commands.h"
#include "tui/cli/context.h"
#include "tui/cli/report.h"
#include "tui/confirm/ask_text.h"
#include "tui/text/alloc.h"
#include "tui/text/messages.h"

/* What each of the commands is called on the wire and in the texts of ShouldProcess. */
static const struct operation_info {
	const char *command, *method;
	enum confirm_operation operation;
} operation_table[] = {
	{ "start", "Start", OPERATION_START },
	{ "stop", "Stop", OPERATION_CANCEL },
	{ "remove", "Remove", OPERATION_REMOVE },
};

static const struct operation_info *operation_of(const struct invocation *inv)
{
	const struct operation_info *info = operation_table;

	while (strcmp(info->command, inv->command->name) != 0)
		info++;
	return info;
}

static struct confirm_options confirm_options_of(const struct arguments *args)
{
	return (struct confirm_options){
		.what_if = args->what_if,
		.verbose = args->verbose,
		.confirm = args->confirm,
		.preference = args->confirm_preference,
	};
}

int operation_check_stop(struct invocation *inv)
{
	const char *name = inv->args.signal;

	if (!name || signal_parse(name) >= 0)
		return 0;
	invocation_blame(inv, name);
	report_error(inv, EXIT_USAGE, MSG_SIGNAL_UNKNOWN, name);
	return EXIT_USAGE;
}

/* Calls go out without a pause unless something is to be said or asked before one, or an error ends it. */
bool operation_pipelines(const struct invocation *inv)
{
	struct confirm_options options = confirm_options_of(&inv->args);
	struct confirm confirm;

	if (inv->confirming || options.verbose || inv->args.error_action == ACTION_STOP ||
	    inv->args.error_action == ACTION_INQUIRE)
		return false;
	confirm_init(&confirm, &options);
	return confirm_next(&confirm, operation_of(inv)->operation) == CONFIRM_DO;
}

static void operation_send_one(struct invocation *inv, const char *id)
{
	struct jsonw *w = &inv->request;

	jsonw_clear(w);
	jsonw_object(w);
	jsonw_key(w, "id");
	jsonw_string(w, id);
	if (arguments_given(&inv->args, OPT_SIGNAL)) {
		jsonw_key(w, "signal");
		jsonw_string(w, inv->args.signal);
	}
	if (arguments_given(&inv->args, OPT_KILL_AFTER)) {
		jsonw_key(w, "killAfter");
		jsonw_fixed3(w, (int64_t)(inv->args.kill_after * 1000 + 0.5));
	}
	if (inv->args.kill) {
		jsonw_key(w, "kill");
		jsonw_bool(w, true);
	}
	jsonw_end_object(w);
	invocation_send(inv, operation_of(inv)->method, w, false);
}

void operation_send(struct invocation *inv)
{
	for (size_t i = 0; i < inv->args.operands.count; i++)
		operation_send_one(inv, inv->args.operands.items[i].text);
}

void operation_receive(struct invocation *inv, struct client_reply *reply)
{
	const json_t *result = json_object_get(reply->parameters, "result");
	const char *id = inv->args.operands.items[inv->answered].text;

	if (reply->error || !json_is_boolean(result))
		report_reply_error(inv, reply);
	else
		report_bool(inv, id, json_is_true(result));
}

static void say_what_if(struct invocation *inv, const char *id)
{
	char *text = alloc_checked(confirm_what_if(operation_of(inv)->operation, id));

	/* Among JSON it would be no JSON; it goes to people either way. */
	if (inv->args.json)
		fprintf(stderr, "%s\n", text);
	else
		printf("%s\n", text);
	free(text);
	report_bool(inv, id, -1);
}

/* False: nothing is to be done. */
static bool say_verbose(struct invocation *inv, const char *id)
{
	char *text = alloc_checked(confirm_verbose(operation_of(inv)->operation, id));
	bool good = report_announce(inv, OPT_VERBOSE, inv->args.verbose_action, text);

	free(text);
	return good;
}

/* Does the operation, then waits for the answer, so that a question about the next task comes after it. */
static bool operation_do(struct invocation *inv, const char *id)
{
	if (!invocation_connect(inv))
		return false;
	operation_send_one(inv, id);
	invocation_receive_all(inv);
	return true;
}

/* A verdict, or -errno. */
static int operation_ask(struct invocation *inv, struct confirm *confirm, enum confirm_operation operation,
                         const char *id)
{
	struct context *context = inv->context;

	fflush(stdout);
	if (context->ask)
		return context->ask(context->ask_ctx, confirm, operation, id);
	return context->ask_fd < 0 ? -ENOTTY : ask_text(confirm, operation, id, context->ask_fd, stderr);
}

/* The next task; false: no more are to be looked at. */
static bool operation_next(struct invocation *inv, struct confirm *confirm, const char *id)
{
	enum confirm_operation operation = operation_of(inv)->operation;
	bool asked_for_all = confirm->yes_to_all;
	int verdict = (int)confirm_next(confirm, operation);
	bool announce = verdict == CONFIRM_DO && inv->args.verbose && !asked_for_all;

	if (verdict == CONFIRM_ASK)
		verdict = operation_ask(inv, confirm, operation, id);
	if (verdict < 0) {
		report_error(inv, EXIT_USAGE, MSG_NO_ANSWER, id,
		             verdict == -ENOTTY    ? inv->cmdlet ? MSG_NO_ASKER_CMDLET : MSG_NO_ASKER
		             : verdict == -ENODATA ? MSG_INPUT_ENDED
		                                   : strerror(-verdict));
		inv->confirm.no_to_all = true; /* nor will there be one about the next */
		return false;
	}
	if (announce && !say_verbose(inv, id))
		return false;
	if (verdict == CONFIRM_DO)
		return operation_do(inv, id);
	if (verdict == CONFIRM_WHAT_IF)
		say_what_if(inv, id);
	else
		report_bool(inv, id, -1);
	inv->answered++;
	return true;
}

/* Before anything is announced or asked.  What-if needs no server, but an address that is one.  False: reported. */
static bool operation_reaches_server(struct invocation *inv)
{
	char *error = NULL;
	int status;

	if (!inv->args.what_if)
		return invocation_connect(inv);
	status = context_connection(inv->context, inv->args.server, &inv->connection, &error);
	if (!status)
		return true;
	report_error(inv, status, "%s", error);
	free(error);
	return false;
}

void operation_run(struct invocation *inv)
{
	struct confirm_options options = confirm_options_of(&inv->args);

	if (operation_pipelines(inv)) {
		if (!invocation_connect(inv))
			return;
		operation_send(inv);
		invocation_receive_all(inv);
		return;
	}
	if (!operation_reaches_server(inv))
		return;
	if (!inv->confirming)
		confirm_init(&inv->confirm, &options);
	inv->confirming = true;
	for (size_t i = 0; i < inv->args.operands.count && !inv->halted; i++) {
		if (!operation_next(inv, &inv->confirm, inv->args.operands.items[i].text))
			break;
	}
}

static bool is_blank(const char *text)
{
	return !text[strspn(text, " \t\r\n\v\f")];
}

int set_check(struct invocation *inv)
{
	const char *name = inv->args.name, *description = inv->args.description;

	if (!name && !description) {
		report_error(inv, EXIT_USAGE, MSG_NOTHING_TO_SET, inv->args.operands.items[0].text,
		             inv->cmdlet ? MSG_SET_PARAMETERS : MSG_SET_OPTIONS);
		return EXIT_USAGE;
	}
	if (name && is_blank(name)) {
		invocation_blame(inv, name);
		report_error(inv, EXIT_USAGE, MSG_TEXT_BLANK, "name");
		return EXIT_USAGE;
	}
	if (description && is_blank(description)) {
		invocation_blame(inv, description);
		report_error(inv, EXIT_USAGE, MSG_TEXT_BLANK, "description");
		return EXIT_USAGE;
	}
	return 0;
}

void set_send(struct invocation *inv)
{
	struct jsonw *w = &inv->request;

	jsonw_clear(w);
	jsonw_object(w);
	jsonw_key(w, "id");
	jsonw_string(w, inv->args.operands.items[0].text);
	if (inv->args.name) {
		jsonw_key(w, "name");
		jsonw_string(w, inv->args.name);
	}
	if (inv->args.description) {
		jsonw_key(w, "description");
		jsonw_string(w, inv->args.description);
	}
	jsonw_end_object(w);
	invocation_send(inv, "Set", w, true);
}
