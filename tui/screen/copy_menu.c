#include "tui/screen/copy_menu.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tui/fields/decode.h"
#include "tui/fields/lookup.h"
#include "tui/screen/app.h"
#include "tui/screen/desktop.h"
#include "tui/screen/host.h"
#include "tui/screen/menu_view.h"
#include "tui/screen/table_view.h"
#include "tui/text/alloc.h"
#include "tui/text/screen_messages.h"
#include "tui/text/text.h"
#include "tui/view/clipboard.h"

enum { COPY_ID, COPY_COMMAND, COPY_OUTPUT, COPY_ERROR };
static const struct menu_item copy_menu_items[] = {
	[COPY_ID] = { 'i', "id" },
	[COPY_COMMAND] = { 'c', "command" },
	[COPY_OUTPUT] = { 'o', "output" },
	[COPY_ERROR] = { 'e', "error output" },
};

static void copy_menu_say(struct app *app, size_t what, const char *text, bool cut)
{
	size_t length = strlen(text);
	char *id = host_id(app->copied_host, app->copied);

	if (!length)
		app_say(app, alloc_format(MSG_COPY_NOTHING, id), true);
	else if (!terminal_copy(text))
		app_say(app, alloc_format(MSG_COPY_LONG, CLIPBOARD_MAX / 1024), true);
	else if (cut)
		app_say(app, alloc_format(MSG_COPY_LAST, length, id), false);
	else
		app_say(app,
		        alloc_format(MSG_COPIED, copy_menu_items[what].text, id, length,
		                     text_plural((long long)length, "byte", "bytes")),
		        false);
	free(id);
}

static void copy_menu_command(void *ctx, size_t what, const struct client_reply *reply)
{
	const json_t *row;
	const char *command;

	if (app_failed(ctx, reply))
		return;
	row = json_array_get(json_object_get(reply->parameters, "rows"), 0);
	command = json_string_value(json_array_get(row, 0));
	copy_menu_say(ctx, what, command ? command : "", false);
}

static void copy_menu_ask_command(struct app *app)
{
	static const char *const columns[] = { "commandLine", NULL };
	struct jsonw params = JSONW_INIT;

	lookup_one(&params, columns, app->copied);
	feed_wish(&app->copied_host->feed, "List", &params, copy_menu_command, app, COPY_COMMAND);
}

/* from: an offset; -1: only its size is asked for. */
static void copy_menu_ask_output(struct app *app, size_t what, int64_t from, channel_answer *answer)
{
	struct jsonw params = JSONW_INIT;

	jsonw_object(&params);
	jsonw_key(&params, "id");
	jsonw_string(&params, app->copied);
	jsonw_key(&params, "stream");
	jsonw_string(&params, what == COPY_ERROR ? "stderr" : "stdout");
	jsonw_key(&params, from < 0 ? "tail" : "offset");
	jsonw_int(&params, from < 0 ? 0 : from);
	jsonw_end_object(&params);
	feed_wish(&app->copied_host->feed, "Log", &params, answer, app, what);
}

/* The end of the output, from the beginning of a line if it is cut. */
static void copy_menu_output(void *ctx, size_t what, const struct client_reply *reply)
{
	const json_t *data;
	const char *from, *newline;
	void *bytes = NULL;
	size_t count = 0;
	bool cut;
	char *text;

	if (app_failed(ctx, reply))
		return;
	data = json_object_get(reply->parameters, "data");
	cut = json_integer_value(json_object_get(reply->parameters, "offset")) > 0;
	if (json_is_string(data) &&
	    !decode_bytes(json_string_value(data), json_string_length(data), &bytes, &count))
		count = 0;
	from = bytes;
	newline = cut && count ? memchr(from, '\n', count) : NULL;
	if (newline)
		from = newline + 1;
	text = count ? alloc_format("%.*s", (int)(count - (size_t)(from - (const char *)bytes)), from)
	             : alloc_string("");
	copy_menu_say(ctx, what, text, cut);
	free(text);
	free(bytes);
}

static void copy_menu_size(void *ctx, size_t what, const struct client_reply *reply)
{
	int64_t size;

	if (app_failed(ctx, reply))
		return;
	size = json_integer_value(json_object_get(reply->parameters, "next"));
	copy_menu_ask_output(ctx, what, size > CLIPBOARD_MAX ? size - CLIPBOARD_MAX : 0, copy_menu_output);
}

/* As it is given where there are several servers. */
static void copy_menu_id(struct app *app)
{
	char *id = host_id(app->copied_host, app->copied);

	copy_menu_say(app, COPY_ID, id, false);
	free(id);
}

static void copy_menu_chosen(void *ctx, size_t what)
{
	struct app *app = ctx;

	if (what == COPY_ID)
		copy_menu_id(app);
	else if (what == COPY_COMMAND)
		copy_menu_ask_command(app);
	else
		copy_menu_ask_output(app, what, -1, copy_menu_size);
}

void copy_menu_open(struct view *view)
{
	struct app *app = view->app;
	const struct window_row *row = list_selected(&app->table->live->list);
	char *id;

	if (!row) {
		app_say(app, alloc_string(MSG_NOTHING_SELECTED), true);
		return;
	}
	app->copied_host = app->host;
	snprintf(app->copied, sizeof(app->copied), "%s", row->id);
	id = host_id(app->host, row->id);
	menu_view_open(app, alloc_format(MSG_COPY_TITLE, id), copy_menu_items,
	               sizeof(copy_menu_items) / sizeof(*copy_menu_items), copy_menu_chosen, app);
	free(id);
}
