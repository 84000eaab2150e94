#include "tui/screen/details_view.h"

#include <stdio.h>
#include <stdlib.h>

#include "engine/task/quote.h"
#include "engine/task/signals.h"
#include "engine/task/task.h"
#include "tui/fields/format.h"
#include "tui/screen/app.h"
#include "tui/screen/help_view.h"
#include "tui/screen/log_view.h"
#include "tui/screen/page_view.h"
#include "tui/text/alloc.h"
#include "tui/text/text.h"

struct details_view {
	struct page_view page;
	char id[TASK_ID_MAX + 1];
	bool asked; /* a Get is outstanding */
};

static const char *details_view_text(const json_t *object, const char *name)
{
	return json_string_value(json_object_get(object, name));
}

static void details_view_field(struct pager *pager, const char *label, const char *text)
{
	if (text && *text)
		pager_add(pager, STYLE_KEY, label, STYLE_NORMAL, text);
}

static void details_view_children_field(struct pager *pager, const json_t *ids)
{
	struct text text = TEXT_INIT;
	const json_t *id;
	size_t i;

	json_array_foreach(ids, i, id)
	{
		text_add_string(&text, i ? " " : "");
		text_add_string(&text, json_is_string(id) ? json_string_value(id) : "");
	}
	details_view_field(pager, "Children", text.data);
	text_release(&text);
}

static void details_view_command_field(struct pager *pager, const json_t *words)
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
	details_view_field(pager, "Command", line);
	free(line);
	strings_release(&command);
}

static void details_view_progress_field(struct pager *pager, const json_t *progress)
{
	const char *message = details_view_text(progress, "statusMessage");
	char *text = alloc_format("%d%%%s%s",
	                          (int)json_integer_value(json_object_get(progress, "percentComplete")),
	                          message ? "  " : "", message ? message : "");

	details_view_field(pager, "Progress", text);
	free(text);
}

static void details_view_duration_field(struct pager *pager, const json_t *task)
{
	char text[FORMAT_SHORT];

	if (!details_view_text(task, "startedAt"))
		return;
	format_elapsed((int64_t)(json_number_value(json_object_get(task, "duration")) * 1000), text,
	               sizeof(text));
	details_view_field(pager, "Duration", text);
}

static void details_view_number_field(struct pager *pager, const char *label, const json_t *number)
{
	char text[FORMAT_SHORT];

	if (!json_is_integer(number))
		return;
	snprintf(text, sizeof(text), "%lld", (long long)json_integer_value(number));
	details_view_field(pager, label, text);
}

static void details_view_fill(struct pager *pager, const json_t *task)
{
	const char *state = details_view_text(task, "state");
	int number = state ? task_state_parse(state) : -1;

	pager_clear(pager);
	details_view_field(pager, "Id", details_view_text(task, "id"));
	details_view_field(pager, "Name", details_view_text(task, "name"));
	details_view_field(pager, "Description", details_view_text(task, "description"));
	if (number >= 0)
		pager_add(pager, STYLE_KEY, "State", STYLE_STATE + (enum style)number, state);
	details_view_progress_field(pager, json_object_get(task, "progress"));
	details_view_field(pager, "Created", details_view_text(task, "createdAt"));
	details_view_field(pager, "Started", details_view_text(task, "startedAt"));
	details_view_field(pager, "Completed", details_view_text(task, "completedAt"));
	details_view_duration_field(pager, task);
	details_view_number_field(pager, "Exit status", json_object_get(task, "exitCode"));
	if (json_is_integer(json_object_get(task, "signal")))
		details_view_field(pager, "Signal", signal_name((int)json_integer_value(json_object_get(task, "signal"))));
	details_view_number_field(pager, "Process", json_object_get(task, "pid"));
	details_view_field(pager, "Group", details_view_text(task, "group"));
	details_view_field(pager, "Parent", details_view_text(task, "parentId"));
	details_view_children_field(pager, json_object_get(task, "childrenId"));
	details_view_command_field(pager, json_object_get(task, "command"));
	details_view_field(pager, "Directory", details_view_text(task, "cwd"));
}

static void details_view_answer(void *ctx, size_t tag, const struct client_reply *reply)
{
	struct details_view *details = ctx;
	char *error = reply ? app_error(reply) : NULL;

	(void)tag;
	details->asked = false;
	if (error)
		app_say(details->page.view.app, alloc_format("Task %s: %s", details->id, error), true);
	else if (reply)
		details_view_fill(&details->page.pager, json_object_get(reply->parameters, "task"));
	free(error);
}

static void details_view_ask(struct view *view)
{
	struct details_view *details = (struct details_view *)view;

	if (details->asked)
		return;
	details->asked = true;
	feed_call_id(&view->app->feed, "Get", details->id, details_view_answer, details, 0);
}

static void details_view_draw(struct view *view)
{
	struct details_view *details = (struct details_view *)view;
	char title[TASK_ID_MAX + 16];

	snprintf(title, sizeof(title), "Task %s", details->id);
	page_view_draw(&details->page, title);
}

static void details_view_release(struct view *view)
{
	feed_forget(&view->app->feed, view);
	page_view_release(view);
}

static void details_view_log(struct view *view)
{
	log_view_open(view->app, ((struct details_view *)view)->id);
}

static const struct key details_view_keys[] = {
	{ { '?', TERMINAL_F1 }, "?", "Help", "this help (F1 too)", help_view_open, false },
	{ { 'q', TERMINAL_ESCAPE, TERMINAL_F10 }, "q", "Back", "leave the page (Esc too)", app_close, false },
	{ { 'l' }, "l", "Log", "what the task prints, following", details_view_log, false },
	PAGE_VIEW_KEYS,
};

static const struct view_class details_view_class = {
	.title = "Details",
	.keys = details_view_keys,
	.draw = details_view_draw,
	.mouse = page_view_mouse,
	.news = details_view_ask,
	.release = details_view_release,
};

void details_view_open(struct app *app, const char *id)
{
	struct details_view *details = alloc_zero(1, sizeof(*details));

	snprintf(details->id, sizeof(details->id), "%s", id);
	app_open(app, &details->page.view, &details_view_class);
	details_view_ask(&details->page.view);
}
