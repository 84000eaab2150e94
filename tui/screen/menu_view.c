#include "tui/screen/menu_view.h"

#include "tui/screen/app.h"
#include "tui/screen/draw.h"
#include "tui/screen/keys.h"
#include "tui/text/alloc.h"
#include "tui/text/screen_messages.h"

struct menu_view {
	struct view view;
	struct menu menu;
	menu_choice *choose;
	void *ctx;
};

static void menu_view_draw_item(const struct menu *menu, size_t item, const struct menu_box *at, int y)
{
	const char letter[] = { menu->items[item].letter, '\0' };
	int side = at->border ? 2 : 0, x = at->x + side;
	bool selected = item == menu->selected;
	enum style style = selected ? STYLE_SELECTED : STYLE_NORMAL;

	terminal_fill(y, at->x + (at->border ? 1 : 0), at->width - side, style);
	terminal_put(y, x, selected ? STYLE_SELECTED : STYLE_KEY, letter);
	terminal_put(y, x + 3, style, menu->items[item].text);
}

static void menu_view_draw(struct view *view)
{
	const struct menu_view *open = (const struct menu_view *)view;
	const struct menu *menu = &open->menu;
	struct menu_box at;

	menu_layout(menu, terminal_columns(), terminal_lines(), &at);
	if (at.border)
		terminal_frame(at.y, at.x, at.height, at.width);
	else
		terminal_fill(at.y, 0, at.width, STYLE_HEADING);
	terminal_put(at.y, at.x + (at.border ? 2 : 0), at.border ? STYLE_STRONG : STYLE_HEADING, menu->title);
	for (int i = 0; i < at.shown; i++)
		menu_view_draw_item(menu, at.first + (size_t)i, &at, at.top + i);
	if (at.y + at.height < terminal_lines())
		draw_notice(view->app, terminal_lines() - 1);
}

static void menu_view_choose(struct menu_view *open, int item)
{
	menu_choice *choose = open->choose;
	void *ctx = open->ctx;

	if (item < 0)
		return;
	app_close(&open->view);
	choose(ctx, (size_t)item);
}

static void menu_view_type(struct view *view, const struct terminal_event *event)
{
	struct menu_view *open = (struct menu_view *)view;
	int item = menu_letter(&open->menu, event->key);

	if (item < 0)
		app_input_error(view->app, alloc_string(MSG_MENU_KEYS));
	menu_view_choose(open, item);
}

static void menu_view_mouse(struct view *view, const struct terminal_event *event)
{
	struct menu_view *open = (struct menu_view *)view;
	struct menu_box at;

	menu_layout(&open->menu, terminal_columns(), terminal_lines(), &at);
	if (event->key == TERMINAL_CLICK)
		menu_view_choose(open, menu_at(&open->menu, &at, event->x, event->y));
	else
		menu_move(&open->menu, event->key == TERMINAL_WHEEL_UP ? -1 : 1);
}

static void menu_view_up(struct view *view)
{
	menu_move(&((struct menu_view *)view)->menu, -1);
}

static void menu_view_down(struct view *view)
{
	menu_move(&((struct menu_view *)view)->menu, 1);
}

static void menu_view_take(struct view *view)
{
	struct menu_view *open = (struct menu_view *)view;

	menu_view_choose(open, (int)open->menu.selected);
}

static void menu_view_release(struct view *view)
{
	menu_release(&((struct menu_view *)view)->menu);
}

static const struct key menu_view_keys[] = {
	{ { TERMINAL_ENTER }, "Enter", NULL, NULL, menu_view_take, false },
	{ { TERMINAL_ESCAPE, 'q', TERMINAL_F10 }, "Esc", NULL, NULL, app_close, false },
	{ { TERMINAL_UP, TERMINAL_BACK_TAB }, "Up", NULL, NULL, menu_view_up, false },
	{ { TERMINAL_DOWN, TERMINAL_TAB }, "Down", NULL, NULL, menu_view_down, false },
	KEYS_END,
};

static const struct view_class menu_view_class = {
	.keys = menu_view_keys,
	.overlay = true,
	.draw = menu_view_draw,
	.type = menu_view_type,
	.mouse = menu_view_mouse,
	.release = menu_view_release,
};

void menu_view_open(struct app *app, char *title, const struct menu_item *items, size_t count,
                    menu_choice *choose, void *ctx)
{
	struct menu_view *open = alloc_zero(1, sizeof(*open));

	menu_open(&open->menu, title, items, count);
	open->choose = choose;
	open->ctx = ctx;
	app_open(app, &open->view, &menu_view_class);
}
