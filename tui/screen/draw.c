#include <stdio.h>

#include "tui/screen/app.h"
#include "tui/text/cells.h"

/* Below this height message and keys share a line. */
enum { TALL = 8 };

static int bottom_lines(void)
{
	return terminal_lines() >= TALL ? 2 : 1;
}

void draw_title(const char *left, const char *right)
{
	int columns = terminal_columns(), width = (int)cells_width(right), x;

	terminal_fill(0, 0, columns, STYLE_HEADING);
	x = terminal_put(0, columns > 1, STYLE_HEADING, left);
	if (x + 2 + width < columns)
		terminal_put(0, columns - width - 1, STYLE_HEADING, right);
}

void draw_bottom(struct app *app)
{
	int y = terminal_lines() - 1, columns = terminal_columns();
	enum style style = app->message_bad ? STYLE_BANNER : STYLE_STRONG;
	bool shared = bottom_lines() == 1, running = app->interpreter.busy && app_view(app) != &command_view;

	if (!shared || !(app->prompting || app->message || running))
		keys_draw(app->prompting ? prompt_keys : app_view(app)->keys, y);
	y -= shared ? 0 : 1;
	if (app->prompting) {
		terminal_fill(y, 0, columns, STYLE_NORMAL);
		prompt_draw(app, y);
	} else if (app->message) {
		terminal_fill(y, 0, columns, STYLE_NORMAL);
		terminal_put(y, 0, style, app->message);
	} else if (running) {
		terminal_put(y, terminal_put(y, 0, STYLE_NOTICE, "Esc interrupts") + 1, STYLE_NORMAL,
		             app->command);
	}
}

int draw_body_lines(void)
{
	int lines = terminal_lines() - 1 - bottom_lines();

	return lines > 0 ? lines : 1;
}

void draw_pager(struct app *app, struct pager *pager, const char *title)
{
	char place[64] = "";

	pager_layout(pager, terminal_columns(), draw_body_lines());
	if (pager->length > (size_t)pager->height)
		snprintf(place, sizeof(place), "%zu-%zu of %zu", pager->top + 1,
		         pager->top + (size_t)pager->height, pager->length);
	draw_title(title, place);
	for (size_t i = 0; i < (size_t)pager->height && pager->top + i < pager->length; i++) {
		const struct pager_line *line = &pager->lines[pager->top + i];

		terminal_put((int)i + 1, 0, line->label_style, line->label);
		terminal_put((int)i + 1, line->indent, line->style, line->text);
	}
	draw_bottom(app);
}
