#include "tui/view/menu.h"

#include <stdlib.h>

#include "tui/text/cells.h"

/* The columns of the letter and the blanks around it; those of the border and a blank, on each side. */
enum { MENU_LETTER = 4, MENU_SIDE = 2 };

void menu_open(struct menu *menu, char *title, const struct menu_item *items, size_t count)
{
	*menu = (struct menu){ .title = title, .items = items, .count = count };
}

void menu_release(struct menu *menu)
{
	free(menu->title);
	menu->title = NULL;
}

static int menu_width(const struct menu *menu)
{
	size_t widest = cells_width(menu->title);

	for (size_t i = 0; i < menu->count; i++) {
		size_t width = MENU_LETTER + cells_width(menu->items[i].text);

		if (width > widest)
			widest = width;
	}
	return (int)widest;
}

void menu_layout(const struct menu *menu, int columns, int lines, struct menu_box *box)
{
	int count = (int)menu->count, width = menu_width(menu) + 2 * MENU_SIDE, room;

	*box = (struct menu_box){ .border = lines >= 8 && width <= columns };
	room = lines - (box->border ? 2 : 1); /* one line is that of the title */
	box->shown = count < room ? count : room;
	if (box->shown < 0)
		box->shown = 0;
	if (menu->selected >= (size_t)box->shown && box->shown > 0)
		box->first = menu->selected - (size_t)box->shown + 1;
	box->height = box->shown + (box->border ? 2 : 1);
	box->width = box->border ? width : columns;
	box->x = (columns - box->width) / 2;
	box->y = lines > box->height ? (lines - box->height) / 2 : 0;
	box->top = box->y + 1;
}

void menu_move(struct menu *menu, int by)
{
	if (menu->count > 0)
		menu->selected =
			(menu->selected + menu->count + (by < 0 ? menu->count - 1 : 1)) % menu->count;
}

int menu_letter(const struct menu *menu, int letter)
{
	for (size_t i = 0; i < menu->count; i++) {
		if (menu->items[i].letter == letter)
			return (int)i;
	}
	return -1;
}

int menu_at(const struct menu *menu, const struct menu_box *box, int x, int y)
{
	size_t item = box->first + (size_t)(y - box->top);

	if (y < box->top || y >= box->top + box->shown || x < box->x || x >= box->x + box->width)
		return -1;
	return item < menu->count ? (int)item : -1;
}
