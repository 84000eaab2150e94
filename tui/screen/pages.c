#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/task/quote.h"
#include "engine/task/signals.h"
#include "tui/fields/format.h"
#include "tui/screen/app.h"
#include "tui/text/alloc.h"
#include "tui/text/text.h"

static struct pager *pager(struct app *app)
{
	const struct view *view = app_view(app);

	return view == &details_view ? &app->details : view == &help_view ? &app->help : &app->what_if;
}

static void key_up(struct app *app)
{
	pager_scroll(pager(app), -1);
}

static void key_down(struct app *app)
{
	pager_scroll(pager(app), 1);
}

static void key_page_up(struct app *app)
{
	pager_scroll(pager(app), -pager(app)->height);
}

static void key_page_down(struct app *app)
{
	pager_scroll(pager(app), pager(app)->height);
}

static void key_home(struct app *app)
{
	pager_scroll(pager(app), INT64_MIN);
}

static void key_end(struct app *app)
{
	pager_scroll(pager(app), INT64_MAX);
}

static void page_mouse(struct app *app, const struct terminal_event *event)
{
	if (event->key != TERMINAL_CLICK)
		pager_scroll(pager(app), event->key == TERMINAL_WHEEL_UP ? -3 : 3);
}

#define PAGE_KEYS                                                                                               \
	{ { TERMINAL_UP, 'k' }, "Up k", NULL, "a line up", key_up, false },                                     \
		{ { TERMINAL_DOWN, 'j' }, "Down j", NULL, "a line down", key_down, false },                     \
		{ { TERMINAL_PAGE_UP }, "PgUp", NULL, "a page up", key_page_up, false },                        \
		{ { TERMINAL_PAGE_DOWN, ' ' }, "PgDn", NULL, "a page down (Space too)", key_page_down, false }, \
		{ { TERMINAL_HOME }, "Home", NULL, "the beginning", key_home, false },                          \
		{ { TERMINAL_END }, "End", NULL, "the end", key_end, false },                                   \
	{                                                                                                       \
		{ 0 }, NULL, NULL, NULL, NULL, false                                                            \
	}

static const struct key help_keys[] = {
	{ { 'q', TERMINAL_ESCAPE, TERMINAL_F10, '?' },
	  "q",
	  "Back",
	  "leave the page (Esc too)",
	  app_leave,
	  false },
	PAGE_KEYS,
};

static const struct key details_keys[] = {
	{ { '?', TERMINAL_F1 }, "?", "Help", "this help (F1 too)", help_open, false },
	{ { 'q', TERMINAL_ESCAPE, TERMINAL_F10 }, "q", "Back", "leave the page (Esc too)", app_leave, false },
	{ { 'l' }, "l", "Log", "what the task prints, following", log_open, false },
	PAGE_KEYS,
};

static const struct key what_if_keys[] = {
	{ { '?', TERMINAL_F1 }, "?", "Help", "this help (F1 too)", help_open, false },
	{ { 'q', TERMINAL_ESCAPE, TERMINAL_F10 }, "q", "Back", "leave the page (Esc too)", app_leave, false },
	PAGE_KEYS,
};

static const char *text_of(const json_t *object, const char *name)
{
	return json_string_value(json_object_get(object, name));
}

static void field(struct app *app, const char *label, const char *text)
{
	if (text && *text)
		pager_add(&app->details, STYLE_KEY, label, STYLE_NORMAL, text);
}

static void children_field(struct app *app, const json_t *ids)
{
	struct text text = TEXT_INIT;
	const json_t *id;
	size_t i;

	json_array_foreach(ids, i, id)
	{
		text_add_string(&text, i ? " " : "");
		text_add_string(&text, json_is_string(id) ? json_string_value(id) : "");
	}
	field(app, "Children", text.data);
	text_release(&text);
}

static void command_field(struct app *app, const json_t *words)
{
	struct strings command = STRINGS_INIT;
	char *line;
	const json_t *word;
	size_t i;

	json_array_foreach(words, i, word)
	{
		if (strings_add(&command, json_is_string(word) ? json_string_value(word) : ""))
			alloc_failed();
	}
	line = alloc_checked(quote_strings(&command));
	field(app, "Command", line);
	free(line);
	strings_release(&command);
}

static void progress_field(struct app *app, const json_t *progress)
{
	const char *message = text_of(progress, "statusMessage");
	char *text = alloc_format("%d%%%s%s",
	                          (int)json_integer_value(json_object_get(progress, "percentComplete")),
	                          message ? "  " : "", message ? message : "");

	field(app, "Progress", text);
	free(text);
}

static void duration_field(struct app *app, const json_t *task)
{
	char text[FORMAT_SHORT];

	if (!text_of(task, "startedAt"))
		return;
	format_elapsed((int64_t)(json_number_value(json_object_get(task, "duration")) * 1000), text,
	               sizeof(text));
	field(app, "Duration", text);
}

static void number_field(struct app *app, const char *label, const json_t *number)
{
	char text[FORMAT_SHORT];

	if (!json_is_integer(number))
		return;
	snprintf(text, sizeof(text), "%lld", (long long)json_integer_value(number));
	field(app, label, text);
}

static void fill_details(struct app *app, const json_t *task)
{
	const char *state = text_of(task, "state");
	int number = state ? task_state_parse(state) : -1;

	pager_clear(&app->details);
	field(app, "Id", text_of(task, "id"));
	field(app, "Name", text_of(task, "name"));
	field(app, "Description", text_of(task, "description"));
	if (number >= 0)
		pager_add(&app->details, STYLE_KEY, "State", STYLE_STATE + (enum style)number, state);
	progress_field(app, json_object_get(task, "progress"));
	field(app, "Created", text_of(task, "createdAt"));
	field(app, "Started", text_of(task, "startedAt"));
	field(app, "Completed", text_of(task, "completedAt"));
	duration_field(app, task);
	number_field(app, "Exit status", json_object_get(task, "exitCode"));
	if (json_is_integer(json_object_get(task, "signal")))
		field(app, "Signal", signal_name((int)json_integer_value(json_object_get(task, "signal"))));
	number_field(app, "Process", json_object_get(task, "pid"));
	field(app, "Group", text_of(task, "group"));
	field(app, "Parent", text_of(task, "parentId"));
	children_field(app, json_object_get(task, "childrenId"));
	command_field(app, json_object_get(task, "command"));
	field(app, "Directory", text_of(task, "cwd"));
}

static void details_answer(void *ctx, size_t tag, const struct client_reply *reply)
{
	struct app *app = ctx;
	char *error = reply ? app_error(reply) : NULL;

	(void)tag;
	app->details_asked = false;
	if (error)
		app_say(app, alloc_format("Task %s: %s", app->details_id, error), true);
	else if (reply)
		fill_details(app, json_object_get(reply->parameters, "task"));
	free(error);
}

void details_refresh(struct app *app)
{
	struct jsonw params = JSONW_INIT;

	if (app->details_asked)
		return;
	jsonw_object(&params);
	jsonw_key(&params, "id");
	jsonw_string(&params, app->details_id);
	jsonw_end_object(&params);
	app->details_asked = true;
	link_send(&app->calls, "Get", &params, false, details_answer, app, 0);
}

void details_open(struct app *app)
{
	const struct window_row *row = list_selected(&app->list);

	if (!row)
		return;
	snprintf(app->details_id, sizeof(app->details_id), "%s", row->id);
	pager_release(&app->details);
	app_open(app, &details_view);
	details_refresh(app);
}

static void details_draw(struct app *app)
{
	char title[TASK_ID_MAX + 16];

	snprintf(title, sizeof(title), "Task %s", app->details_id);
	draw_pager(app, &app->details, title);
}

void help_open(struct app *app)
{
	const struct view *below = app_view(app);

	pager_release(&app->help);
	keys_help(below->title, below->keys, &app->help);
	if (below != &table_view)
		keys_help(table_view.title, table_view.keys, &app->help);
	if (below != &log_view)
		keys_help(log_view.title, log_view.keys, &app->help);
	keys_help("Lines that are typed", prompt_keys, &app->help);
	edit_help(&app->help);
	app_open(app, &help_view);
}

static void help_draw(struct app *app)
{
	draw_pager(app, &app->help, "Help");
}

void what_if_open(struct app *app)
{
	pager_release(&app->what_if);
	for (size_t i = 0; i < app->action.count; i++) {
		char *line = action_what_if(&app->action, i);

		pager_add(&app->what_if, STYLE_NORMAL, NULL, STYLE_NORMAL, line);
		free(line);
	}
	app_open(app, &what_if_view);
}

static void what_if_draw(struct app *app)
{
	draw_pager(app, &app->what_if, "What if");
}

const struct view details_view = {
	.title = "Details",
	.keys = details_keys,
	.draw = details_draw,
	.mouse = page_mouse,
};

const struct view help_view = {
	.title = "Help",
	.keys = help_keys,
	.draw = help_draw,
	.mouse = page_mouse,
};

const struct view what_if_view = {
	.title = "What if",
	.keys = what_if_keys,
	.draw = what_if_draw,
	.mouse = page_mouse,
};
