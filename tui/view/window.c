#include "tui/view/window.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/task/filter.h"
#include "tui/fields/format.h"
#include "tui/text/alloc.h"
#include "tui/view/window_order.h"
#include "tui/view/window_speed.h"
#include "tui/view/window_trunks.h"

/* The columns that the window itself needs.  They come before those of the fields. */
enum window_column {
	WINDOW_NUMBER,
	WINDOW_ID,
	WINDOW_STATE,
	WINDOW_SAID,
	WINDOW_SILENCE,
	WINDOW_DEPTH, /* this and the next only in a tree */
	WINDOW_LAST,
	WINDOW_BRANCH,
	WINDOW_COLUMNS
};

/* Those that it needs in their place to compare rows with others. */
enum window_merged {
	WINDOW_CREATED = WINDOW_DEPTH,
	WINDOW_STARTED,
	WINDOW_ENDED,
	WINDOW_PRIORITY,
	WINDOW_MERGED
};

static const char *const window_merged_columns[WINDOW_MERGED - WINDOW_CREATED] = { "createdAt", "startedMs",
	                                                                           "endedMs", "priority" };

static const char *const window_columns[WINDOW_COLUMNS] = {
	[WINDOW_NUMBER] = "number", [WINDOW_ID] = "id",           [WINDOW_STATE] = "state",
	[WINDOW_SAID] = "lastLine", [WINDOW_SILENCE] = "silence", [WINDOW_DEPTH] = "depth",
	[WINDOW_LAST] = "last",     [WINDOW_BRANCH] = "branch",
};

static size_t window_column_count(const struct window_query *query)
{
	return query->tree ? WINDOW_COLUMNS : query->merges ? WINDOW_MERGED : WINDOW_DEPTH;
}

static const char *window_column_name(const struct window_query *query, size_t column)
{
	return query->tree || column < WINDOW_CREATED ? window_columns[column]
	                                              : window_merged_columns[column - WINDOW_CREATED];
}

/* No server sends so many rows.  This protects against invalid replies. */
enum { WINDOW_LENGTH_MAX = 1 << 20 };

void window_init(struct window *window)
{
	*window = (struct window){ .id = -1 };
	fields_of_screen(&window->fields);
}

void window_row_release(struct window_row *row)
{
	free(row->id);
	free(row->said);
	free(row->values);
	*row = (struct window_row){ .number = 0 };
}

struct window_row window_row_copy(const struct window_row *row, const struct field_list *fields)
{
	const char *const *columns;
	size_t count = fields_width(fields) + window_order_columns(row->sorted, &columns);
	size_t size = count * sizeof(*row->values) + 1;
	struct window_row copy = *row;
	char *at;

	for (size_t i = 0; i < count; i++)
		size += row->values[i].length + 1;
	copy.id = alloc_string(row->id);
	copy.said = row->said ? alloc_string(row->said) : NULL;
	copy.values = alloc_zero(1, size);
	at = (char *)(copy.values + count);
	for (size_t i = 0; i < count; i++) {
		copy.values[i] = (struct value){ .json = at, .length = row->values[i].length };
		memcpy(at, row->values[i].json, row->values[i].length);
		at += row->values[i].length + 1;
	}
	return copy;
}

static void window_rows_release(struct window_row *rows, size_t length)
{
	for (size_t i = 0; i < length; i++)
		window_row_release(&rows[i]);
	free(rows);
}

void window_release(struct window *window)
{
	window_rows_release(window->rows, window->length);
	free(window->query.text);
	free(window->query.folded);
	window_init(window);
}

void window_reset(struct window *window)
{
	window->id = -1;
	window->pending = false;
	window->broken = false;
}

void window_set_fields(struct window *window, const struct field_list *fields)
{
	window_rows_release(window->rows, window->length);
	window->rows = NULL;
	window->length = window->size = 0;
	window->fields = *fields;
	window_reset(window);
}

static void window_asked(struct window *window, int64_t offset, int64_t rows)
{
	window->asked_offset = offset;
	window->asked_rows = rows;
	window->pending = true;
	window->broken = false;
}

bool window_folds(const struct window_query *query)
{
	return query->tree && (query->fold_all || query->folded_count > 0);
}

bool window_filters(const struct window_query *query)
{
	return query->text || query->states || window_folds(query);
}

bool window_shows(const struct window_query *query, enum task_state state)
{
	bool shows = !query->states || query->states >> state & 1;
	struct filter filter;

	if (!shows || !query->text || filter_read(&filter, query->text, NULL))
		return shows;
	for (size_t i = 0; shows && i < filter.count; i++) {
		const struct filter_term *term = &filter.terms[i];

		shows = term->kind != FILTER_STATE || (term->states >> state & 1) != term->negated;
	}
	filter_release(&filter);
	return shows;
}

static void window_write_states(unsigned states, struct jsonw *params)
{
	jsonw_key(params, "states");
	jsonw_array(params);
	for (int state = 0; state < TASK_STATE_COUNT; state++) {
		if (states >> state & 1 && task_state_shown((enum task_state)state) == (enum task_state)state)
			jsonw_string(params, task_state_name((enum task_state)state));
	}
	jsonw_end_array(params);
}

static void window_write_tree(const struct window_query *query, struct jsonw *params)
{
	jsonw_key(params, "tree");
	jsonw_bool(params, true);
	jsonw_key(params, "folded");
	jsonw_array(params);
	for (size_t i = 0; i < query->folded_count; i++)
		jsonw_uint(params, query->folded[i]);
	jsonw_end_array(params);
	jsonw_key(params, "foldAll");
	jsonw_bool(params, query->fold_all);
}

void window_fold(struct window_query *query, uint64_t number, bool fold)
{
	size_t at = 0;

	while (at < query->folded_count && query->folded[at] != number)
		at++;
	if (fold == query->fold_all && at < query->folded_count) {
		query->folded[at] = query->folded[--query->folded_count];
	} else if (fold != query->fold_all && at == query->folded_count) {
		query->folded =
			alloc_room(query->folded, &query->folded_size, at + 1, sizeof(*query->folded));
		query->folded[query->folded_count++] = number;
	}
}

void window_fold_all(struct window_query *query, bool fold)
{
	query->fold_all = fold;
	query->folded_count = 0;
}

void window_write_query(const struct window_query *query, struct jsonw *params)
{
	if (query->text) {
		jsonw_key(params, "filter");
		jsonw_string(params, query->text);
	}
	if (query->states)
		window_write_states(query->states, params);
	if (query->sort) {
		jsonw_key(params, "sort");
		jsonw_string(params, query->sort);
	}
	if (query->reverse) {
		jsonw_key(params, "reverse");
		jsonw_bool(params, true);
	}
	if (query->tree)
		window_write_tree(query, params);
}

/* The field that is sorted by, if rows are compared by it; else NULL. */
static const char *window_sorted(const struct window_query *query)
{
	return query->merges && !query->tree ? query->sort : NULL;
}

static void window_write_columns(const struct window *window, struct jsonw *params)
{
	const char *const *columns;
	size_t count = window_order_columns(window_sorted(&window->query), &columns);

	jsonw_key(params, "columns");
	jsonw_array(params);
	for (size_t column = 0; column < window_column_count(&window->query); column++)
		jsonw_string(params, window_column_name(&window->query, column));
	fields_request(&window->fields, params);
	for (size_t i = 0; i < count; i++)
		jsonw_string(params, columns[i]);
	jsonw_end_array(params);
	jsonw_key(params, "compact");
	jsonw_bool(params, true);
}

void window_request_row(const struct window *window, const char *id, struct jsonw *params)
{
	jsonw_object(params);
	window_write_columns(window, params);
	jsonw_key(params, "ids");
	jsonw_array(params);
	jsonw_string(params, id);
	jsonw_end_array(params);
	if (window->query.tree) {
		jsonw_key(params, "tree");
		jsonw_bool(params, true);
	}
	jsonw_end_object(params);
}

void window_request(struct window *window, int64_t offset, int64_t rows, struct jsonw *params)
{
	window_asked(window, offset, rows);
	jsonw_object(params);
	window_write_columns(window, params);
	window_write_query(&window->query, params);
	jsonw_key(params, "offset");
	jsonw_int(params, offset);
	jsonw_key(params, "rows");
	jsonw_int(params, rows);
	jsonw_end_object(params);
}

void window_scroll(struct window *window, int64_t offset, int64_t rows, struct jsonw *params)
{
	window_asked(window, offset, rows);
	jsonw_object(params);
	jsonw_key(params, "window");
	jsonw_int(params, window->id);
	jsonw_key(params, "offset");
	jsonw_int(params, offset);
	jsonw_key(params, "rows");
	jsonw_int(params, rows);
	jsonw_end_object(params);
}

/* As the order of activity has them: what runs, what waits, what failed, what has ended, the rest. */
static int64_t window_shelf(enum task_state state)
{
	if (state == TASK_CREATED)
		return 4;
	if (task_state_terminal(state))
		return state == TASK_FAILED ? 2 : 3;
	return state == TASK_QUEUED;
}

/* Then those of each: what waits by its priority, the others by their times. */
static void window_read_keys(struct window_row *row, const json_t *values)
{
	int64_t started = json_integer_value(json_array_get(values, WINDOW_STARTED));
	int64_t ended = json_integer_value(json_array_get(values, WINDOW_ENDED));
	int64_t priority = json_integer_value(json_array_get(values, WINDOW_PRIORITY));

	if (task_state_terminal(row->state))
		row->keys[1] = -ended;
	else if (row->state != TASK_CREATED)
		row->keys[1] = row->state == TASK_QUEUED ? -priority : started;
	row->keys[2] = format_time_read(json_string_value(json_array_get(values, WINDOW_CREATED)));
}

int window_row_parse(struct window_row *row, const json_t *values, const struct window *window)
{
	const json_t *number = json_array_get(values, WINDOW_NUMBER);
	const char *id = json_string_value(json_array_get(values, WINDOW_ID));
	const char *name = json_string_value(json_array_get(values, WINDOW_STATE));
	const char *said = json_string_value(json_array_get(values, WINDOW_SAID));
	const json_t *silence = json_array_get(values, WINDOW_SILENCE);
	const char *branch = json_string_value(json_array_get(values, WINDOW_BRANCH));
	size_t columns = window_column_count(&window->query);
	bool tree = window->query.tree;
	int state = name ? task_state_parse(name) : -1;
	const char *const *order;
	size_t width =
		fields_width(&window->fields) + window_order_columns(window_sorted(&window->query), &order);

	if (json_array_size(values) != columns + width || !json_is_integer(number) || !id || state < 0)
		return -EPROTO;
	*row = (struct window_row){
		.number = (uint64_t)json_integer_value(number),
		.id = alloc_string(id),
		.state = (enum task_state)state,
		.said = said ? alloc_string(said) : NULL,
		.silent_ms = json_is_number(silence) ? (int64_t)(json_number_value(silence) * 1000) : -1,
		.depth = tree ? json_integer_value(json_array_get(values, WINDOW_DEPTH)) : 0,
		.last = tree && json_is_true(json_array_get(values, WINDOW_LAST)),
		.branch = !tree || !branch              ? WINDOW_LEAF
		          : strcmp(branch, "open") == 0 ? WINDOW_OPEN
		                                        : WINDOW_FOLDED,
		.sorted = window_sorted(&window->query),
		.values = values_copy(values, columns),
		.received = window->now,
	};
	row->keys[0] = window_shelf(row->state);
	if (window->query.merges && !tree)
		window_read_keys(row, values);
	return 0;
}

static int window_rows_anew(struct window *window, const json_t *values, size_t length)
{
	struct window_row *rows;
	size_t done;

	if (json_array_size(values) != length)
		return -EPROTO;
	rows = alloc_zero(length, sizeof(*rows));
	for (done = 0; done < length; done++) {
		if (window_row_parse(&rows[done], json_array_get(values, done), window) < 0) {
			window_rows_release(rows, done);
			return -EPROTO;
		}
		window_note_speed(window, &rows[done], done);
	}
	window_rows_release(window->rows, window->length);
	window->rows = rows;
	window->length = window->size = length;
	window->pending = false;
	return WINDOW_ROWS;
}

/* If the window grows, each new row must be among the changes, in any order.  seen counts them. */
static bool window_changes_fit(const struct window *window, const json_t *changes, size_t length)
{
	size_t grown = length > window->length ? length - window->length : 0, i;
	bool *seen = alloc_zero(grown, sizeof(*seen)), fit = true;
	const json_t *change;

	json_array_foreach(changes, i, change)
	{
		json_int_t index = json_integer_value(json_object_get(change, "index"));
		const json_t *row = json_object_get(change, "row");

		if (!json_is_integer(json_object_get(change, "index")) || index < 0 ||
		    (size_t)index >= length || !json_is_array(row))
			fit = false;
		else if ((size_t)index >= window->length)
			seen[(size_t)index - window->length] = true;
	}
	for (i = 0; i < grown; i++)
		fit = fit && seen[i];
	free(seen);
	return fit;
}

static void window_resize(struct window *window, size_t length)
{
	for (size_t i = length; i < window->length; i++)
		window_row_release(&window->rows[i]);
	window->rows = alloc_room(window->rows, &window->size, length, sizeof(*window->rows));
	for (size_t i = window->length; i < length; i++)
		window->rows[i] = (struct window_row){ .number = 0 };
	window->length = length;
}

static int window_rows_change(struct window *window, const json_t *changes, size_t length)
{
	size_t count = json_array_size(changes), i;
	struct window_row *rows = alloc_zero(count, sizeof(*rows));
	int result = window_changes_fit(window, changes, length) ? WINDOW_CHANGES : -EPROTO;

	for (i = 0; i < count && result >= 0; i++) {
		const json_t *change = json_array_get(changes, i);

		if (window_row_parse(&rows[i], json_object_get(change, "row"), window) < 0)
			result = -EPROTO;
		else
			window_note_speed(window, &rows[i],
			                  (size_t)json_integer_value(json_object_get(change, "index")));
	}
	if (result < 0) {
		window_rows_release(rows, count);
		return result;
	}
	window_resize(window, length);
	for (i = 0; i < count; i++) {
		json_int_t index = json_integer_value(json_object_get(json_array_get(changes, i), "index"));

		window_row_release(&window->rows[index]);
		window->rows[index] = rows[i];
	}
	free(rows);
	return result;
}

/* Takes the rows of a reply, which begin at offset; there are `length` of them. */
static int window_apply_rows(struct window *window, const json_t *reply, int64_t sequence, int64_t offset,
                             size_t length)
{
	const json_t *rows = json_object_get(reply, "rows"), *changes = json_object_get(reply, "changes");

	if (json_is_array(rows))
		return window_rows_anew(window, rows, length);
	/*
	 * Changes are relative to the previous reply.  If a reply was lost, the rows may be wrong.
	 */
	if (window->broken || sequence != window->sequence + 1 || offset != window->offset)
		return -EPROTO;
	if (json_is_array(changes))
		return window_rows_change(window, changes, length);
	if (length > window->length)
		return -EPROTO;
	window_resize(window, length);
	return WINDOW_CHANGES;
}

int window_apply(struct window *window, const json_t *reply)
{
	const json_t *id = json_object_get(reply, "window");
	int64_t sequence = json_integer_value(json_object_get(reply, "sequence"));
	int64_t offset = json_integer_value(json_object_get(reply, "offset"));
	int64_t total = json_integer_value(json_object_get(reply, "total"));
	int64_t length = json_integer_value(json_object_get(reply, "length"));
	int result;

	if (offset < 0 || total < 0 || length < 0 || length > WINDOW_LENGTH_MAX)
		result = -EPROTO;
	else
		result = window_apply_rows(window, reply, sequence, offset, (size_t)length);
	if (json_is_integer(id))
		window->id = json_integer_value(id);
	window->broken = result < 0;
	if (result < 0)
		return result;
	window->sequence = sequence;
	window->offset = offset;
	window->total = total;
	window_set_trunks(window);
	return result;
}

const struct window_row *window_row_at(const struct window *window, int64_t position)
{
	if (position < window->offset || position - window->offset >= (int64_t)window->length)
		return NULL;
	return &window->rows[position - window->offset];
}

int64_t window_find(const struct window *window, uint64_t number)
{
	for (size_t i = 0; i < window->length; i++) {
		if (window->rows[i].number == number)
			return window->offset + (int64_t)i;
	}
	return -1;
}
