/*
 * again: new tasks like those that have ended.
 */
#include <stdlib.h>
#include <string.h>

#include "engine/task/task.h"
#include "tui/cli/commands.h"
#include "tui/cli/context.h"
#include "tui/cli/create.h"
#include "tui/cli/plan_options.h"
#include "tui/cli/report.h"
#include "tui/cli/selector.h"
#include "tui/text/alloc.h"
#include "tui/text/messages.h"

/* The server takes so many tasks in a call; with those that they adopt, fewer, since each may bring many others. */
enum { AGAIN_MOST = 250, AGAIN_MOST_ADOPTING = 10 };

/* What is given anew, without the lists; name and group may have been selectors. */
static struct task_spec again_spec(const struct invocation *inv)
{
	const struct arguments *args = &inv->args;

	return (struct task_spec){
		.id = (char *)args->id,
		.name = inv->selected ? NULL : (char *)args->name,
		.description = (char *)args->description,
		.group = inv->selected ? NULL : (char *)args->group,
	};
}

/* The command, if one is given, and the variables.  0, or an exit status, reported. */
static int again_lists(struct invocation *inv, struct task_spec *spec)
{
	struct arguments *args = &inv->args;
	struct words ids = args->operands;
	int status = 0;

	if (args->command.count > 0 || args->code || args->file || args->language) {
		args->operands = args->command;
		args->dashes = 0;
		status = create_build_command(inv, &spec->command);
		args->operands = ids;
	}
	return status ? status : create_build_variables(inv, &spec->variables);
}

/* One id cannot be that of several tasks.  0, or an exit status, reported. */
static int again_check_id(struct invocation *inv)
{
	size_t count = inv->args.operands.count;

	if (!inv->args.id || count < 2)
		return 0;
	invocation_blame(inv, inv->args.id);
	report_error(inv, EXIT_USAGE, MSG_ID_FOR_MANY, inv->args.id, count);
	return EXIT_USAGE;
}

int again_check(struct invocation *inv)
{
	struct task_spec spec;
	char *error = NULL;
	int status;

	inv->selected = selector_given(inv);
	if (again_check_id(inv))
		return EXIT_USAGE;
	spec = again_spec(inv);
	status = again_lists(inv, &spec);
	if (!status && (plan_options_check(&inv->args, inv->cmdlet, &error) ||
	                task_text_check(spec.name, spec.description, &error))) {
		report_error(inv, EXIT_USAGE, "%s", error ? error : MSG_OUT_OF_MEMORY);
		status = EXIT_USAGE;
	}
	free(error);
	strings_release(&spec.command);
	strings_release(&spec.variables);
	return status;
}

bool again_pipelines(const struct invocation *inv)
{
	return !selector_given(inv) && inv->args.operands.count == 1;
}

/* The tasks from number inv->answered on, up to inv->sent. */
static void again_put_tasks(struct invocation *inv, struct jsonw *w)
{
	const struct word *ids = &inv->args.operands.items[inv->answered];
	size_t count = inv->sent - inv->answered;

	if (count == 1) {
		create_put_text(w, "task", ids->text);
		create_put_nonce(inv, w);
		return;
	}
	jsonw_key(w, "tasks");
	jsonw_array(w);
	for (size_t i = 0; i < count; i++)
		jsonw_string(w, ids[i].text);
	jsonw_end_array(w);
}

/* Sends a call for the next ones. */
void again_send(struct invocation *inv)
{
	struct task_spec spec = again_spec(inv);
	const struct arguments *args = &inv->args;
	size_t left = args->operands.count - inv->answered,
	       most = args->adopt ? AGAIN_MOST_ADOPTING : AGAIN_MOST;
	struct jsonw *w = &inv->request;
	char *cwd = args->cwd ? create_cwd(inv) : NULL;

	inv->sent = inv->answered + (left < most ? left : most);
	again_lists(inv, &spec);
	jsonw_clear(w);
	jsonw_object(w);
	again_put_tasks(inv, w);
	spec.cwd = cwd;
	create_put_spec(w, &spec);
	plan_options_put(args, w);
	if (arguments_given(args, OPT_MERGE)) {
		jsonw_key(w, "merge");
		jsonw_bool(w, args->merge);
	}
	if (arguments_given(args, OPT_MAX_LOG)) {
		jsonw_key(w, "maxLog");
		jsonw_int(w, args->max_log);
	}
	create_put_text(w, "parent", args->parent);
	if (args->adopt) {
		jsonw_key(w, "adopt");
		jsonw_bool(w, true);
	}
	if (inv->cmdlet || arguments_given(args, OPT_START)) {
		jsonw_key(w, "start");
		jsonw_bool(w, args->start);
	}
	jsonw_end_object(w);
	strings_release(&spec.command);
	strings_release(&spec.variables);
	free(cwd);
	invocation_send(inv, "Again", w, inv->sent - inv->answered == 1);
}

/* A variable gets the ids of the new tasks alone: each of its values is bound as an id. */
static void again_report(struct invocation *inv, const char *id, const char *made)
{
	static const char refused[] = "False\n";
	struct jsonw *w;

	if (!report_is_json(inv)) {
		if (made)
			report_line(inv, made);
		else if (report_refused(inv, id) && !inv->args.quiet)
			report_raw(inv, refused, strlen(refused));
		return;
	}
	if (made)
		report_value(inv, made);
	w = report_json(inv);
	jsonw_object(w);
	jsonw_key(w, "id");
	jsonw_string(w, id);
	jsonw_key(w, "newId");
	jsonw_string(w, made);
	jsonw_end_object(w);
	report_json_end(inv);
}

static void again_take(struct invocation *inv, size_t index, const json_t *one)
{
	const char *made = json_string_value(json_object_get(one, "id"));

	if (!made && inv->status < EXIT_FALSE)
		inv->status = EXIT_FALSE;
	again_report(inv, inv->args.operands.items[index].text, made);
	if (made && json_is_false(json_object_get(one, "created")))
		create_note_unique(inv, made);
	else if (made && !inv->silent)
		context_made(inv->context, made);
}

/* The caller adds one to inv->answered.  An error is about the first of the tasks that were sent. */
void again_receive(struct invocation *inv, struct client_reply *reply)
{
	const json_t *several = json_object_get(reply->parameters, "made");
	size_t count = json_array_size(several);

	if (reply->error) {
		if (!plan_options_report(inv, reply))
			report_reply_error(inv, reply);
		return;
	}
	if (count == 0)
		again_take(inv, inv->answered, reply->parameters);
	for (size_t i = 0; i < count && inv->answered + i < inv->sent; i++)
		again_take(inv, inv->answered + i, json_array_get(several, i));
	inv->answered += count ? (unsigned)count - 1 : 0;
}

void again_run(struct invocation *inv)
{
	unsigned before;

	if (!selector_find(inv) || again_check_id(inv) || !invocation_connect(inv))
		return;
	do {
		before = inv->answered;
		again_send(inv);
		invocation_receive_all(inv);
	} while (inv->answered > before && inv->answered < inv->args.operands.count && !inv->halted);
}
