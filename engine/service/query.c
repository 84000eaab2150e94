#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "engine/service/query.h"
#include "engine/task/quote.h"

static bool read_columns(struct query *query, struct args *args)
{
	const json_t *columns = args_array(args, "columns"), *name;
	size_t i;
	json_array_foreach(columns, i, name)
	{
		const char *text = json_string_value(name);
		const struct column *column = text ? column_find(text) : NULL;
		if (!column || query->column_count == QUERY_COLUMNS_MAX)
			return false;
		query->columns[query->column_count++] = column;
	}
	return query->column_count > 0;
}

static bool read_ids(struct query *query, struct args *args)
{
	const json_t *ids = args_array(args, "ids"), *id;
	size_t i;
	if (!ids)
		return true;
	query->ids = calloc(json_array_size(ids) + 1, sizeof *query->ids);
	if (!query->ids)
		return false;
	json_array_foreach(ids, i, id)
	{
		const char *text = json_string_value(id);
		query->ids[i] = text ? strdup(text) : NULL;
		if (!query->ids[i])
			return false;
		query->id_count++;
	}
	return true;
}

static bool read_states(struct query *query, struct args *args)
{
	const json_t *states = args_array(args, "states"), *name;
	size_t i;
	json_array_foreach(states, i, name)
	{
		const char *text = json_string_value(name);
		int state = text ? task_state_parse(text) : -1;
		if (state < 0)
			return false;
		query->states |= 1u << state;
		if (state == TASK_QUEUED)
			query->states |= 1u << TASK_CLAIMED;
	}
	return true;
}

static bool read_sort(struct query *query, struct args *args)
{
	const char *name = args_string(args, "sort");
	const struct column *column = name ? column_to_sort_by(name) : NULL;
	query->sort = column;
	return !name || column;
}

static void read_window(struct query *query, struct args *args)
{
	int64_t offset = args_int(args, "offset", 0), rows = args_int(args, "rows", -1);
	if (offset < 0)
		args->bad = "offset";
	query->offset = (size_t)offset;
	query->rows = rows < 0 ? SIZE_MAX : (size_t)rows;
}

bool query_read(struct query *query, struct wire_call *call, const json_t *parameters)
{
	static const char *const needs[] = { "columns", NULL };
	struct args args = { .parameters = parameters };
	*query = (struct query){ 0 };
	if (!read_columns(query, &args))
		args.bad = "columns";
	else if (!read_ids(query, &args))
		args.bad = "ids";
	else if (!read_states(query, &args))
		args.bad = "states";
	else if (!read_sort(query, &args))
		args.bad = "sort";
	const char *group = args_string(&args, "group"), *text = args_string(&args, "text");
	query->group = group ? strdup(group) : NULL;
	query->text = text ? strdup(text) : NULL;
	query->reverse = args_bool(&args, "reverse");
	read_window(query, &args);
	if (!args_refused(&args, call, needs))
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
	free(query->text);
	*query = (struct query){ 0 };
}

/* Tasks are held against a query one after another; line has the command of the last one, and is used again. */
struct matcher {
	const struct query *query;
	char *line;
	size_t size;
};

/* 1, 0, or -ENOMEM: it cannot be told. */
static int matches_command(struct matcher *matcher, const struct task *task)
{
	struct strings command = task_command(task);
	size_t room = quote_room(&command);
	if (room > matcher->size) {
		char *larger = realloc(matcher->line, 2 * room);
		if (!larger)
			return -ENOMEM;
		matcher->line = larger;
		matcher->size = 2 * room;
	}
	quote_line(matcher->line, &command);
	return strcasestr(matcher->line, matcher->query->text) != NULL;
}

static int matches(struct matcher *matcher, const struct task *task)
{
	const struct query *query = matcher->query;
	char buffer[TASK_DEFAULT_NAME_SIZE];
	if (query->states && !(query->states & 1u << task->status.state))
		return 0;
	const char *group = query->group ? task_group(task) : NULL;
	if (query->group && (!group || strcasecmp(query->group, group) != 0))
		return 0;
	if (!query->text || strcasestr(task_id(task), query->text) || strcasestr(task_name(task, buffer), query->text))
		return 1;
	return matches_command(matcher, task);
}

static bool filtered(const struct query *query)
{
	return query->states || query->group || query->text || query->ids;
}

static int push(struct selection *selection, size_t *size, struct task *task)
{
	if (selection->count == *size) {
		size_t larger = *size ? *size * 2 : 256;
		struct row *rows = realloc(selection->rows, larger * sizeof *rows);
		if (!rows)
			return -ENOMEM;
		selection->rows = rows;
		*size = larger;
	}
	selection->rows[selection->count++] = (struct row){ task, task ? task->number : 0 };
	return 0;
}

/* In order of creation, all tasks: just the rows. */
static int select_plain(const struct query *query, const struct registry *registry, struct selection *selection)
{
	size_t total = registry->order.count, size = 0;
	size_t first = query->offset < total ? query->offset : total;
	size_t count = total - first < query->rows ? total - first : query->rows;
	selection->total = total;
	struct task *task = query->reverse ? NULL : order_at(&registry->order, first);
	for (size_t i = 0; i < count; i++) {
		if (query->reverse)
			task = order_at(&registry->order, total - 1 - first - i);
		int error = push(selection, &size, task);
		if (error)
			return error;
		if (!query->reverse)
			task = order_next(&registry->order, task);
	}
	return 0;
}

/* Takes the task in if it matches; one that was named and is not found stands for itself. */
static int take_match(struct matcher *matcher, struct task *task, struct selection *selection, size_t *size)
{
	int found = task ? matches(matcher, task) : 1;
	return found > 0 ? push(selection, size, task) : found;
}

static int select_matching(const struct query *query, const struct registry *registry, struct selection *selection)
{
	struct matcher matcher = { .query = query };
	size_t size = 0;
	int error = 0;
	struct task *task = query->ids ? NULL : order_at(&registry->order, 0);
	for (size_t i = 0; i < query->id_count && !error; i++)
		error = take_match(&matcher, registry_find(registry, query->ids[i]), selection, &size);
	for (; task && !error; task = order_next(&registry->order, task))
		error = take_match(&matcher, task, selection, &size);
	free(matcher.line);
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

/* Tasks are found as they were created; those that were named, as they were named. */
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
		memmove(selection->rows, selection->rows + first, selection->count * sizeof *selection->rows);
}

int query_select(const struct query *query, const struct registry *registry, int64_t now, struct selection *selection)
{
	*selection = (struct selection){ 0 };
	if (!filtered(query) && (!query->sort || !query->sort->compare))
		return select_plain(query, registry, selection);
	int error = select_matching(query, registry, selection);
	if (error) {
		free(selection->rows);
		return error;
	}
	struct sort_context context = { query, now };
	if (selection->count > 1 && needs_sorting(query))
		qsort_r(selection->rows, selection->count, sizeof *selection->rows, compare_rows, &context);
	cut_window(query, selection);
	return 0;
}

void query_write_row(const struct query *query, struct jsonw *w, const struct task *task, int64_t now)
{
	if (!task) {
		jsonw_null(w);
		return;
	}
	jsonw_array(w);
	for (size_t i = 0; i < query->column_count; i++)
		query->columns[i]->write(w, task, now);
	jsonw_end_array(w);
}
