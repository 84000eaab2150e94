#include "tui/screen/groups_draw.h"

#include "tui/screen/terminal.h"

/* HEADED: lines of a screen that has room for headings. */
enum { CELL_SIZE = 4096, HEADED = 6 };

int groups_draw_top(void)
{
	return terminal_lines() >= HEADED ? 2 : 1;
}

static void groups_draw_row(const struct group_table *groups, size_t at, int y,
                            const struct group_table_place *places, size_t count)
{
	const struct group_row *row = &groups->rows[at];
	bool selected = at == groups->cursor;
	char text[CELL_SIZE];

	if (selected)
		terminal_fill(y, 0, terminal_columns(), STYLE_SELECTED);
	for (size_t i = 0; i < count; i++) {
		enum style style = selected ? STYLE_SELECTED
		                   : row->paused && places[i].column == GROUPS_STATE
		                           ? (enum style)(STYLE_STATE + TASK_PAUSED)
		                           : STYLE_NORMAL;

		group_table_cell(row, &places[i], text, sizeof(text));
		terminal_put(y, places[i].x, style, text);
	}
}

static void groups_draw_titles(const struct group_table_place *places, size_t count)
{
	char text[CELL_SIZE];

	terminal_fill(1, 0, terminal_columns(), STYLE_NORMAL);
	for (size_t i = 0; i < count; i++) {
		group_table_cell(NULL, &places[i], text, sizeof(text));
		terminal_put(1, places[i].x, STYLE_STRONG, text);
	}
}

void groups_draw(const struct group_table *groups)
{
	struct group_table_place places[GROUPS_COLUMNS];
	size_t count = group_table_layout(groups, terminal_columns(), places);
	int top = groups_draw_top();

	if (top > 1)
		groups_draw_titles(places, count);
	for (int i = 0; i < groups->height && groups->top + (size_t)i < groups->count; i++)
		groups_draw_row(groups, groups->top + (size_t)i, top + i, places, count);
}
