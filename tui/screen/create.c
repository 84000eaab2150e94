#include "tui/screen/create.h"

#include <stdlib.h>
#include <string.h>

#include "tui/screen/app.h"
#include "tui/screen/form_view.h"
#include "tui/screen/table_view.h"
#include "tui/screen/typed_command.h"
#include "tui/text/alloc.h"
#include "tui/text/messages.h"
#include "tui/view/form.h"

/* Shows the error without its column, which is in a line that the user has not seen. */
static void create_form_failed(struct app *app, const char *output)
{
	const char *error = strncmp(output, "column ", strlen("column ")) == 0 ? strstr(output, ": ") : NULL;

	app->table->seeking = false;
	app_say(app, alloc_string(error ? error + 2 : output), true);
}

/* The output is the id of the new task. */
static void create_ended(void *ctx, size_t starts, int status, char *output)
{
	struct app *app = ctx;

	if (status) {
		create_form_failed(app, output);
	} else {
		form_view_finish(app);
		table_view_select(app->table, output);
		app_say(app, alloc_format(starts ? MSG_CREATED_STARTED : MSG_CREATED, output), false);
	}
	free(output);
}

bool create_allowed(struct app *app)
{
	if (app->options.what_if)
		app_say(app, alloc_string(MSG_CREATED_NOT), true);
	return !app->options.what_if;
}

bool create_begin(struct app *app, const char *line, bool starts)
{
	return typed_command_start(app->command, line, create_ended, app, starts);
}

static void create_again_answer(void *ctx, size_t tag, const struct client_reply *reply)
{
	struct table_view *table = ctx;
	struct app *app = table->view.app;

	(void)tag;
	table->seeking = false;
	if (!reply || reply->error) {
		app_say(app, reply ? app_error(reply) : alloc_string(MSG_SAY_CONNECTION_LOST), true);
		return;
	}

	char *line = form_again(json_object_get(reply->parameters, "task"));

	table->seeking = line && create_begin(app, line, false);
	free(line);
}

void create_again(struct table_view *table, const char *id)
{
	if (!create_allowed(table->view.app))
		return;
	table->seeking = true; /* later keys are for the new task */
	feed_call_id(&table->view.app->feed, "Get", id, create_again_answer, table, 0);
}
