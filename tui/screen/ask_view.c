#include "tui/screen/ask_view.h"

#include <string.h>

#include "tui/screen/app.h"
#include "tui/screen/draw.h"
#include "tui/screen/keys.h"
#include "tui/text/alloc.h"
#include "tui/text/screen_messages.h"

struct ask_view {
	struct view view;
	struct dialog dialog;
	ask_answer *answer;
	void *ctx;
};

static void ask_view_layout(const struct ask_view *ask, struct dialog_box *box)
{
	dialog_layout(&ask->dialog, terminal_columns(), terminal_lines(), box);
}

static void ask_view_draw(struct view *view)
{
	struct dialog_box at;

	ask_view_layout((struct ask_view *)view, &at);
	if (at.border)
		terminal_frame(at.y, at.x, at.height, at.width);
	for (int y = at.y; !at.border && y < at.y + at.height; y++)
		terminal_fill(y, 0, terminal_columns(), STYLE_NORMAL);
	for (size_t i = 0; i < at.count; i++)
		terminal_put(at.items[i].y, at.items[i].x, at.items[i].style, at.items[i].text);
	if (at.y + at.height < terminal_lines())
		draw_notice(view->app, terminal_lines() - 1);
}

static void ask_view_release(struct view *view)
{
	dialog_release(&((struct ask_view *)view)->dialog);
}

static void ask_view_suspend(struct app *app)
{
	int result = terminal_shell();

	app_resize(app);
	if (result < 0)
		app_say(app, alloc_format(MSG_SHELL_NOT_RUN, strerror(-result)), true);
}

static void ask_view_choose(struct ask_view *ask, enum confirm_choice choice)
{
	ask_answer *answer = ask->answer;
	void *ctx = ask->ctx;

	if (!dialog_offers(&ask->dialog, choice))
		return;
	switch (choice) {
	case CHOICE_SUSPEND:
		ask_view_suspend(ask->view.app);
		ask->view.app->asking = true;
		break;
	case CHOICE_HELP:
		ask->dialog.help = !ask->dialog.help;
		break;
	default:
		app_close(&ask->view);
		answer(ctx, choice);
	}
}

/* The direction in which a key moves; 0: it does not move. */
static int ask_view_direction(int key)
{
	switch (key) {
	case TERMINAL_LEFT:
	case TERMINAL_UP:
	case TERMINAL_BACK_TAB:
		return -1;
	case TERMINAL_RIGHT:
	case TERMINAL_DOWN:
	case TERMINAL_TAB:
		return 1;
	default:
		return 0;
	}
}

static void ask_view_type(struct view *view, const struct terminal_event *event)
{
	struct ask_view *ask = (struct ask_view *)view;
	int by = ask_view_direction(event->key);

	if (by)
		dialog_move(&ask->dialog, by);
	else
		ask_view_choose(ask, dialog_letter(event->key));
}

static void ask_view_mouse(struct view *view, const struct terminal_event *event)
{
	struct ask_view *ask = (struct ask_view *)view;
	struct dialog_box at;

	ask_view_layout(ask, &at);
	if (event->key == TERMINAL_CLICK)
		ask_view_choose(ask, dialog_at(&at, event->x, event->y));
	else
		dialog_scroll(&ask->dialog, &at, event->key == TERMINAL_WHEEL_UP ? -1 : 1);
}

static void ask_view_scroll(struct view *view, int pages)
{
	struct ask_view *ask = (struct ask_view *)view;
	struct dialog_box at;

	ask_view_layout(ask, &at);
	dialog_scroll(&ask->dialog, &at, pages);
}

static void ask_view_page_up(struct view *view)
{
	ask_view_scroll(view, -1);
}

static void ask_view_page_down(struct view *view)
{
	ask_view_scroll(view, 1);
}

static void ask_view_take(struct view *view)
{
	struct ask_view *ask = (struct ask_view *)view;

	ask_view_choose(ask, ask->dialog.selected);
}

static void ask_view_no(struct view *view)
{
	ask_view_choose((struct ask_view *)view, CHOICE_NO);
}

/* It ends what asks, and so is no answer for this task alone. */
static bool ask_view_interrupt(struct view *view)
{
	struct ask_view *ask = (struct ask_view *)view;

	ask_view_choose(ask, dialog_offers(&ask->dialog, CHOICE_NO_ALL) ? CHOICE_NO_ALL : CHOICE_NO);
	return true;
}

static void ask_view_help(struct view *view)
{
	ask_view_choose((struct ask_view *)view, CHOICE_HELP);
}

static const struct key ask_view_keys[] = {
	{ { TERMINAL_ENTER }, "Enter", NULL, NULL, ask_view_take, false },
	{ { TERMINAL_ESCAPE }, "Esc", NULL, NULL, ask_view_no, false },
	{ { TERMINAL_F1 }, "F1", NULL, NULL, ask_view_help, false },
	{ { TERMINAL_PAGE_UP }, "PgUp", NULL, NULL, ask_view_page_up, false },
	{ { TERMINAL_PAGE_DOWN }, "PgDn", NULL, NULL, ask_view_page_down, false },
	KEYS_END,
};

static const struct view_class ask_view_class = {
	.keys = ask_view_keys,
	.overlay = true,
	.draw = ask_view_draw,
	.type = ask_view_type,
	.mouse = ask_view_mouse,
	.interrupt = ask_view_interrupt,
	.release = ask_view_release,
};

void ask_view_open(struct app *app, const struct ask_question *question, ask_answer *answer, void *ctx)
{
	struct ask_view *ask = alloc_zero(1, sizeof(*ask));

	if (question->text)
		dialog_open_plain(&ask->dialog, question->text);
	else
		dialog_open(&ask->dialog, question->operation, question->id, question->brief,
		            question->extra);
	ask->dialog.note = question->note;
	ask->dialog.tasks = question->tasks;
	ask->dialog.count = question->count;
	ask->answer = answer;
	ask->ctx = ctx;
	app_open(app, &ask->view, &ask_view_class);
	app->asking = true;
	app->held_until = 0; /* a key that waited for the table must not act under the question */
}

bool ask_view_busy(const struct app *app)
{
	return app_find(app, &ask_view_class) != NULL;
}

void ask_view_forget(struct app *app, const void *ctx)
{
	struct view *view = app_find(app, &ask_view_class);

	if (view && ((struct ask_view *)view)->ctx == ctx)
		app_close(view);
}
