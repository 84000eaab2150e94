#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "engine/service/query.h"
#include "engine/service/tree.h"
#include "engine/task/array.h"
#include "engine/task/glob.h"
#include "engine/task/quote.h"

/* Columns for drawing a tree.  They are null in other lists. */
static const struct column depth_column = { .name = "depth" }, last_column = { .name = "last" };

static const struct column *find_column(const char *name)
{
	if (strcmp(name, depth_column.name) == 0)
		return &depth_column;
	return strcmp(name, last_column.name) == 0 ? &last_column : column_find(name);
}

static void read_columns(struct query *query, struct args *args)
{
	const json_t *columns = args_array(args, "columns"), *name;
	size_t i;
	json_array_foreach(columns, i, name)
	{
		const char *text = args_item(name);
		const struct column *column = text ? find_column(text) : NULL;
		if (!column || query->column_count == QUERY_COLUMNS_MAX) {
			args_fail(args, "columns");
			return;
		}
		query->columns[query->column_count++] = column;
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
	}
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
	*query = (struct query){ 0 };
	read_columns(query, &args);
	read_ids(query, &args);
	read_states(query, &args);
	read_sort(query, &args);
	query->group = args_copy(&args, "group");
	query->name = args_copy(&args, "name");
	query->text = args_copy(&args, "text");
	query->reverse = args_bool(&args, "reverse");
	query->tree = args_bool(&args, "tree");
	query->compact = args_bool(&args, "compact");
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
	free(query->group);
	free(query->name);
	free(query->text);
	*query = (struct query){ 0 };
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
	return strcasestr(matcher->line, text) != NULL;
}

int matcher_has(struct matcher *matcher, const struct task *task, const char *text)
{
	char buffer[TASK_DEFAULT_NAME_SIZE];
	if (strcasestr(task_id(task), text) || strcasestr(task_name(task, buffer), text))
		return 1;
	return matcher_command_has(matcher, task, text);
}

void matcher_release(struct matcher *matcher)
{
	free(matcher->line);
	*matcher = (struct matcher){ 0 };
}

/* A task that has no group is in "default". */
static bool query_in_group(const struct query *query, const struct task *task)
{
	const char *group = query->group ? task_group(task) : NULL;
	return !query->group || strcasecmp(query->group, group ? group : "default") == 0;
}

static bool query_has_name(const struct query *query, const struct task *task)
{
	char buffer[TASK_DEFAULT_NAME_SIZE];
	return !query->name || glob_matches(query->name, task_name(task, buffer));
}

static int query_matches(struct matcher *matcher, const struct query *query, const struct task *task)
{
	if (!(query->states & 1u << task->status.state) || !query_in_group(query, task) ||
	    !query_has_name(query, task))
		return 0;
	return query->text ? matcher_has(matcher, task, query->text) : 1;
}

static bool query_filtered(const struct query *query)
{
	return query->states != QUERY_STATES_ALL || query->group || query->name || query->text || query->ids;
}

static int query_push(struct selection *selection, size_t *size, struct task *task)
{
	struct row *rows = array_grow(selection->rows, size, selection->count + 1, sizeof(*rows));
	if (!rows)
		return -ENOMEM;
	selection->rows = rows;
	selection->rows[selection->count++] = (struct row){ .task = task, .number = task ? task->number : 0 };
	return 0;
}

/* All tasks in order of creation: only the rows of the window are looked up. */
static int select_plain(const struct query *query, const struct registry *registry,
                        struct selection *selection)
{
	size_t total = registry->order.count, size = 0;
	size_t first = query->offset < total ? query->offset : total;
	size_t count = total - first < query->rows ? total - first : query->rows;
	selection->total = total;
	struct task *task = query->reverse ? NULL : order_at(&registry->order, first);
	for (size_t i = 0; i < count; i++) {
		if (query->reverse)
			task = order_at(&registry->order, total - 1 - first - i);
		int error = query_push(selection, &size, task);
		if (error)
			return error;
		if (!query->reverse)
			task = order_next(&registry->order, task);
	}
	return 0;
}

/* Adds the task if it matches.  An id that was named but not found gets a row without a task. */
static int take_match(struct matcher *matcher, const struct query *query, struct task *task,
                      struct selection *selection, size_t *size)
{
	int found = task ? query_matches(matcher, query, task) : 1;
	return found > 0 ? query_push(selection, size, task) : found;
}

static int select_matching(const struct query *query, const struct registry *registry,
                           struct selection *selection)
{
	struct matcher matcher = { 0 };
	size_t size = 0;
	int error = 0;
	struct task *task = query->ids ? NULL : order_at(&registry->order, 0);
	for (size_t i = 0; query->ids && i < query->id_count && !error; i++)
		error = take_match(&matcher, query, registry_find(registry, query->ids[i]), selection, &size);
	for (; task && !error; task = order_next(&registry->order, task))
		error = take_match(&matcher, query, task, selection, &size);
	matcher_release(&matcher);
	return error;
}

struct sort_context {
	const struct query *query;
	int64_t now;
};

static int compare_rows(const void *one, const void *other, void *ctx)
{
	const struct sort_context *context = ctx;
	const struct row *a = one, *b = other;
	if (!a->task || !b->task)
		return !a->task - !b->task;
	const struct column *sort = context->query->sort;
	int order = sort && sort->compare ? sort->compare(a->task, b->task, context->now) : 0;
	if (order == 0)
		order = a->number < b->number ? -1 : a->number > b->number;
	return context->query->reverse ? -order : order;
}

/* Tasks are found in order of creation, or in the order of the ids that were named. */
static bool needs_sorting(const struct query *query)
{
	return query->reverse || (query->sort && (query->ids || query->sort->compare));
}

static void cut_window(const struct query *query, struct selection *selection)
{
	size_t first = query->offset < selection->count ? query->offset : selection->count;
	size_t left = selection->count - first;
	selection->total = selection->count;
	selection->count = left < query->rows ? left : query->rows;
	if (first > 0)
		memmove(selection->rows, selection->rows + first,
		        selection->count * sizeof(*selection->rows));
}

/* All tasks that match the query, in its order. */
static int select_all(const struct query *query, const struct engine *engine, struct selection *selection)
{
	const struct registry *registry = engine_registry(engine);
	int error = select_matching(query, registry, selection);
	struct sort_context context = { query, engine_now(engine) };
	if (!error && selection->count > 1 && needs_sorting(query))
		qsort_r(selection->rows, selection->count, sizeof(*selection->rows), compare_rows, &context);
	if (!error && query->tree)
		error = tree_arrange(selection->rows, selection->count, registry);
	if (error) {
		free(selection->rows);
		*selection = (struct selection){ 0 };
	}
	return error;
}

static bool in_creation_order(const struct query *query)
{
	return !query_filtered(query) && (!query->sort || !query->sort->compare);
}

bool query_is_plain(const struct query *query)
{
	return in_creation_order(query) && !query->tree;
}

/* Takes the rows from the tree that is kept.  If there is none, makes it. */
static int select_tree(const struct query *query, struct service *service, struct selection *selection)
{
	const struct registry *registry = engine_registry(service->engine);
	struct tree *tree = service->tree;
	if (!tree_valid(tree, registry)) {
		int error = select_all(query, service->engine, selection);
		if (error)
			return error;
		tree_keep(tree, selection->rows, selection->count, registry);
	}
	size_t first = query->offset < tree->count ? query->offset : tree->count;
	size_t count = tree->count - first < query->rows ? tree->count - first : query->rows;
	*selection = (struct selection){ malloc((count + 1) * sizeof(struct row)), count, tree->count };
	if (!selection->rows)
		return -ENOMEM;
	memcpy(selection->rows, tree->rows + first, count * sizeof(struct row));
	return 0;
}

int query_select(const struct query *query, struct service *service, struct selection *selection)
{
	*selection = (struct selection){ 0 };
	if (query_is_plain(query))
		return select_plain(query, engine_registry(service->engine), selection);
	if (in_creation_order(query) && !query->reverse && windows_show_tree(service))
		return select_tree(query, service, selection);
	int error = select_all(query, service->engine, selection);
	if (!error)
		cut_window(query, selection);
	return error;
}

static void write_value(const struct column *column, bool tree, struct jsonw *w, const struct row *row,
                        int64_t now)
{
	if (column->write)
		column->write(w, row->task, now);
	else if (!tree)
		jsonw_null(w);
	else if (column == &depth_column)
		jsonw_uint(w, row->depth);
	else
		jsonw_bool(w, row->last);
}

static void write_object(const struct query *query, struct jsonw *w, const struct row *row, int64_t now)
{
	jsonw_object(w);
	for (size_t i = 0; row->task && i < query->column_count; i++) {
		jsonw_key(w, query->columns[i]->name);
		write_value(query->columns[i], query->tree, w, row, now);
	}
	jsonw_end_object(w);
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
	jsonw_array(w);
	for (size_t i = 0; i < query->column_count; i++)
		write_value(query->columns[i], query->tree, w, row, now);
	jsonw_end_array(w);
}
