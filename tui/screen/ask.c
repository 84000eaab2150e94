#include "tui/screen/app.h"

static void box(const struct app *app, struct dialog_box *box)
{
	dialog_layout(&app->dialog, terminal_columns(), terminal_lines(), box);
}

void ask_draw(struct app *app)
{
	struct dialog_box at;

	box(app, &at);
	if (at.border)
		terminal_frame(at.y, at.x, at.height, at.width);
	for (int y = at.y; !at.border && y < at.y + at.height; y++)
		terminal_fill(y, 0, terminal_columns(), STYLE_NORMAL);
	for (size_t i = 0; i < at.count; i++)
		terminal_put(at.items[i].y, at.items[i].x, at.items[i].style, at.items[i].text);
}

/* Moving about; 0: the key does not. */
static int direction(int key)
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

static enum confirm_choice choice(struct app *app, const struct terminal_event *event)
{
	struct dialog_box at;

	switch (event->key) {
	case TERMINAL_ENTER:
		return app->dialog.selected;
	case TERMINAL_ESCAPE:
		return CHOICE_NO;
	case TERMINAL_F1:
		return CHOICE_HELP;
	case TERMINAL_CLICK:
		box(app, &at);
		return dialog_at(&at, event->x, event->y);
	default:
		return dialog_letter(event->key);
	}
}

void ask_key(struct app *app, const struct terminal_event *event)
{
	int by = direction(event->key);
	enum confirm_choice answer;

	if (by) {
		dialog_move(&app->dialog, by);
		return;
	}
	answer = choice(app, event);
	if (answer == CHOICE_UNKNOWN)
		return;
	if (app->asking_command)
		command_answer(app, answer);
	else
		act_answer(app, answer);
}
