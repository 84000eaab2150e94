#include "tui/screen/details_view.h"

#include <stdio.h>
#include <stdlib.h>

#include "engine/task/task.h"
#include "tui/fields/fields.h"
#include "tui/screen/app.h"
#include "tui/screen/help_view.h"
#include "tui/screen/log_view.h"
#include "tui/screen/page_view.h"
#include "tui/text/alloc.h"
#include "tui/text/messages.h"
#include "tui/text/text.h"

struct details_view {
	struct page_view page;
	char id[TASK_ID_MAX + 1];
	bool asked; /* a List is outstanding */
};

static void details_view_add(struct pager *pager, const struct field *field, const struct slice *slice)
{
	char *text = alloc_format("%.*s", (int)slice->length, slice->text);
	int state = slice->tinted == slice->length ? task_state_parse(text) : -1;

	pager_add(pager, STYLE_KEY, field->label, state < 0 ? STYLE_NORMAL : STYLE_STATE + (enum style)state,
	          text);
	free(text);
}

/* False: it is not a row of these fields. */
static bool details_view_fill(struct pager *pager, const json_t *row)
{
	static const struct field_look plain;
	struct field_list fields;
	struct text scratch = TEXT_INIT;
	struct value *values, *value;

	fields_of_details(&fields);
	if (json_array_size(row) != fields_width(&fields))
		return false;
	pager_clear(pager);
	value = values = values_copy(row, 0);
	for (size_t i = 0; i < fields.count; i++) {
		struct slice slice = fields.items[i]->text(value, &plain, &scratch);

		if (slice.length)
			details_view_add(pager, fields.items[i], &slice);
		value += field_width(fields.items[i]);
	}
	text_release(&scratch);
	free(values);
	return true;
}

static void details_view_answer(void *ctx, size_t tag, const struct client_reply *reply)
{
	struct details_view *details = ctx;
	struct app *app = details->page.view.app;
	const json_t *row = reply ? json_array_get(json_object_get(reply->parameters, "rows"), 0) : NULL;
	char *error = reply ? app_error(reply) : NULL;

	(void)tag;
	details->asked = false;
	if (error)
		app_say(app, alloc_format("Task %s: %s", details->id, error), true);
	else if (reply && !details_view_fill(&details->page.pager, row))
		app_say(app, alloc_format(MSG_TASK_GONE, details->id), true);
	free(error);
}

static void details_view_ask(struct view *view)
{
	struct details_view *details = (struct details_view *)view;
	struct jsonw params = JSONW_INIT;
	struct field_list fields;

	if (details->asked)
		return;
	details->asked = true;
	fields_of_details(&fields);
	jsonw_object(&params);
	jsonw_key(&params, "ids");
	jsonw_array(&params);
	jsonw_string(&params, details->id);
	jsonw_end_array(&params);
	jsonw_key(&params, "columns");
	jsonw_array(&params);
	fields_request(&fields, &params);
	jsonw_end_array(&params);
	jsonw_key(&params, "compact");
	jsonw_bool(&params, true);
	jsonw_end_object(&params);
	feed_call(&view->app->feed, "List", &params, details_view_answer, details, 0);
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
	{ { '?', TERMINAL_F1 }, "?", "Help", "show this help; also F1", help_view_open, false },
	{ { 'q', TERMINAL_ESCAPE, TERMINAL_F10 }, "q", "Back", "leave the page; also Esc", app_close, false },
	{ { 'l' }, "l", "Log", "show the task's output and follow it", details_view_log, false },
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
