#include "tui/screen/table_order.h"

#include "tui/screen/table_kept.h"
#include "tui/screen/table_rows.h"

/* The column of the wire whose order is: what runs, what waits, what failed, what has ended, the rest. */
#define TABLE_ACTIVE_FIRST "activity"

static struct table_view *table_order_table(struct view *view)
{
	return (struct table_view *)view;
}

/* In a tree the order is that of siblings.  There what has ended moves with all under it, so no row is held. */
static void table_order_apply(struct table_view *table)
{
	struct window_query *query = &table->live->list.window.query;

	table->live->list.holds = !query->tree;
	query->sort = table->active_first ? TABLE_ACTIVE_FIRST : table->sort ? table->sort->name : NULL;
}

void table_order_begin(struct table_view *table, const struct field *sort, bool reverse, bool creation)
{
	table->sort = sort;
	table->active_first = !sort && !creation;
	table->live->list.window.query.reverse = reverse;
	table_order_apply(table);
}

void table_order_set_tree(struct table_view *table, bool tree)
{
	table->live->list.window.query.tree = tree;
	table_order_apply(table);
}

void table_order_sort(struct table_view *table, const struct field *field)
{
	struct window_query *query = &table->live->list.window.query;

	query->reverse = table->sort == field && !table->active_first && !query->reverse;
	table->sort = field;
	table->active_first = false;
	table_order_apply(table);
	table_kept_save(table);
	table_rows_anew(table);
}

void table_order_show(struct table_view *table, enum shown shown)
{
	unsigned states = 0;

	if (shown == table->shown)
		return;
	for (int state = 0; shown && state < TASK_STATE_COUNT; state++)
		states |= (unsigned)header_shows(shown, (enum task_state)state) << state;
	table->shown = shown;
	table->live->list.window.query.states = states;
	table->widths.other = true;
	table_rows_anew(table);
}

/* The same again shows all. */
void table_order_filter(struct view *view, enum shown shown)
{
	struct table_view *table = table_order_table(view);

	table_order_show(table, shown == table->shown ? SHOWN_ALL : shown);
}

void table_order_all(struct view *view)
{
	table_order_filter(view, SHOWN_ALL);
}

void table_order_active(struct view *view)
{
	table_order_filter(view, SHOWN_ACTIVE);
}

void table_order_failed(struct view *view)
{
	table_order_filter(view, SHOWN_FAILED);
}

void table_order_done(struct view *view)
{
	table_order_filter(view, SHOWN_DONE);
}

void table_order_created(struct view *view)
{
	table_order_filter(view, SHOWN_CREATED);
}

static void table_order_set(struct table_view *table, bool active_first)
{
	struct window_query *query = &table->live->list.window.query;

	query->reverse = false;
	table->sort = NULL;
	table->active_first = active_first;
	table_order_apply(table);
	table_kept_save(table);
	table_rows_anew(table);
}

void table_order_change(struct view *view)
{
	struct table_view *table = table_order_table(view);

	table_order_set(table, !table->active_first);
}

/* Sorts by the next column, or by the one before.  The order of creation comes before the first column. */
static void table_order_sort_beside(struct table_view *table, int by)
{
	const struct field_list *fields = &table->live->list.window.fields;
	int at = 0, count = (int)fields->count;

	for (int i = 0; i < count; i++) {
		if (fields->items[i] == table->sort)
			at = i + 1;
	}
	do
		at = (at + by + count + 1) % (count + 1);
	while (at && !field_find(fields->items[at - 1]->name)); /* the server does not know it */
	table_order_sort(table, at ? fields->items[at - 1] : NULL);
}

void table_order_left(struct view *view)
{
	table_order_sort_beside(table_order_table(view), -1);
}

void table_order_right(struct view *view)
{
	table_order_sort_beside(table_order_table(view), 1);
}
