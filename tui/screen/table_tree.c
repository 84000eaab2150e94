#include "tui/screen/table_tree.h"

#include "tui/fields/lookup.h"
#include "tui/screen/app.h"
#include "tui/screen/host.h"
#include "tui/screen/table_kept.h"
#include "tui/screen/table_order.h"
#include "tui/screen/table_rows.h"
#include "tui/text/alloc.h"
#include "tui/text/screen_messages.h"

static struct list *table_tree_list(struct view *view)
{
	return &((struct table_view *)view)->live->list;
}

/* False: the keys for folding mean nothing, which is said. */
static bool table_tree_shown(struct view *view)
{
	if (table_tree_list(view)->window.query.tree)
		return true;
	app_say(view->app, alloc_string(MSG_TREE_NOT), true);
	return false;
}

void table_tree_toggle(struct view *view)
{
	struct table_view *table = (struct table_view *)view;

	table_order_set_tree(table, !table->live->list.window.query.tree);
	table_kept_save(table);
	table_rows_anew(table);
}

/* False: it is folded, or unfolded, already, or has nothing under it. */
static bool table_tree_change(struct view *view, bool fold)
{
	struct table_view *table = (struct table_view *)view;
	const struct window_row *row = list_selected(&table->live->list);

	if (!row || row->branch != (fold ? WINDOW_OPEN : WINDOW_FOLDED))
		return false;
	window_fold(&table->live->list.window.query, row->number, fold);
	live_anew(table->live);
	return true;
}

/* The position of the parent of the selected task; -1: it has none, or that is far away. */
static int64_t table_tree_parent(const struct list *list)
{
	const struct window_row *row = list_selected(list), *above;

	for (int64_t at = list->cursor - 1; row && row->depth > 0; at--) {
		above = list_row_at(list, at);
		if (!above)
			break;
		if (above->depth < row->depth)
			return at;
	}
	return -1;
}

/* Folds the section of the cursor, or unfolds it.  False: the cursor is on a task of a tree, or there are no sections. */
static bool table_tree_section(struct view *view, bool fold)
{
	struct table_view *table = (struct table_view *)view;

	if (!table_rows_in_sections(table) ||
	    (table_tree_list(view)->window.query.tree && !table_rows_on_head(table)))
		return false;
	table_rows_fold(table, fold);
	return true;
}

static void table_tree_ask(struct table_view *table, size_t host, const char *const *columns, const char *id,
                           channel_answer *answer)
{
	struct jsonw params = JSONW_INIT;

	table->seeking = true; /* later keys are for the parent */
	lookup_one(&params, columns, id);
	feed_wish(&table->view.app->hosts[host].feed, "List", &params, answer, table, host);
}

/* The values of the task that was asked about; NULL: it is not there any more, or there is no answer. */
static const json_t *table_tree_answer(struct table_view *table, const struct client_reply *reply)
{
	table->seeking = false;
	if (app_failed(table->view.app, reply))
		return NULL;
	return json_array_get(json_object_get(reply->parameters, "rows"), 0);
}

static void table_tree_parent_found(void *ctx, size_t host, const struct client_reply *reply)
{
	struct table_view *table = ctx;
	const json_t *row = table_tree_answer(table, reply);
	const char *id = json_string_value(json_array_get(row, 1));

	if (id)
		table_rows_select(table, host, (uint64_t)json_integer_value(json_array_get(row, 0)), id);
}

static void table_tree_parent_named(void *ctx, size_t host, const struct client_reply *reply)
{
	static const char *const columns[] = { "number", "id", NULL };
	struct table_view *table = ctx;
	const char *id = json_string_value(json_array_get(table_tree_answer(table, reply), 0));

	if (id)
		table_tree_ask(table, host, columns, id, table_tree_parent_found);
}

/* What is above the first tasks is the head of their server, if there are several. */
static void table_tree_go_to_parent(struct view *view)
{
	static const char *const columns[] = { "parentId", NULL };
	struct table_view *table = (struct table_view *)view;
	struct list *list = table_tree_list(view);
	const struct window_row *row = list_selected(list);
	int64_t parent = table_tree_parent(list);

	if (parent >= 0)
		table_rows_move(table, parent - list->cursor);
	else if (row && row->depth > 0)
		table_tree_ask(table, view->app->host->index, columns, row->id, table_tree_parent_named);
	else
		table_rows_go(table, view->app->host->index);
}

bool table_tree_change_row(struct view *view)
{
	struct table_view *table = (struct table_view *)view;

	if (table_rows_on_head(table)) {
		table_rows_fold(table, !table_rows_folded(table, view->app->host->index));
		return true;
	}
	return table_tree_change(view, true) || table_tree_change(view, false);
}

static void table_tree_change_selected(struct view *view, bool fold)
{
	const struct window_row *row = list_selected(table_tree_list(view));

	if (table_tree_section(view, fold) || !table_tree_shown(view))
		return;
	if (row && row->branch == WINDOW_LEAF)
		app_say(view->app, alloc_string(MSG_TREE_LEAF), false);
	else
		table_tree_change(view, fold);
}

void table_tree_fold(struct view *view)
{
	table_tree_change_selected(view, true);
}

void table_tree_unfold(struct view *view)
{
	table_tree_change_selected(view, false);
}

void table_tree_fold_all(struct view *view)
{
	struct table_view *table = (struct table_view *)view;
	struct window_query *query = &table->live->list.window.query;

	if (table_rows_in_sections(table) && (!query->tree || table_rows_on_head(table))) {
		table_rows_fold_all(table);
		return;
	}
	if (!table_tree_shown(view))
		return;
	window_fold_all(query, !query->fold_all);
	table_rows_anew(table);
}

/* Without a tree, the parent of a task is its section. */
void table_tree_left(struct view *view)
{
	struct table_view *table = (struct table_view *)view;

	if (table_rows_on_head(table))
		table_rows_fold(table, true);
	else if (table_rows_in_sections(table) && !table_tree_list(view)->window.query.tree)
		table_rows_go(table, view->app->host->index);
	else if (table_tree_shown(view) && !table_tree_change(view, true))
		table_tree_go_to_parent(view);
}

void table_tree_right(struct view *view)
{
	const struct window_row *row = list_selected(table_tree_list(view));
	bool tree = table_tree_list(view)->window.query.tree;

	if (!tree && table_rows_in_sections((struct table_view *)view))
		table_tree_section(view, false);
	else if (!table_tree_section(view, false) && table_tree_shown(view) &&
	         !table_tree_change(view, false) && row && row->branch == WINDOW_OPEN)
		table_rows_move((struct table_view *)view, 1);
}
