#include "tui/screen/table_rows.h"

#include <stdlib.h>

#include "tui/screen/app.h"
#include "tui/screen/host.h"
#include "tui/screen/table_draw.h"
#include "tui/text/alloc.h"

void table_rows_begin(struct table_view *table)
{
	struct app *app = table->view.app;

	sections_init(&table->sections);
	for (size_t i = 0; i < app->host_count; i++) {
		list_init(&app->hosts[i].live.list, table_draw_rows(table));
		if (host_several(app))
			sections_add(&table->sections, &app->hosts[i].live.list);
	}
	merge_init(&table->merge, &table->sections);
	glance_init(&table->glance);
	table->live = &app->host->live;
}

struct glance_at table_rows_at(const struct table_view *table)
{
	const struct window_row *row = list_selected(&table->live->list);

	return (struct glance_at){ .host = table->view.app->host->index,
		                   .number = row ? row->number : 0,
		                   .tags = host_tagged(table->view.app) > 0 };
}

bool table_rows_is_at(const struct table_view *table, const struct glance_at *at)
{
	return glance_same(*at, table_rows_at(table));
}

bool table_rows_due(const struct table_view *table)
{
	return (live_connected(table->live) && table->seeking) ||
	       (!table_rows_on_head(table) && live_selection_due(table->live));
}

bool table_rows_knows(const struct table_view *table)
{
	return glance_knows(&table->glance, table_rows_at(table));
}

void table_rows_chosen(struct table_view *table)
{
	if (live_up(table->live))
		glance_choose(&table->glance, table_rows_at(table));
	else
		glance_await(&table->glance); /* a list is coming, and it is for that */
}

void table_rows_tagged(struct table_view *table)
{
	glance_tag(&table->glance, host_tagged(table->view.app) > 0);
}

void table_rows_drawn(struct table_view *table)
{
	glance_draw(&table->glance, table_rows_at(table));
}

/* The server with the cursor is the current one, unless another view is about the one that was. */
static void table_rows_follow(struct table_view *table)
{
	struct app *app = table->view.app;
	size_t at = table->merged ? table->merge.at : table->sections.at;

	if (app->host->index == at || app->top != &table->view)
		return;
	host_choose(app, at);
	table->live = &app->host->live;
}

/* What is known of a list, and whether its rows are those that were asked for. */
static void table_rows_look(struct table_view *table, const struct host *host)
{
	struct section *section = &table->sections.items[host->index];
	bool live = live_up(&host->live), came = table->merged ? live : host->feed.status_known;

	section->live = live;
	section->known = came || host_state(host) == HOST_DOWN;
	section->hidden = table->merged && host->stale && !live;
}

void table_rows_settle(struct table_view *table)
{
	struct app *app = table->view.app;

	for (size_t i = 0; host_several(app) && i < app->host_count; i++)
		table_rows_look(table, &app->hosts[i]);
	if (!host_several(app))
		list_resize(&table->live->list, table_draw_rows(table));
	else if (table->merged)
		merge_settle(&table->merge, table_draw_rows(table));
	else
		sections_settle(&table->sections, table_draw_rows(table));
	if (host_several(app))
		table_rows_follow(table);
	if (live_up(table->live) && !table_rows_due(table))
		glance_settle(&table->glance, table_rows_at(table));
}

static void table_rows_copy_query(struct list *to, const struct list *from)
{
	const struct window_query *query = &from->window.query;
	struct window_query *copy = &to->window.query;

	if (to == from)
		return;
	free(copy->text);
	copy->text = query->text ? alloc_string(query->text) : NULL;
	copy->states = query->states;
	copy->sort = query->sort;
	copy->reverse = query->reverse;
	copy->tree = query->tree;
	copy->merges = query->merges;
	if (copy->fold_all != query->fold_all)
		window_fold_all(copy, query->fold_all);
	to->holds = from->holds;
}

/* A tree, and all tasks in order of creation, have a section for each server. */
static void table_rows_choose(struct table_view *table)
{
	struct window_query *query = &table->live->list.window.query;
	bool few = query->text || query->states || table->active_first, was = table->merged;

	table->merged = host_several(table->view.app) && !query->tree && few;
	query->merges = table->merged;
	if (table->merged && !was) {
		merge_begin(&table->merge);
	} else if (was && !table->merged) {
		table->sections.line = table->sections.height / 2;
		sections_go(&table->sections, table->merge.at, false);
	}
}

/* What is tagged on a server that is down is hidden with its rows. */
static void table_rows_hide_tags(const struct table_view *table, struct host *host)
{
	struct tags *tags = &host->live.list.tags;

	if (host->stale && table->merged)
		tags_hide(tags, tags_ask(tags));
	else if (host->stale)
		tags_show_all(tags);
}

void table_rows_anew(struct table_view *table)
{
	struct app *app = table->view.app;

	table_rows_choose(table);
	for (size_t i = 0; i < app->host_count; i++) {
		table_rows_copy_query(&app->hosts[i].live.list, &table->live->list);
		app->hosts[i].stale = !live_connected(&app->hosts[i].live);
		app->hosts[i].measured = -1;
		table_rows_hide_tags(table, &app->hosts[i]);
		live_anew(&app->hosts[i].live);
	}
	glance_await(&table->glance);
}

static void table_rows_shift(struct table_view *table, int64_t rows)
{
	if (!host_several(table->view.app)) {
		list_move(&table->live->list, rows);
		return;
	}
	if (table->merged)
		merge_move(&table->merge, rows);
	else
		sections_move(&table->sections, rows);
	table_rows_follow(table);
}

/* What is beside a task that the user does not know to be selected was not chosen. */
void table_rows_move(struct table_view *table, int64_t rows)
{
	bool known = rows == INT64_MIN || rows == INT64_MAX || table_rows_knows(table);

	table_rows_shift(table, rows);
	if (known)
		table_rows_chosen(table);
}

void table_rows_tag(struct table_view *table)
{
	struct list *list = &table->live->list;
	const struct window_row *row = list_selected(list);

	if (!host_several(table->view.app))
		list_tag(list);
	else if (row)
		tags_toggle(&list->tags, row->number, row->id);
	if (host_several(table->view.app))
		table_rows_shift(table, row ? 1 : 0);
	table_rows_tagged(table);
	table_rows_chosen(table);
}

static void table_rows_enter_line(struct table_view *table, int line)
{
	if (!host_several(table->view.app)) {
		list_select_line(&table->live->list, line);
		return;
	}
	if (table->merged)
		merge_select_line(&table->merge, line);
	else
		sections_select_line(&table->sections, line);
	table_rows_follow(table);
}

/* Rows may have moved since the user saw what to click on.  So a key is for the task only when it is shown to be selected. */
void table_rows_select_line(struct table_view *table, int line)
{
	table_rows_enter_line(table, line);
	glance_choose(&table->glance, (struct glance_at){ .number = 0 });
	glance_settle(&table->glance, (struct glance_at){ .number = 0 });
}

bool table_rows_is_on(const struct table_view *table, int line)
{
	const struct list *list = &table->live->list;

	if (!host_several(table->view.app))
		return list_selected(list) && list->cursor - list->top == line;
	if (table->merged)
		return table->merge.line == line;
	return table->sections.line == line && !table_rows_on_head(table);
}

void table_rows_select(struct table_view *table, size_t host, uint64_t number, const char *id)
{
	list_select(&table->view.app->hosts[host].live.list, number, id);
	glance_choose(&table->glance, (struct glance_at){ .host = host,
	                                                  .number = number,
	                                                  .tags = host_tagged(table->view.app) > 0 });
	if (!host_several(table->view.app))
		return;
	if (table->merged)
		merge_go(&table->merge, host);
	else
		sections_go(&table->sections, host, false);
	table_rows_follow(table);
}

void table_rows_go(struct table_view *table, size_t host)
{
	if (!host_several(table->view.app))
		return;
	if (table->merged)
		merge_go(&table->merge, host);
	else
		sections_go(&table->sections, host, true);
	table_rows_follow(table);
}

void table_rows_visit(struct table_view *table, size_t host)
{
	host_choose(table->view.app, host);
	table->live = &table->view.app->host->live;
}

bool table_rows_in_sections(const struct table_view *table)
{
	return host_several(table->view.app) && !table->merged;
}

bool table_rows_on_head(const struct table_view *table)
{
	return table_rows_in_sections(table) && table->sections.on_head;
}

bool table_rows_folded(const struct table_view *table, size_t host)
{
	return table_rows_in_sections(table) && table->sections.items[host].folded;
}

void table_rows_fold(struct table_view *table, bool folded)
{
	sections_fold(&table->sections, table->sections.at, folded);
	table_rows_follow(table);
}

void table_rows_fold_all(struct table_view *table)
{
	bool any = false;

	for (size_t i = 0; i < table->sections.count; i++)
		any |= table->sections.items[i].folded;
	sections_fold_all(&table->sections, !any);
	table_rows_follow(table);
}
