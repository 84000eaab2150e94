#include "tui/screen/create.h"

#include <stdlib.h>
#include <string.h>

#include "tui/cli/context.h"
#include "tui/cli/edit_line.h"
#include "tui/screen/app.h"
#include "tui/screen/form_view.h"
#include "tui/screen/table_view.h"
#include "tui/screen/typed_command.h"
#include "tui/text/alloc.h"
#include "tui/text/messages.h"

/* The output is the id of the new task. */
static void create_ended(void *ctx, size_t starts, int status, char *output)
{
	struct app *app = ctx;

	if (status) {
		form_view_refuse(app, output);
	} else {
		form_view_finish(app);
		table_view_select(app->table, output);
		app_say(app, alloc_format(starts ? MSG_CREATED_STARTED : MSG_CREATED, output), false);
	}
	free(output);
}

/* The reply to Set.  edits has one task, whose id was in the request. */
static void create_changed(void *ctx, size_t tag, const struct client_reply *reply)
{
	struct table_view *table = ctx;
	struct app *app = table->view.app;
	char *error = reply && reply->error ? app_error(reply) : NULL;
	bool done = reply && !error &&
	            json_is_true(json_array_get(json_object_get(reply->parameters, "results"), 0));

	(void)tag;
	table->changing = false;
	if (done) {
		form_view_finish(app);
		app_say(app, alloc_string(MSG_FORM_CHANGED), false);
	} else {
		form_view_refuse(app, error ? error : reply ? MSG_FORM_BEGAN : MSG_FORM_LOST);
	}
	free(error);
}

/* Writes the parameters of Set.  False: *error says what is wrong. */
static bool create_write_change(struct app *app, const struct strings *words, const json_t *row,
                                struct jsonw *params, char **error)
{
	struct context context;
	struct invocation inv;
	struct edit_line line;
	bool good;

	context_init(&context);
	context.defaults.server = app->arguments->server;
	invocation_init(&inv, &context);
	good = edit_line_parse(&line, &inv, words, row, error) == 0;
	if (good) {
		jsonw_object(params);
		jsonw_key(params, "edits");
		jsonw_array(params);
		edit_line_put(&line, params);
		jsonw_end_array(params);
		jsonw_end_object(params);
		edit_line_release(&line);
	}
	invocation_release(&inv);
	context_finish(&context, 0);
	return good;
}

static void create_submit_change(struct app *app, struct form *form, const json_t *row)
{
	struct strings words = STRINGS_INIT;
	struct jsonw params = JSONW_INIT;
	char *error = NULL;

	if (app->table->changing) {
		app_say(app, alloc_string(MSG_FORM_WAITS), true);
	} else if (form_words(form, &words) && create_write_change(app, &words, row, &params, &error)) {
		app->table->changing = true;
		feed_call(&app->feed, "Set", &params, create_changed, app->table, 0);
	} else if (error) {
		form_view_refuse(app, error);
	}
	free(error);
	strings_release(&words);
}

void create_submit(struct app *app, struct form *form, const json_t *row)
{
	const struct form_field *start = form_find(form, OPT_START);
	char *line;

	if (app->options.what_if) {
		app_say(app, alloc_string(form->purpose == FORM_EDIT ? MSG_EDIT_WHAT_IF : MSG_CREATED_NOT),
		        true);
		return;
	}
	if (form->purpose == FORM_EDIT) {
		create_submit_change(app, form, row);
		return;
	}
	line = form_line(form);
	if (line)
		typed_command_start(app->command, line, create_ended, app, start && start->on);
	free(line);
}

/* Whether a task in that state can be changed.  If not, says so. */
static bool create_may_edit(struct app *app, const char *id, int state)
{
	bool waits = state == TASK_CREATED || state == TASK_QUEUED;

	if (!waits)
		app_say(app,
		        alloc_format(MSG_EDIT_NOT, id,
		                     state < 0 ? "" : task_state_name((enum task_state)state)),
		        true);
	return waits;
}

/* The row of the task that a form is to be opened for. */
static void create_fetched(void *ctx, size_t edits, const struct client_reply *reply)
{
	struct table_view *table = ctx;
	struct app *app = table->view.app;
	const json_t *row = NULL;
	const char *id, *state;
	int number;

	table->seeking = false;
	if (app_failed(app, reply))
		return;
	row = json_array_get(json_object_get(reply->parameters, "rows"), 0);
	id = json_string_value(json_object_get(row, "id"));
	state = json_string_value(json_object_get(row, "state"));
	number = state ? task_state_parse(state) : -1;
	if (!id)
		app_say(app, alloc_string(MSG_REASON_NOT_FOUND), true);
	else if (!edits)
		form_view_open_for(app,
		                   number >= 0 && task_state_terminal((enum task_state)number) ? FORM_AGAIN
		                                                                               : FORM_NEW,
		                   row);
	else if (create_may_edit(app, id, number))
		form_view_open_for(app, FORM_EDIT, row);
}

static void create_fetch(struct app *app, const char *id, bool edits)
{
	struct jsonw params = JSONW_INIT;
	struct words ids = WORDS_INIT;

	words_add_text(&ids, id);
	edit_line_request(&params, &ids);
	words_release(&ids);
	app->table->seeking = true; /* later keys are for the form */
	feed_call(&app->feed, "List", &params, create_fetched, app->table, edits);
}

void create_edit_id(struct app *app, const char *id)
{
	if (live_up(&app->table->live))
		create_fetch(app, id, true);
	else
		app_say(app, alloc_string(MSG_NOT_CONNECTED), true);
}

/* The tagged tasks that the table shows; 0: the selected one is meant. */
static size_t create_tagged(const struct table_view *table)
{
	return tags_shown(&table->live.list.tags);
}

/* Says what has become of all copies, once all replies are there. */
static void create_copied(void *ctx, size_t tag, const struct client_reply *reply)
{
	struct table_view *table = ctx;
	bool made = reply && !reply->error && json_is_string(json_object_get(reply->parameters, "id"));

	(void)tag;
	table->copies_made += made;
	if (--table->copies_due > 0)
		return;
	if (table->copies_made == table->copies)
		app_say(table->view.app, alloc_format(MSG_AGAIN_MADE, table->copies), false);
	else
		app_say(table->view.app,
		        alloc_format(MSG_AGAIN_MADE_NOT, table->copies_made,
		                     table->copies - table->copies_made),
		        true);
}

static void create_copy(struct table_view *table, const char *id)
{
	struct jsonw params = JSONW_INIT;

	jsonw_object(&params);
	jsonw_key(&params, "task");
	jsonw_string(&params, id);
	jsonw_end_object(&params);
	feed_call(table->live.feed, "Again", &params, create_copied, table, 0);
}

static void create_again_decided(void *ctx, enum confirm_choice choice)
{
	struct table_view *table = ctx;

	if (choice != CHOICE_YES || table->copies_due > 0)
		return;
	/* Replies may come before the last call is made. */
	table->copies = table->copies_due = table->copied.targets.count;
	table->copies_made = 0;
	for (size_t i = 0; i < table->copies; i++)
		create_copy(table, table->copied.targets.items[i].id);
}

static void create_copy_first(void *ctx, uint64_t number, const char *id)
{
	char **first = ctx;

	(void)number;
	if (!*first)
		*first = alloc_string(id);
}

/* The only tagged task, or else the selected one; malloc'ed.  NULL: none, which was said. */
static char *create_only(struct table_view *table)
{
	const struct window_row *row = list_selected(&table->live.list);
	char *id = NULL;

	if (create_tagged(table) == 1)
		tags_each(&table->live.list.tags, false, create_copy_first, &id);
	else if (row)
		id = alloc_string(row->id);
	if (!id || !live_up(&table->live)) {
		app_say(table->view.app, alloc_string(id ? MSG_NOT_CONNECTED : MSG_NOTHING_SELECTED), true);
		free(id);
		return NULL;
	}
	return id;
}

static void create_again_ask(struct table_view *table, size_t tagged)
{
	struct jsonw params = JSONW_INIT;

	jsonw_object(&params);
	jsonw_key(&params, "ids");
	jsonw_array(&params);
	tags_write(&table->live.list.tags, false, &params);
	jsonw_end_array(&params);
	ask_tasks(&table->copied, table->view.app, &params, alloc_format(MSG_AGAIN_MANY, tagged),
	          create_again_decided, table);
}

void create_again(struct view *view)
{
	struct app *app = view->app;
	size_t tagged = create_tagged(app->table);
	char *id = app->options.what_if || tagged > 1 ? NULL : create_only(app->table);

	if (app->options.what_if)
		app_say(app, alloc_string(MSG_CREATED_NOT), true);
	else if (tagged > 1)
		create_again_ask(app->table, tagged);
	else if (id)
		create_fetch(app, id, false);
	free(id);
}

void create_edit(struct view *view)
{
	struct app *app = view->app;
	size_t tagged = create_tagged(app->table);
	char *id = tagged > 1 ? NULL : create_only(app->table);

	if (tagged > 1)
		app_say(app, alloc_format(MSG_EDIT_ONE, tagged), true);
	else if (id)
		create_fetch(app, id, true);
	free(id);
}
