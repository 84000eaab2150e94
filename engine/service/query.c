#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "engine/service/query.h"

/* The names that `sort` takes, those of the record and those at the head of the table. */
static const struct {
	const char *name;
	enum query_sort sort;
} sorts[] = {
	{ "number", SORT_CREATION },     { "createdAt", SORT_CREATION }, { "id", SORT_ID },
	{ "name", SORT_NAME },           { "state", SORT_STATE },        { "progress", SORT_PROGRESS },
	{ "percentComplete", SORT_PROGRESS },                            { "elapsed", SORT_ELAPSED },
	{ "duration", SORT_ELAPSED },    { "exit", SORT_EXIT },          { "exitCode", SORT_EXIT },
	{ "signal", SORT_EXIT },         { "group", SORT_GROUP },        { "command", SORT_COMMAND },
	{ "commandLine", SORT_COMMAND }, { "startedAt", SORT_STARTED },  { "completedAt", SORT_ENDED },
	{ "pid", SORT_PID },
};

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
	if (!name)
		return true;
	for (size_t i = 0; i < sizeof sorts / sizeof *sorts; i++) {
		if (strcasecmp(sorts[i].name, name) == 0) {
			query->sort = sorts[i].sort;
			return true;
		}
	}
	return false;
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

static bool text_matches(const struct task *task, const char *text)
{
	char buffer[TASK_DEFAULT_NAME_SIZE];
	if (strcasestr(task_id(task), text) || strcasestr(task_name(task, buffer), text))
		return true;
	char *line = show_command_line(task);
	bool found = line && strcasestr(line, text);
	free(line);
	return found;
}

static bool matches(const struct query *query, const struct task *task)
{
	if (query->states && !(query->states & 1u << task->status.state))
		return false;
	const char *group = query->group ? task_group(task) : NULL;
	if (query->group && (!group || strcasecmp(query->group, group) != 0))
		return false;
	return !query->text || text_matches(task, query->text);
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

static int select_matching(const struct query *query, const struct registry *registry, struct selection *selection)
{
	size_t size = 0;
	int error = 0;
	if (query->ids) {
		for (size_t i = 0; i < query->id_count && !error; i++) {
			struct task *task = registry_find(registry, query->ids[i]);
			if (!task || matches(query, task))
				error = push(selection, &size, task);
		}
		return error;
	}
	for (struct task *task = order_at(&registry->order, 0); task && !error; task = order_next(&registry->order, task)) {
		if (matches(query, task))
			error = push(selection, &size, task);
	}
	return error;
}

struct sort_context {
	enum query_sort sort;
	bool reverse;
	int64_t now;
};

static int compare_numbers(int64_t a, int64_t b)
{
	return a < b ? -1 : a > b;
}

static int compare_text(const char *a, const char *b)
{
	return strcasecmp(a ? a : "", b ? b : "");
}

/* 7 before 12: both all digits. Else as text. */
static int compare_ids(const char *a, const char *b)
{
	uint64_t x = registry_id_number(a), y = registry_id_number(b);
	return x && y ? compare_numbers((int64_t)x, (int64_t)y) : compare_text(a, b);
}

static int compare_names(const struct task *a, const struct task *b)
{
	char one[TASK_DEFAULT_NAME_SIZE], other[TASK_DEFAULT_NAME_SIZE];
	return compare_text(task_name(a, one), task_name(b, other));
}

static int64_t exit_key(const struct task *task)
{
	return task->status.term_signal ? 128 + task->status.term_signal : task->status.exit_code;
}

static int64_t pid_key(const struct task *task)
{
	const struct task_process *process = engine_process(task);
	return process ? process->pid : 0;
}

static int compare_by(const struct sort_context *context, const struct task *a, const struct task *b)
{
	switch (context->sort) {
	case SORT_ID:
		return compare_ids(task_id(a), task_id(b));
	case SORT_NAME:
		return compare_names(a, b);
	case SORT_STATE:
		return compare_numbers(a->status.state, b->status.state);
	case SORT_PROGRESS:
		return compare_numbers(a->status.percent, b->status.percent);
	case SORT_ELAPSED:
		return compare_numbers(task_duration(&a->status, context->now), task_duration(&b->status, context->now));
	case SORT_EXIT:
		return compare_numbers(exit_key(a), exit_key(b));
	case SORT_GROUP:
		return compare_text(task_group(a), task_group(b));
	case SORT_COMMAND:
		return compare_text(task_command(a).block, task_command(b).block);
	case SORT_STARTED:
		return compare_numbers(a->status.started_at, b->status.started_at);
	case SORT_ENDED:
		return compare_numbers(a->status.ended_at, b->status.ended_at);
	case SORT_PID:
		return compare_numbers(pid_key(a), pid_key(b));
	case SORT_CREATION:
		break;
	}
	return 0;
}

static int compare_rows(const void *one, const void *other, void *ctx)
{
	const struct sort_context *context = ctx;
	const struct row *a = one, *b = other;
	if (!a->task || !b->task)
		return !a->task - !b->task;
	int order = compare_by(context, a->task, b->task);
	if (order == 0)
		order = compare_numbers((int64_t)a->number, (int64_t)b->number);
	return context->reverse ? -order : order;
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
	if (!filtered(query) && query->sort == SORT_CREATION)
		return select_plain(query, registry, selection);
	int error = select_matching(query, registry, selection);
	if (error) {
		free(selection->rows);
		return error;
	}
	struct sort_context context = { query->sort, query->reverse, now };
	if (selection->count > 1 && (query->sort != SORT_CREATION || query->reverse))
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
