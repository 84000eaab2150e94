#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/core/activity.h"
#include "engine/service/query.h"
#include "engine/task/array.h"
#include "engine/task/caseless.h"
#include "engine/task/glob.h"
#include "engine/task/group.h"
#include "engine/task/quote.h"

/* Columns for drawing a tree.  They are null in other lists. */
static const struct column tree_columns[] = { { .name = "depth" }, { .name = "last" }, { .name = "branch" } };
enum { DEPTH_COLUMN, LAST_COLUMN, BRANCH_COLUMN, TREE_COLUMNS };

static const struct column *find_column(const char *name)
{
	for (size_t i = 0; i < TREE_COLUMNS; i++) {
		if (strcmp(name, tree_columns[i].name) == 0)
			return &tree_columns[i];
	}
	return column_find(name);
}

/* An object has a member once. */
static bool has_column_already(const struct query *query, const struct column *column)
{
	for (size_t i = 0; !query->compact && i < query->column_count; i++) {
		if (query->columns[i] == column)
			return true;
	}
	return false;
}

static void read_columns(struct query *query, struct args *args)
{
	const json_t *columns = args_array(args, "columns"), *name;
	size_t i;
	json_array_foreach(columns, i, name)
	{
		const char *text = args_item(name);
		const struct column *column = text ? find_column(text) : NULL;
		if (!column || query->column_count == QUERY_COLUMNS_MAX ||
		    has_column_already(query, column)) {
			args_fail(args, "columns");
			return;
		}
		query->columns[query->column_count++] = column;
		query->reasons |= column_has_reasons(column);
		query->children |= column_has_children(column);
	}
	if (columns && query->column_count == 0)
		args_fail(args, "columns");
}

static void read_ids(struct query *query, struct args *args)
{
	const json_t *ids = args_array(args, "ids"), *id;
	size_t i;
	if (!ids)
		return;
	query->ids = calloc(json_array_size(ids) + 1, sizeof(*query->ids));
	if (!query->ids) {
		args->no_memory = true;
		return;
	}
	json_array_foreach(ids, i, id)
	{
		const char *text = args_item(id);
		query->ids[i] = text ? strdup(text) : NULL;
		if (!query->ids[i]) {
			args_took(args, "ids", text ? -ENOMEM : -EINVAL);
			return;
		}
		query->id_count++;
	}
}

static int compare_numbers(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
	return x < y ? -1 : x > y;
}

static void read_folded(struct query *query, struct args *args)
{
	const json_t *folded = args_array(args, "folded"), *number;
	size_t i;
	query->fold_all = args_bool(args, "foldAll");
	if (!folded)
		return;
	query->folded = calloc(json_array_size(folded) + 1, sizeof(*query->folded));
	if (!query->folded) {
		args->no_memory = true;
		return;
	}
	json_array_foreach(folded, i, number)
	{
		if (!json_is_integer(number) || json_integer_value(number) < 1) {
			args_fail(args, "folded");
			return;
		}
		query->folded[query->folded_count++] = (uint64_t)json_integer_value(number);
	}
	qsort(query->folded, query->folded_count, sizeof(*query->folded), compare_numbers);
}

bool query_folds(const struct query *query, uint64_t number)
{
	bool named = query->folded_count > 0 &&
	             bsearch(&number, query->folded, query->folded_count, sizeof(number), compare_numbers);
	return named != query->fold_all;
}

static void read_states(struct query *query, struct args *args)
{
	const json_t *states = args_array(args, "states"), *name;
	size_t i;
	query->states = states ? 0 : QUERY_STATES_ALL;
	json_array_foreach(states, i, name)
	{
		const char *text = args_item(name);
		int state = text ? task_state_parse(text) : -1;
		if (state < 0) {
			args_fail(args, "states");
			return;
		}
		query->states |= 1u << state;
		if (state == TASK_QUEUED)
			query->states |= 1u << TASK_CLAIMED;
		if (state == TASK_STOPPING)
			query->states |= 1u << TASK_OVERTIME;
	}
}

static void read_filter(struct query *query, struct args *args)
{
	const char *text = args_string(args, "filter");
	if (text)
		args_took(args, "filter", filter_read(&query->filter, text, NULL));
}

static void read_sort(struct query *query, struct args *args)
{
	const char *name = args_string(args, "sort");
	query->sort = name ? column_to_sort_by(name) : NULL;
	if (name && !query->sort)
		args_fail(args, "sort");
}

static void read_window(struct query *query, struct args *args)
{
	query->offset = (size_t)args_count(args, "offset", INT64_MAX, 0);
	query->rows = (size_t)args_count(args, "rows", INT64_MAX, INT64_MAX);
}

bool query_read(struct query *query, struct wire_call *call, const json_t *parameters,
                const char *const *needs)
{
	struct args args = { .parameters = parameters };
	*query = (struct query){ .compact = args_bool(&args, "compact"),
		                 .sparse = args_bool(&args, "sparse") };
	read_columns(query, &args);
	read_ids(query, &args);
	read_states(query, &args);
	read_filter(query, &args);
	read_sort(query, &args);
	query->group = args_copy(&args, "group");
	query->name = args_copy(&args, "name");
	query->text = args_copy(&args, "text");
	query->reverse = args_bool(&args, "reverse");
	query->tree = args_bool(&args, "tree");
	read_folded(query, &args);
	query->hooks = args_bool(&args, "hooks");
	read_window(query, &args);
	if (!args_failed(&args, call, needs))
		return true;
	query_release(query);
	return false;
}

void query_release(struct query *query)
{
	for (size_t i = 0; i < query->id_count; i++)
		free(query->ids[i]);
	free(query->ids);
	free(query->folded);
	free(query->group);
	free(query->name);
	free(query->text);
	filter_release(&query->filter);
	*query = (struct query){ 0 };
}

static char *query_copy_text(const char *text, int *error)
{
	char *copy = text ? strdup(text) : NULL;
	if (text && !copy)
		*error = -ENOMEM;
	return copy;
}

int query_copy(struct query *to, const struct query *from)
{
	int error = filter_copy(&to->filter, &from->filter);
	to->states = from->states;
	to->sort = from->sort;
	to->reverse = from->reverse;
	to->hooks = from->hooks;
	to->group = query_copy_text(from->group, &error);
	to->name = query_copy_text(from->name, &error);
	to->text = query_copy_text(from->text, &error);
	if (error)
		query_release(to);
	return error;
}

static bool query_text_is_same(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

bool query_is_same(const struct query *a, const struct query *b)
{
	return a->states == b->states && a->sort == b->sort && a->hooks == b->hooks &&
	       query_text_is_same(a->group, b->group) && query_text_is_same(a->name, b->name) &&
	       query_text_is_same(a->text, b->text) && filter_is_same(&a->filter, &b->filter);
}

/* 1 if the command has the text, 0 if not, or -ENOMEM. */
static int matcher_command_has(struct matcher *matcher, const struct task *task, const char *text)
{
	struct strings command = task_command(task);
	size_t room = quote_room(&command);
	char *line = array_grow(matcher->line, &matcher->size, room, 1);
	if (!line)
		return -ENOMEM;
	matcher->line = line;
	quote_line(matcher->line, &command);
	return caseless_has(matcher->line, text);
}

int matcher_has(struct matcher *matcher, const struct task *task, const char *text)
{
	char buffer[TASK_DEFAULT_NAME_SIZE];
	int has = caseless_has(task_id(task), text);
	if (has == 0)
		has = caseless_has(task_name(task, buffer), text);
	return has ? has : matcher_command_has(matcher, task, text);
}

void matcher_release(struct matcher *matcher)
{
	free(matcher->line);
	*matcher = (struct matcher){ 0 };
}

static bool query_in_group(const struct query *query, const struct task *task)
{
	return !query->group || group_is_meant(task_group(task), query->group);
}

static bool query_has_name(const struct query *query, const struct task *task)
{
	char buffer[TASK_DEFAULT_NAME_SIZE];
	return !query->name || glob_matches(query->name, task_name(task, buffer));
}

/* 1 if the word is true of the task, apart from its "-"; 0 if not; -ENOMEM if that cannot be found out. */
static int query_term_is_true(struct matcher *matcher, const struct filter_term *term,
                              const struct task *task)
{
	char buffer[TASK_DEFAULT_NAME_SIZE];
	const char *group = task_group(task);
	switch (term->kind) {
	case FILTER_STATE:
		return term->states >> task_state_shown(task->status.state) & 1;
	case FILTER_GROUP:
		if (!term->pattern && group_is_meant(group, term->value))
			return 1;
		return filter_term_has(term, group ? group : GROUP_DEFAULT);
	case FILTER_NAME:
		return filter_term_has(term, task_name(task, buffer));
	case FILTER_ID:
		return filter_term_has(term, task_id(task));
	case FILTER_TEXT:
		break;
	}
	return matcher_has(matcher, task, term->value);
}

static int query_passes_filter(struct matcher *matcher, const struct query *query, const struct task *task)
{
	for (size_t i = 0; i < query->filter.count; i++) {
		const struct filter_term *term = &query->filter.terms[i];
		int holds = query_term_is_true(matcher, term, task);
		if (holds < 0 || (holds > 0) == term->negated)
			return holds < 0 ? holds : 0;
	}
	return 1;
}

int query_matches(struct matcher *matcher, const struct query *query, const struct task *task)
{
	if (!query->ids && !query->hooks && task_is_hidden(task))
		return 0;
	if (!(query->states & 1u << task->status.state) || !query_in_group(query, task) ||
	    !query_has_name(query, task))
		return 0;
	int has = query->text ? matcher_has(matcher, task, query->text) : 1;
	return has > 0 ? query_passes_filter(matcher, query, task) : has;
}

bool query_filters(const struct query *query)
{
	return query->states != QUERY_STATES_ALL || query->group || query->name || query->text ||
	       query->filter.count > 0 || query->ids;
}

bool query_takes_all(const struct query *query, const struct registry *registry)
{
	return !query_filters(query) && (query->hooks || registry_hides(registry) == 0) &&
	       (!query->sort || !query->sort->ordering);
}

bool query_is_plain(const struct query *query, const struct registry *registry)
{
	return query_takes_all(query, registry) && !query->tree;
}

/* True if the task may be in this state. */
static bool query_has_state(const struct query *query, enum task_state state)
{
	bool has = query->states >> state & 1;
	for (size_t i = 0; has && i < query->filter.count; i++) {
		const struct filter_term *term = &query->filter.terms[i];
		has = (term->states >> task_state_shown(state) & 1) != term->negated;
	}
	return has;
}

bool query_is_active(const struct query *query, unsigned *parts)
{
	bool other = query->group || query->name || query->text || query->ids || query->hooks || query->tree;
	unsigned with = 0, without = 0;
	if (other || !query->sort || query->sort->ordering != &ordering_activity)
		return false;
	for (size_t i = 0; i < query->filter.count; i++) {
		if (query->filter.terms[i].kind != FILTER_STATE)
			return false;
	}
	for (int state = 0; state < TASK_STATE_COUNT; state++) {
		unsigned *to = query_has_state(query, (enum task_state)state) ? &with : &without;
		*to |= activity_parts((enum task_state)state);
	}
	*parts = with;
	return (with & without) == 0;
}

static void write_value(const struct query *query, const struct column *column, struct jsonw *w,
                        const struct row *row, int64_t now)
{
	if (column < tree_columns || column >= tree_columns + TREE_COLUMNS)
		column_write(column, w, query->engine, row->task, now);
	else if (!query->tree)
		jsonw_null(w);
	else if (column == &tree_columns[DEPTH_COLUMN])
		jsonw_uint(w, row->depth);
	else if (column == &tree_columns[LAST_COLUMN])
		jsonw_bool(w, row->last);
	else
		jsonw_string(w, !row->parent ? NULL : row->folded ? "folded" : "open");
}

static void write_object(const struct query *query, struct jsonw *w, const struct row *row, int64_t now)
{
	jsonw_object(w);
	for (size_t i = 0; row->task && i < query->column_count; i++) {
		jsonw_key(w, query->columns[i]->name);
		write_value(query, query->columns[i], w, row, now);
	}
	jsonw_end_object(w);
}

/*
 * True if all that was written from there on is a comma and null: no other value begins with an n.  To compare several
 * bytes at once, which have just been written one by one, would take longer than to write them.
 */
static bool query_wrote_null(const struct jsonw *w, size_t from)
{
	return w->length == from + 5 && w->data[from] == ',' && w->data[from + 1] == 'n';
}

static void write_array(const struct query *query, struct jsonw *w, const struct row *row, int64_t now)
{
	jsonw_array(w);
	size_t end = w->length;
	for (size_t i = 0; i < query->column_count; i++) {
		size_t from = w->length;
		write_value(query, query->columns[i], w, row, now);
		if (!query->sparse || !query_wrote_null(w, from))
			end = w->length;
	}
	w->length = end;
	jsonw_end_array(w);
}

void query_write_row(const struct query *query, struct jsonw *w, const struct row *row, int64_t now)
{
	if (!query->compact) {
		write_object(query, w, row, now);
		return;
	}
	if (!row->task) {
		jsonw_null(w);
		return;
	}
	write_array(query, w, row, now);
}

/* 1 if a task that was named is under one under which a tree shows nothing, whether that was named or not; 0 if not. */
static int query_folds_away(struct matcher *matcher, const struct query *query, const struct task *task)
{
	if (!query->ids || !query->tree || (query->folded_count == 0 && !query->fold_all))
		return 0;
	while ((task = task_parent(task)) && (query->hooks || !task_is_hidden(task))) {
		int found = query_matches(matcher, query, task);
		if (found <= 0)
			return found; /* what is under it stands as if it had no parent */
		if (query_folds(query, task->number))
			return 1;
	}
	return 0;
}

int query_takes(struct matcher *matcher, const struct query *query, const struct task *task)
{
	int found = task ? query_matches(matcher, query, task) : 1;
	int away = task && found > 0 ? query_folds_away(matcher, query, task) : 0;
	return away < 0 ? away : found > 0 ? !away : found;
}
