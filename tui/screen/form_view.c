#include "tui/screen/form_view.h"

#include <stdlib.h>
#include <string.h>

#include "tui/cli/edit_line.h"
#include "tui/cli/edit_text.h"
#include "tui/screen/app.h"
#include "tui/screen/completer.h"
#include "tui/screen/create.h"
#include "tui/screen/draw.h"
#include "tui/screen/edit_keys.h"
#include "tui/screen/form_notes.h"
#include "tui/screen/form_recall.h"
#include "tui/screen/help_view.h"
#include "tui/screen/keys.h"
#include "tui/screen/table_view.h"
#include "tui/screen/typed_command.h"
#include "tui/text/alloc.h"
#include "tui/text/cells.h"
#include "tui/text/screen_messages.h"
#include "tui/text/wrap.h"

/* Columns of the labels, and those of a screen that has room for them all; lines of one that has room for headings. */
enum { LABEL_WIDTH = 13, WIDE = 40, HEADED = 12 };

/* The bytes of a line under a field. */
enum { NOTE_SIZE = 2048 };

struct form_view {
	struct view view;
	struct form form;
	struct completer completer;
	struct form_notes notes;
	json_t *row;   /* what the task was, for an edit; owned; NULL: none */
	char *title;   /* owned */
	size_t first;  /* field on the screen */
	size_t number; /* of the form */
	bool done;     /* what it asked for was done */
};

static struct form_view *form_view_of(struct view *view)
{
	return (struct form_view *)view;
}

static struct form_field *form_view_field(struct form_view *form)
{
	return &form->form.fields[form->form.current];
}

static void form_view_release(struct view *view)
{
	struct form_view *form = form_view_of(view);

	completer_release(&form->completer);
	form_release(&form->form);
	form_notes_release(&form->notes);
	json_decref(form->row);
	free(form->title);
}

/* While the task is being created, that is given up first.  A change was sent when the form was accepted. */
static void form_view_leave(struct view *view)
{
	struct form_view *form = form_view_of(view);
	struct app *app = view->app;

	if (typed_command_creates(app->command)) {
		typed_command_interrupt(app->command);
		return;
	}
	if (!form->done)
		form_recall_keep(app, &form->form, form->number);
	if (form->row && app->table->changing)
		app_say(app, alloc_string(MSG_FORM_CHANGE_SENT), true);
	app_close(view);
}

static void form_view_submit(struct view *view)
{
	struct form_view *form = form_view_of(view);

	completer_hide(&form->completer);
	create_submit(view->app, &form->form, form->row, form->number);
}

/* What stands in the line under the field, malloc'ed; NULL: nothing. */
static char *form_view_note(struct form_view *form, const struct form_field *field)
{
	bool here = form->view.app->feed->address->kind != ADDRESS_SSH;

	return form_notes_of(&form->notes, field, field == form_view_field(form), here);
}

/* The column of what stands under a field. */
static int form_view_indent(void)
{
	return terminal_columns() >= WIDE ? LABEL_WIDTH : 0;
}

/* Draws the note in lines from y to end, or only counts them.  Returns the line after it. */
static int form_view_wrap(const char *note, int y, int end, enum style style, bool draw)
{
	int x = form_view_indent(), width = terminal_columns() - x;
	char *whole = cells_whole(note), line[NOTE_SIZE];

	for (const char *rest = whole; rest && y <= end; y++) {
		rest = wrap_line(rest, width, line, sizeof(line));
		if (draw)
			terminal_put(y, x, style, line);
	}
	free(whole);
	return y;
}

/* The heading before the field; NULL: it has none, or there is no room for headings. */
static const char *form_view_head(const struct form_field *field)
{
	return draw_body_lines() >= HEADED ? field->head : NULL;
}

static int form_view_height(struct form_view *form, const struct form_field *field)
{
	char *note = form_view_note(form, field);
	int height = note ? form_view_wrap(note, 1, draw_body_lines() - 1, STYLE_NORMAL, false) : 1;

	free(note);
	return height + (form_view_head(field) ? 1 : 0);
}

/* Scrolls so that the current field is on the screen, with what is said under it. */
static void form_view_scroll(struct form_view *form)
{
	struct form *fields = &form->form;
	int need = 0;

	if (form->first > fields->current)
		form->first = fields->current;
	for (size_t i = form->first; i <= fields->current; i++)
		need += form_view_height(form, &fields->fields[i]);
	while (need > draw_body_lines() && form->first < fields->current)
		need -= form_view_height(form, &fields->fields[form->first++]);
}

/* Returns the line after it. */
static int form_view_draw_field(struct form_view *form, size_t number, int y, int end)
{
	struct form_field *field = &form->form.fields[number];
	bool current = form->form.current == number;
	int columns = terminal_columns();
	int x = columns >= WIDE ? LABEL_WIDTH : (int)strlen(field->label) + 1;
	char *note = form_view_note(form, field);

	if (form_view_head(field))
		draw_heading(y++, field->head);
	if (y > end) {
		free(note);
		return y;
	}
	terminal_put(y, 0, current ? STYLE_STRONG : STYLE_KEY, field->label);
	if (form_is_flag(field))
		terminal_put(y, x, current ? STYLE_SELECTED : STYLE_NORMAL, field->on ? "[x]" : "[ ]");
	else if (current || *edit_text(&field->text))
		edit_keys_draw(&field->text, y, x, columns - x, current);
	if (!current && (form_is_flag(field) || !*edit_text(&field->text))) {
		/* Without colours, too, this is no value. */
		x = form_is_flag(field) ? x + 4 : terminal_put(y, x, STYLE_DIM, "-") + 1;
		terminal_put(y, x, STYLE_DIM, field->help);
	}
	y++;
	if (note)
		y = form_view_wrap(note, y, end, field->error ? STYLE_BANNER : STYLE_NOTICE, true);
	free(note);
	return y;
}

/* Below the fields, unless there is a message: what the current one is for. */
static void form_view_draw_help(struct form_view *form)
{
	const struct app *app = form->view.app;

	if (draw_bottom_lines() > 1 && !app->message && !typed_command_running(app->command))
		terminal_put(terminal_lines() - 2, 0, STYLE_DIM, form_view_field(form)->help);
}

static void form_view_draw(struct view *view)
{
	struct form_view *form = form_view_of(view);
	int end = draw_body_lines(), y = 1;
	char place[48];

	form_view_scroll(form);
	snprintf(place, sizeof(place), "%zu/%zu", form->form.current + 1, form->form.count);
	draw_title_of_server(view->app, form->title, place);
	for (size_t i = form->first; i < form->form.count && y <= end; i++)
		y = form_view_draw_field(form, i, y, end);
	draw_bottom(view);
	form_view_draw_help(form);
	completer_draw(&form->completer, end + 1, end - 2);
}

static void form_view_type(struct view *view, const struct terminal_event *event)
{
	struct form_view *form = form_view_of(view);
	struct form_field *field = form_view_field(form);

	completer_hide(&form->completer);
	form->done = false;
	if (form_edit(field))
		edit_keys_take(&field->text, NULL, event);
	else if (event->key == ' ')
		field->on = !field->on;
	free(field->error);
	field->error = NULL;
}

static void form_view_go(struct form_view *form, int by)
{
	completer_hide(&form->completer);
	form_move(&form->form, by);
}

static void form_view_next(struct view *view)
{
	form_view_go(form_view_of(view), 1);
}

static void form_view_previous(struct view *view)
{
	form_view_go(form_view_of(view), -1);
}

/* As far as there are fields. */
static void form_view_go_far(struct form_view *form, int by)
{
	int last = (int)form->form.count - 1, to = (int)form->form.current + by;

	completer_hide(&form->completer);
	form->form.current = (size_t)(to < 0 ? 0 : to > last ? last : to);
}

static void form_view_page_down(struct view *view)
{
	form_view_go_far(form_view_of(view), draw_body_lines());
}

static void form_view_page_up(struct view *view)
{
	form_view_go_far(form_view_of(view), -draw_body_lines());
}

static void form_view_recall(struct view *view)
{
	struct form_view *form = form_view_of(view);

	completer_hide(&form->completer);
	form_recall_exchange(view->app, &form->form);
}

static void form_view_mouse(struct view *view, const struct terminal_event *event)
{
	struct form_view *form = form_view_of(view);
	int y = 1;

	if (event->key != TERMINAL_CLICK) {
		form_view_go_far(form, event->key == TERMINAL_WHEEL_UP ? -1 : 1);
		return;
	}
	for (size_t i = form->first; i < form->form.count && y <= draw_body_lines(); i++) {
		struct form_field *field = &form->form.fields[i];
		int height = form_view_height(form, field);

		if (event->y >= y + (form_view_head(field) ? 1 : 0) && event->y < y + height) {
			completer_hide(&form->completer);
			form->form.current = i;
			field->on = form_is_flag(field) ? !field->on : field->on;
			return;
		}
		y += height;
	}
}

static struct edit *form_view_line(struct view *view)
{
	return form_edit(form_view_field(form_view_of(view)));
}

/* Where the word before the cursor begins.  Only commands and lists have several. */
static size_t form_view_word(const struct form_field *field)
{
	const char *text = edit_text(&field->text);
	enum option_kind kind =
		field->option == OPTION_TOTAL ? OPTION_LIST : option_table[field->option].kind;
	size_t from = field->text.cursor;

	if (kind != OPTION_LIST && kind != OPTION_PAIRS)
		return 0;
	while (from > 0 && text[from - 1] != ' ')
		from--;
	return from;
}

/* Where there is nothing to complete, Tab goes to the next field. */
static void form_view_tabbed(void *ctx, bool helped)
{
	if (!helped)
		form_view_go(ctx, 1);
}

static void form_view_tab(struct view *view)
{
	struct form_view *form = form_view_of(view);
	struct form_field *field = form_view_field(form);
	const char *text = edit_text(&field->text);
	struct form_field *cwd = form_find(&form->form, OPT_CWD);
	struct completion completion;
	char kind[KIND_SIZE] = "";
	size_t from = form_view_word(field);

	if (form_is_flag(field) || field->text.cursor == from ||
	    (form->completer.listed && strcmp(form->completer.before, text) == 0)) {
		form_view_next(view);
		return;
	}
	if (field->option == OPTION_TOTAL)
		snprintf(kind, sizeof(kind), "%s", from == 0 ? "@command" : "@file");
	else
		kind_of_value(field->option, kind);
	completion_of_value(&completion, kind, text + from, field->text.cursor - from);
	completion.from += from;
	completion.to += from;
	form->completer.app = view->app;
	form->completer.ended = form_view_tabbed;
	form->completer.ctx = form;
	completer_start(&form->completer, &field->text, &completion, field->option == OPTION_TOTAL,
	                field->option == OPTION_TOTAL && cwd ? edit_text(&cwd->text) : NULL);
}

/* Keys wait until it is known whether Tab completes the field, or leaves it. */
static bool form_view_due(const struct view *view)
{
	return ((const struct form_view *)view)->completer.busy;
}

static const struct key form_view_keys[] = {
	{ { TERMINAL_ENTER }, "Enter", "Do it", "create the task, or change it", form_view_submit, true },
	{ { TERMINAL_TAB },
	  "Tab",
	  "Next",
	  "complete a path, id, group or program; or else to the next field",
	  form_view_tab,
	  true },
	{ { TERMINAL_ESCAPE, TERMINAL_F10 },
	  "Esc",
	  "Leave",
	  "leave the form; nothing is done. A task that is being created is given up first",
	  form_view_leave,
	  false },
	{ { TERMINAL_DOWN },
	  "Down",
	  NULL,
	  "to the next field; Space turns a [ ] on or off",
	  form_view_next,
	  true },
	{ { TERMINAL_BACK_TAB, TERMINAL_UP },
	  "Up",
	  NULL,
	  "to the previous field; also Shift-Tab",
	  form_view_previous,
	  true },
	{ { TERMINAL_PAGE_UP }, "PgUp", NULL, "up a page of fields", form_view_page_up, true },
	{ { TERMINAL_PAGE_DOWN }, "PgDn", "More", "down a page of fields", form_view_page_down, true },
	{ { TERMINAL_F8 },
	  "F8",
	  NULL,
	  "put back what was typed before the form was left; again: what it had",
	  form_view_recall,
	  true },
	{ { TERMINAL_F1 }, "F1", "Help", "show this help", help_view_open, false },
	KEYS_END,
};

static const struct view_class form_view_class = {
	.title = "The form of a task",
	.keys = form_view_keys,
	.draw = form_view_draw,
	.type = form_view_type,
	.mouse = form_view_mouse,
	.line = form_view_line,
	.due = form_view_due,
	.release = form_view_release,
};

static struct form_view *form_view_new(struct app *app, enum form_purpose purpose, const char *id)
{
	static const char *const titles[FORM_PURPOSES] = {
		[FORM_NEW] = MSG_FORM_NEW, [FORM_AGAIN] = MSG_FORM_AGAIN, [FORM_EDIT] = MSG_FORM_EDIT
	};
	struct form_view *form = alloc_zero(1, sizeof(*form));
	/* A copy of a task that has not ended is a new one, too. */
	const char *title = titles[id && purpose == FORM_NEW ? FORM_AGAIN : purpose],
		   *place = strstr(title, "%s");

	form_init(&form->form, purpose, id);
	form->number = ++app->forms;
	form->title = place ? alloc_format("%.*s%s", (int)(place - title), title, id) : alloc_string(title);
	app_open(app, &form->view, &form_view_class);
	return form;
}

void form_view_open(struct view *view)
{
	form_recall_offer(view->app, &form_view_new(view->app, FORM_NEW, NULL)->form);
}

/* What a copy does not take over.  What a task that has not ended waits for can still be waited for. */
static void form_view_forget_own(struct form *form)
{
	static const enum option_id own[] = {
		OPT_ID, OPT_UNIQUE, OPT_AT, OPT_PUT_OFF, OPT_EXPIRE, OPT_PARENT
	};

	for (size_t i = 0; i < sizeof(own) / sizeof(*own); i++)
		form_empty(form_find(form, own[i]));
	if (form->purpose == FORM_AGAIN)
		form_empty(form_find(form, OPT_AFTER));
	form_settle(form);
}

void form_view_open_for(struct app *app, enum form_purpose purpose, const json_t *row)
{
	struct form_view *form = form_view_new(app, purpose, json_string_value(json_object_get(row, "id")));
	struct text line = TEXT_INIT;
	struct strings words = STRINGS_INIT;
	const char *error = NULL;

	edit_line_write(&line, row);
	struct edit_reader reader = { .at = line.data, .line = 1 };

	if (edit_text_next(&reader, &words, &error) == 0)
		form_fill(&form->form, &words);
	if (purpose == FORM_EDIT)
		form->row = json_incref((json_t *)row);
	else
		form_view_forget_own(&form->form);
	form_recall_offer(app, &form->form);
	strings_release(&words);
	text_release(&line);
}

/* The form of that number, if it is still there; 0: whichever is. */
static struct form_view *form_view_numbered(struct app *app, size_t number)
{
	struct view *view = app_find(app, &form_view_class);
	struct form_view *form = view ? form_view_of(view) : NULL;

	return form && (number == 0 || form->number == number) ? form : NULL;
}

void form_view_finish(struct app *app, size_t number)
{
	struct form_view *form = form_view_numbered(app, number);

	form_recall_forget(app, form ? &form->form : NULL, number);
	if (!form)
		return;
	form->done = true;
	if (app_view(app) == &form->view)
		app_close(&form->view);
}

void form_view_refuse(struct app *app, size_t number, const char *error)
{
	struct form_view *form = form_view_numbered(app, number);

	if (!form || !form_blame(&form->form, error))
		app_say(app, alloc_string(error), true);
}
