/*
 * start, stop, remove, pause, resume: each changes tasks one by one and answers True or False.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/task/signals.h"
#include "tui/cli/commands.h"
#include "tui/cli/context.h"
#include "tui/cli/report.h"
#include "tui/cli/selector.h"
#include "tui/cli/several.h"
#include "tui/confirm/ask_text.h"
#include "tui/text/alloc.h"
#include "tui/text/messages.h"

/* Where tasks are more than are in one call: which of them go first. */
enum operation_order { AS_NAMED, WAITING_FIRST, LAST_FIRST };

/* The method of each command, and its operation in the texts of ShouldProcess. */
static const struct operation_info {
	const char *command, *method;
	enum confirm_operation operation;
	enum operation_order order;
} operation_table[] = {
	{ "start", "Start", OPERATION_START, AS_NAMED },
	{ "stop", "Stop", OPERATION_CANCEL, WAITING_FIRST },
	{ "remove", "Remove", OPERATION_REMOVE, LAST_FIRST },
	{ "pause", "Pause", OPERATION_PAUSE, WAITING_FIRST },
	{ "resume", "Resume", OPERATION_RESUME, AS_NAMED },
	{ "clean", "Remove", OPERATION_REMOVE, AS_NAMED },
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

/* True if nothing is printed or asked before a call. */
static bool operation_is_silent(const struct invocation *inv)
{
	struct confirm_options options = confirm_options_of(&inv->args);
	struct confirm confirm;

	if (inv->confirming || options.verbose)
		return false;
	confirm_init(&confirm, &options);
	return confirm_next(&confirm, operation_of(inv)->operation) == CONFIRM_DO;
}

bool operation_pipelines(const struct invocation *inv)
{
	return !several_given(inv) && !selector_given(inv) && inv->args.operands.count <= OPERATION_AT_ONCE &&
	       operation_is_silent(inv);
}

/* The parameters of a call for several operands.  waiting: it is about those of them that do not run. */
static void operation_put(struct invocation *inv, size_t first, size_t count, bool waiting)
{
	const struct word *ids = &inv->args.operands.items[first];
	struct jsonw *w = &inv->request;

	jsonw_clear(w);
	jsonw_object(w);
	jsonw_key(w, count == 1 ? "id" : "ids");
	if (count > 1)
		jsonw_array(w);
	for (size_t i = 0; i < count; i++)
		jsonw_string(w, ids[i].text);
	if (count > 1)
		jsonw_end_array(w);
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
	if (waiting) {
		jsonw_key(w, "waiting");
		jsonw_bool(w, true);
	}
	jsonw_end_object(w);
}

/* Sends a call for the operands that were not sent yet, up to `until`. */
static void operation_send_until(struct invocation *inv, size_t until)
{
	size_t first = inv->sent;

	inv->sent = until;
	if (first == until)
		return;
	operation_put(inv, first, until - first, false);
	invocation_send(inv, operation_of(inv)->method, &inv->request, false);
}

void operation_send(struct invocation *inv)
{
	operation_send_until(inv, inv->args.operands.count);
}

/* The number of operands, from `first`, for one call. */
static size_t operation_share(const struct invocation *inv, size_t first)
{
	size_t left = inv->sent - first;

	return left < OPERATION_MOST ? left : OPERATION_MOST;
}

/* The result for the operand at index; -1: nothing was to be done.  clean only counts. */
static void operation_report(struct invocation *inv, size_t index, int result)
{
	if (!inv->families)
		report_bool(inv, inv->args.operands.items[index].text, result);
	else if (result > 0)
		inv->removed += inv->families[index];
}

/* The reply is for operands beginning with number inv->answered.  The caller adds one to that number. */
void operation_receive(struct invocation *inv, struct client_reply *reply)
{
	const json_t *results = json_object_get(reply->parameters, "results");
	const json_t *result = json_object_get(reply->parameters, "result");

	if (!reply->error && json_array_size(results) > 0) {
		for (size_t i = 0; i < json_array_size(results) && inv->answered + i < inv->sent; i++)
			operation_report(inv, inv->answered + i, json_is_true(json_array_get(results, i)));
		inv->answered += (unsigned)json_array_size(results) - 1;
	} else if (reply->error || !json_is_boolean(result)) {
		report_reply_error(inv, reply);
		inv->answered += (unsigned)operation_share(inv, inv->answered) - 1;
	} else {
		operation_report(inv, inv->answered, json_is_true(result));
	}
}

static void say_what_if(struct invocation *inv, const char *id)
{
	char *text = alloc_checked(confirm_what_if(operation_of(inv)->operation, several_id(inv, id)));

	/* The line is for people.  With --json, standard output has only JSON. */
	if (inv->args.json)
		fprintf(stderr, "%s\n", text);
	else
		printf("%s\n", text);
	free(text);
	report_bool(inv, id, -1);
}

/* False: the operation must not be done. */
static bool say_verbose(struct invocation *inv, const char *id)
{
	char *text = alloc_checked(confirm_verbose(operation_of(inv)->operation, several_id(inv, id)));
	bool good = report_announce(inv, OPT_VERBOSE, inv->args.verbose_action, text);

	free(text);
	return good;
}

/* More tasks than are in one call, from number first on. */
struct many {
	struct invocation *inv;
	size_t first, count;
	signed char *results; /* 1, 0, or -1: there is none */
};

/* One call, for the tasks of a slice.  False: the connection was lost, or an error ends the command. */
static bool many_call(struct many *many, size_t at, bool waiting)
{
	size_t left = many->count - at, count = left < OPERATION_AT_ONCE ? left : OPERATION_AT_ONCE;
	struct invocation *inv = many->inv;
	struct client_reply reply = { 0 };
	const json_t *result;
	size_t i;

	operation_put(inv, many->first + at, count, waiting);
	if (!invocation_ask(inv, operation_of(inv)->method, &inv->request, false, &reply))
		return false;
	if (reply.error)
		report_reply_error(inv, &reply);
	json_array_foreach(json_object_get(reply.parameters, "results"), i, result)
	{
		if (i < count && json_is_true(result))
			many->results[at + i] = 1;
		else if (i < count && !waiting && many->results[at + i] < 0)
			many->results[at + i] = 0;
	}
	client_reply_release(&reply);
	return !inv->halted;
}

/* All calls, one after another. */
static void many_call_all(struct many *many)
{
	enum operation_order order = operation_of(many->inv)->order;
	size_t last = (many->count - 1) / OPERATION_AT_ONCE * OPERATION_AT_ONCE;
	bool good = true;

	for (size_t at = 0; order == WAITING_FIRST && good && at < many->count; at += OPERATION_AT_ONCE)
		good = many_call(many, at, true);
	for (size_t at = 0; good && at < many->count; at += OPERATION_AT_ONCE)
		good = many_call(many, order == LAST_FIRST ? last - at : at, false);
}

/*
 * In all slices, what waits is stopped or held before what runs, so that no slot that comes free starts a task of a
 * later slice.  The last slice is removed first, since children are younger than their parents.  The results come in
 * the order of the tasks.
 */
static void operation_do_many(struct invocation *inv, size_t until)
{
	struct many many = { .inv = inv, .first = inv->sent, .count = until - inv->sent };

	many.results = alloc_zero(many.count, 1);
	memset(many.results, -1, many.count);
	many_call_all(&many);
	for (size_t i = 0; i < many.count; i++) {
		if (many.results[i] >= 0)
			operation_report(inv, many.first + i, many.results[i]);
	}
	inv->sent = until;
	inv->answered = (unsigned)until;
	free(many.results);
}

/*
 * Does it to the tasks up to `until`, and waits for the replies, so that a question about the next task comes after
 * these.  False: there is no server.
 */
static bool operation_do(struct invocation *inv, size_t until)
{
	if (inv->sent >= until)
		return true;
	if (!invocation_connect(inv))
		return false;
	if (until - inv->sent > OPERATION_AT_ONCE) {
		operation_do_many(inv, until);
		return true;
	}
	operation_send_until(inv, until);
	invocation_receive_all(inv);
	return true;
}

/* A verdict, or -errno. */
static int operation_ask(struct invocation *inv, struct confirm *confirm, enum confirm_operation operation,
                         const char *id)
{
	struct context *context = inv->context;

	context_flush(inv->context);
	if (context->ask)
		return context->ask(context->ask_ctx, confirm, operation, id);
	return context->ask_fd < 0 ? -ENOTTY : ask_text(confirm, operation, id, context->ask_fd, stderr);
}

static const char *operation_why_unanswered(const struct invocation *inv, int verdict)
{
	if (verdict == -ENOTTY)
		return inv->cmdlet ? MSG_NO_ASKER_CMDLET : MSG_NO_ASKER;
	return verdict == -ENODATA ? MSG_INPUT_ENDED : strerror(-verdict);
}

/* Reports that nobody could be asked. */
static bool operation_unanswered(struct invocation *inv, const char *id, int verdict)
{
	report_error(inv, EXIT_USAGE, MSG_NO_ANSWER, id, operation_why_unanswered(inv, verdict));
	inv->confirm.no_to_all = true; /* nobody can be asked about the next task, either */
	return false;
}

/* Decides about the task at index.  False: stop here. */
static bool operation_next(struct invocation *inv, struct confirm *confirm, size_t index)
{
	enum confirm_operation operation = operation_of(inv)->operation;
	const char *id = inv->args.operands.items[index].text;
	bool asked_for_all = confirm->yes_to_all;
	int verdict = (int)confirm_next(confirm, operation);
	bool announce = verdict == CONFIRM_DO && inv->args.verbose && !asked_for_all;

	if (verdict != CONFIRM_DO && !operation_do(inv, index))
		return false;
	if (verdict == CONFIRM_ASK)
		verdict = operation_ask(inv, confirm, operation, several_id(inv, id));
	if (verdict < 0)
		return operation_unanswered(inv, id, verdict);
	if (announce && !say_verbose(inv, id))
		return false;
	if (verdict == CONFIRM_DO)
		return true;
	if (verdict == CONFIRM_WHAT_IF)
		say_what_if(inv, id);
	else
		operation_report(inv, index, -1);
	inv->answered++;
	inv->sent++;
	return true;
}

void operation_run_found(struct invocation *inv)
{
	struct confirm_options options = confirm_options_of(&inv->args);
	const struct words *ids = &inv->args.operands;
	size_t decided = 0;

	if (operation_is_silent(inv)) {
		operation_do(inv, ids->count);
		return;
	}
	if (!(inv->args.what_if ? invocation_finds_server(inv) : invocation_connect(inv)))
		return;
	if (!inv->confirming)
		confirm_init(&inv->confirm, &options);
	inv->confirming = true;
	while (decided < ids->count && !inv->halted && operation_next(inv, &inv->confirm, decided))
		decided++;
	operation_do(inv, decided);
}

/* True if tasks of several servers need a question. */
static bool operation_needs_yes(const struct invocation *inv)
{
	return !inv->args.what_if && inv->args.confirm != CONFIRM_FALSE;
}

/* One question for the tasks of several servers, which nobody sees together. */
static bool operation_agree(struct invocation *inv, const char *target, bool one)
{
	struct confirm_options options = confirm_options_of(&inv->args);
	struct confirm confirm;
	int verdict;

	if (!operation_needs_yes(inv))
		return true;
	confirm_init(&confirm, &options);
	confirm.for_several = !one;
	verdict = operation_ask(inv, &confirm, operation_of(inv)->operation, target);
	if (verdict < 0)
		report_error(inv, EXIT_USAGE, one ? MSG_NO_ANSWER : MSG_NO_ANSWER_TASKS, target,
		             operation_why_unanswered(inv, verdict));
	return verdict == CONFIRM_DO;
}

/* In the process of a server: which tasks it has, a line for each. */
static void operation_name_found(struct invocation *inv)
{
	if (!selector_find(inv))
		return;
	for (size_t i = 0; i < inv->args.operands.count; i++)
		printf("%s\n", several_id(inv, inv->args.operands.items[i].text));
}

/* The lines of one server become operands. */
static void operation_take_found(void *ctx, const struct several_part *part, const char *bytes, size_t length)
{
	struct arguments *args = &((struct invocation *)ctx)->args;
	const char *end = bytes + length, *line;

	(void)part;
	for (; (line = memchr(bytes, '\n', (size_t)(end - bytes))); bytes = line + 1) {
		char *id = alloc_checked(strndup(bytes, (size_t)(line - bytes)));

		words_add_text(&args->copies, id);
		words_add_text(&args->operands, id);
	}
}

/* Of several servers: the question is about the tasks that are found before it, and they alone are stopped. */
static void operation_run_several(struct invocation *inv, bool asks)
{
	const struct several_how finding = {
		.run = operation_name_found,
		.take = operation_take_found,
		.ctx = inv,
	};
	struct several_how how = {
		.run = operation_run,
		.names = true,
		.in_turn = asks,
		.agree = asks ? NULL : operation_agree,
	};

	if (selector_given(inv) && !asks && operation_needs_yes(inv)) {
		several_run(inv, &finding);
		if (inv->args.operands.count == 0)
			return;
		how.run = operation_run_found;
		how.found = true;
	}
	several_run(inv, &how);
}

void operation_run(struct invocation *inv)
{
	if (several_given(inv))
		operation_run_several(inv, !inv->args.what_if && !operation_is_silent(inv));
	else if (selector_find(inv))
		operation_run_found(inv);
}
