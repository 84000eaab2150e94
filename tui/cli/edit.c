/*
 * edit: the commands that would make tasks, in an editor; what is changed there is changed of the tasks.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "engine/task/group.h"
#include "engine/task/state.h"
#include "tui/cli/commands.h"
#include "tui/cli/context.h"
#include "tui/cli/create.h"
#include "tui/cli/edit_line.h"
#include "tui/cli/edit_text.h"
#include "tui/cli/editor.h"
#include "tui/cli/report.h"
#include "tui/text/alloc.h"
#include "tui/text/messages.h"

#define EDIT_HEAD                                                                                             \
	"# Change the options and the command. The line must keep its id.\n"                                \
	"# It is split into words by the quotes of a shell, but no shell reads it: $ | > ; are plain text.\n" \
	"# If nothing is changed, or the editor fails, the tasks stay as they are.\n"

struct edit {
	struct invocation *inv;
	json_t *rows; /* of the tasks, owned */
	struct text text;
	char *path; /* owned; what the user wrote; NULL: nothing to be kept */
};

/* The text stays for another attempt. */
static void edit_fail(struct edit *edit, int status, char *error)
{
	if (edit->path)
		report_error(edit->inv, status, MSG_EDIT_KEPT, error, edit->path);
	else
		report_error(edit->inv, status, "%s", error);
	free(error);
	free(edit->path);
	edit->path = NULL;
}

static void edit_report(struct edit *edit, int result)
{
	const struct words *ids = &edit->inv->args.operands;

	for (size_t i = 0; i < ids->count; i++)
		report_bool(edit->inv, ids->items[i].text, result);
}

/* False: it was reported that there is no reply. */
static bool edit_fetch(struct edit *edit)
{
	struct client_reply reply = { 0 };
	struct jsonw *w = &edit->inv->request;

	jsonw_clear(w);
	edit_line_request(w, &edit->inv->args.operands);
	if (!invocation_call(edit->inv, "List", w, true, &reply))
		return false;
	edit->rows = json_incref(json_object_get(reply.parameters, "rows"));
	client_reply_release(&reply);
	return edit->rows != NULL;
}

static bool edit_all_wait(const struct edit *edit)
{
	const json_t *row;
	size_t i;

	json_array_foreach(edit->rows, i, row)
	{
		const char *name = json_string_value(json_object_get(row, "state"));
		int state = name ? task_state_parse(name) : -1;

		if (state != TASK_CREATED && state != TASK_QUEUED)
			return false;
	}
	return true;
}

static void edit_write(struct edit *edit)
{
	const json_t *row;
	size_t i;

	text_add_string(&edit->text, EDIT_HEAD);
	json_array_foreach(edit->rows, i, row)
	{
		edit_line_write(&edit->text, row);
	}
}

/* Parses a line, and adds what is changed.  False: reported. */
static bool edit_take_line(struct edit *edit, const struct strings *words, unsigned number, size_t index,
                           struct jsonw *w)
{
	const char *error = NULL;
	struct edit_line line;
	char *text = NULL;
	const json_t *row = json_array_get(edit->rows, index);

	if (!row)
		error = MSG_EDIT_LINES;
	if (!error && edit_line_parse(&line, edit->inv, words, row, &text) == 0) {
		edit_line_put(&line, w);
		edit_line_release(&line);
		return true;
	}
	edit_fail(edit, EXIT_USAGE, alloc_format(MSG_EDIT_LINE, number, error ? error : text));
	free(text);
	return false;
}

/* The parameters of Set.  False: reported. */
static bool edit_parse(struct edit *edit, struct jsonw *w)
{
	struct edit_reader reader = { .at = edit->text.data ? edit->text.data : "", .line = 1 };
	struct strings words = STRINGS_INIT;
	const char *error = NULL;
	size_t count = 0;
	bool good = true;

	jsonw_clear(w);
	jsonw_object(w);
	jsonw_key(w, "edits");
	jsonw_array(w);
	while (good && edit_text_next(&reader, &words, &error) == 0 && words.length > 0)
		good = edit_take_line(edit, &words, reader.begun, count++, w);
	jsonw_end_array(w);
	jsonw_end_object(w);
	strings_release(&words);
	if (good && (error || count != json_array_size(edit->rows))) {
		edit_fail(edit, EXIT_USAGE,
		          alloc_format(MSG_EDIT_LINE, error ? reader.begun : reader.line,
		                       error ? error : MSG_EDIT_LINES));
		good = false;
	}
	return good;
}

static void edit_apply(struct edit *edit, const struct jsonw *w)
{
	struct client_reply reply = { 0 };
	bool done;

	if (!invocation_ask(edit->inv, "Set", w, true, &reply)) {
		edit_fail(edit, edit->inv->status, alloc_string(MSG_EDIT_UNDONE));
		return;
	}
	done = json_is_true(json_array_get(json_object_get(reply.parameters, "results"), 0));
	if (reply.error) {
		if (!group_report_unknown(edit->inv, &reply))
			report_reply_error(edit->inv, &reply);
		edit_fail(edit, EXIT_FALSE, alloc_string(MSG_EDIT_UNDONE));
	} else {
		edit_report(edit, done);
		if (!done)
			edit_fail(edit, EXIT_FALSE, alloc_string(MSG_EDIT_BEGAN));
	}
	client_reply_release(&reply);
}

static void edit_in_editor(struct edit *edit)
{
	char *error = NULL, *before;
	struct jsonw w = JSONW_INIT;
	int result;

	edit_write(edit);
	before = alloc_string(edit->text.data);
	context_flush(edit->inv->context);
	result = editor_run(&edit->text, edit->inv->context->batch, &edit->path, &error);
	if (result)
		edit_fail(edit, EXIT_FALSE, error);
	else if (strcmp(before, edit->text.data ? edit->text.data : "") == 0)
		edit_report(edit, 1);
	else if (edit_parse(edit, &w))
		edit_apply(edit, &w);
	/* It is kept where something was wrong. */
	if (edit->path)
		unlink(edit->path);
	jsonw_release(&w);
	free(before);
}

void edit_run(struct invocation *inv)
{
	struct edit edit = { .inv = inv };

	if (!invocation_connect(inv) || !edit_fetch(&edit))
		return;
	const char *trouble = editor_trouble(inv->context->ask != NULL, inv->context->batch);

	if (!edit_all_wait(&edit))
		edit_report(&edit, 0);
	else if (trouble)
		edit_fail(&edit, EXIT_FALSE, alloc_string(trouble));
	else
		edit_in_editor(&edit);
	json_decref(edit.rows);
	text_release(&edit.text);
	free(edit.path);
}
