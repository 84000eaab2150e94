#include "tui/view/list.h"

#include <stdio.h>

#include "engine/task/state.h"

/*
 * The window includes half a screen before and after the visible rows.  It is moved when less than a quarter
 * is left.
 */
static int64_t list_margin(const struct list *list)
{
	if (list->height == 0)
		return 0;
	return list->height / 2 + 1;
}

static int64_t list_clamp(int64_t value, int64_t low, int64_t high)
{
	if (value > high)
		value = high;
	return value < low ? low : value;
}

void list_init(struct list *list, int height)
{
	*list = (struct list){ .height = height < 1 ? 1 : height };
	window_init(&list->window);
}

void list_release(struct list *list)
{
	window_row_release(&list->held);
	window_release(&list->window);
	tags_clear(&list->tags);
}

int64_t list_total(const struct list *list)
{
	return list->window.total + (list->held.number && list->held_out);
}

/* Keeps the cursor in the list, and the visible rows around the cursor. */
static void list_settle(struct list *list)
{
	int64_t total = list_total(list);

	list->cursor = list_clamp(list->cursor, 0, total - 1);
	if (list->placed)
		return;
	if (list->centred)
		list->top = list->cursor - list->height / 2;
	list->top = list_clamp(list->top, list->cursor - list->height + 1, list->cursor);
	list->top = list_clamp(list->top, 0, total - list->height);
}

/* The position in the list of what is shown at a position; there is no held task at that. */
static int64_t list_source(const struct list *list, int64_t position)
{
	if (!list->held.number)
		return position;
	if (position > list->held_at)
		position--;
	return list->held_from >= 0 && position >= list->held_from ? position + 1 : position;
}

const struct window_row *list_row_at(const struct list *list, int64_t position)
{
	if (list->held.number && position == list->held_at)
		return &list->held;
	return window_row_at(&list->window, list_source(list, position));
}

const char *list_held_old(const struct list *list)
{
	return list->held.number && (list->held_old || list->held_away) ? list->held.id : NULL;
}

void list_let_go(struct list *list)
{
	window_row_release(&list->held);
	list->held = (struct window_row){ .number = 0 };
	list->held_old = list->held_away = false;
	list->held_out = false;
}

/* Shows the row at the cursor whatever its place in the list is.  Takes over the row. */
static void list_hold(struct list *list, struct window_row row, bool old)
{
	window_row_release(&list->held);
	list->held = row;
	list->held_at = list->cursor;
	list->held_from = window_find(&list->window, row.number);
	list->held_old = old;
	list->held_away = false;
	/* While its state is not known, it is taken for one that the filter does not show. */
	list->held_out = list->held_from < 0 && (old ? window_filters(&list->window.query)
	                                             : !window_shows(&list->window.query, row.state));
}

/* Selects the task at the cursor, if it is known. */
static void list_adopt(struct list *list)
{
	const struct window_row *row = list_row_at(list, list->cursor);

	list->lost = false;
	list->selected = row ? row->number : 0;
	snprintf(list->selected_id, sizeof(list->selected_id), "%s", row ? row->id : "");
}

void list_held_row(struct list *list, const json_t *row)
{
	struct window_row fresh;
	bool read, holds;

	if (!list_held_old(list))
		return;
	read = window_row_parse(&fresh, row, &list->window) == 0;
	holds = read && fresh.number == list->held.number;
	/* If it has not ended, a filter hides it for another reason. */
	if (holds && window_filters(&list->window.query))
		holds = task_state_terminal(fresh.state);
	if (!holds) {
		if (read)
			window_row_release(&fresh);
		list_let_go(list);
		list->lost = false;
		list_settle(list);
		list_adopt(list);
		return;
	}
	list_hold(list, fresh, false);
}

/* The selected task, before new rows come: if it may end, a copy of its row. */
static struct window_row list_before(const struct list *list)
{
	const struct window_row *row = list_selected(list);
	bool ends = list->holds && !list->held.number && row && list->window.id >= 0 && !list->lost &&
	            !task_state_terminal(row->state);

	return ends ? window_row_copy(row, &list->window.fields) : (struct window_row){ .number = 0 };
}

/* Its row has ended, or has gone from where it was: it is shown where it was. */
static void list_after(struct list *list, struct window_row *before)
{
	int64_t position = window_find(&list->window, before->number);
	const struct window_row *row = window_row_at(&list->window, position);
	bool seen = window_row_at(&list->window, list->cursor) || list->cursor >= list->window.total;

	if (row && task_state_terminal(row->state) && position != list->cursor)
		list_hold(list, window_row_copy(row, &list->window.fields), false);
	else if (!row && seen)
		list_hold(list, window_row_copy(before, &list->window.fields), true);
}

/* What the list now says of a held task. */
static void list_refresh_held(struct list *list)
{
	const struct window_row *row = NULL;

	list->held_from = window_find(&list->window, list->held.number);
	list->held_away = list->held_from < 0;
	if (list->held_from >= 0)
		row = window_row_at(&list->window, list->held_from);
	if (row && !task_state_terminal(row->state))
		list_let_go(list); /* it was started again, or it has not ended */
	else if (row)
		list_hold(list, window_row_copy(row, &list->window.fields), false);
	else if (list->held_at >= list_total(list))
		list_let_go(list);
}

/* The user went to an end of this list before it came. */
static void list_enter(struct list *list)
{
	list_let_go(list);
	list->cursor = list->pin == LIST_FIRST ? 0 : list_total(list) - 1;
	list->pin = LIST_FREE;
	list_settle(list);
	list_adopt(list);
}

/* Moves the cursor to the place of the selected task in the new rows. */
static void list_follow(struct list *list)
{
	int64_t position;

	if (list->pin) {
		list_enter(list);
		return;
	}
	if (list->held.number)
		list_refresh_held(list);
	if (list->held.number) {
		list->cursor = list->held_at;
		list->lost = false;
		list_settle(list);
		return;
	}
	if (!list->selected) {
		list_settle(list);
		list_adopt(list);
		return;
	}
	position = window_find(&list->window, list->selected);
	if (position >= 0) {
		list->top += position - list->cursor;
		list->cursor = position;
		list->lost = false;
	} else if (window_row_at(&list->window, list->cursor) || list->cursor >= list->window.total) {
		list->lost = true;
	}
	list_settle(list);
}

static int64_t list_first_asked(const struct list *list)
{
	return list_clamp(list->top - list_margin(list), 0, INT64_MAX);
}

static int64_t list_rows_asked(const struct list *list)
{
	return list->height + 2 * list_margin(list);
}

void list_request(struct list *list, struct jsonw *params)
{
	window_reset(&list->window);
	window_request(&list->window, list_first_asked(list), list_rows_asked(list), params);
}

int list_apply(struct list *list, const json_t *reply)
{
	struct window_row before = list_before(list);
	int result = window_apply(&list->window, reply);

	list->doubted = false;
	if (result >= 0 && before.number)
		list_after(list, &before);
	window_row_release(&before);
	if (result >= 0)
		list_follow(list);
	return result;
}

bool list_scroll(struct list *list, struct jsonw *params)
{
	struct window *window = &list->window;
	int64_t slack = list_margin(list) / 2;
	int64_t first = list_clamp(list->top - slack, 0, INT64_MAX);
	int64_t end = list_clamp(list->top + list->height + slack, 0, window->total);
	bool enough = first >= window->asked_offset && end <= window->asked_offset + window->asked_rows;

	/*
	 * Compares with what was asked for, not with what came.  So a server that returns fewer rows is not
	 * asked again and again.
	 */
	if (window->id < 0 || window->pending || (enough && !window->broken))
		return false;
	window_scroll(window, list_first_asked(list), list_rows_asked(list), params);
	return true;
}

const char *list_lost(const struct list *list)
{
	return list->lost && !list->aside ? list->selected_id : NULL;
}

/*
 * Another task is there, or none can be: the position is from before the rows, if some have come since it was asked for, or from
 * after them.  It is asked for once more; then it can only be the latter, and the rows will come.
 */
static bool list_doubt(struct list *list, int64_t position)
{
	const struct window_row *row = window_row_at(&list->window, position);
	bool others = row ? row->number != list->selected : position >= list->window.total;

	list->doubted = position >= 0 && others && !list->doubted;
	return list->doubted;
}

void list_found(struct list *list, uint64_t number, int64_t position)
{
	if (!list->lost || number != list->selected || list_doubt(list, position))
		return;
	list->lost = false;
	if (position >= 0) {
		list->cursor = position;
		list_settle(list);
		return;
	}
	if (!window_filters(&list->window.query)) /* otherwise the filter may hide it */
		tags_remove(&list->tags, list->selected);
	list_settle(list);
	list_adopt(list);
}

void list_select(struct list *list, uint64_t number, const char *id)
{
	int64_t position = window_find(&list->window, number);

	if (number != list->held.number)
		list_let_go(list);
	list->pin = LIST_FREE;
	list->selected = number;
	snprintf(list->selected_id, sizeof(list->selected_id), "%s", id ? id : "");
	list->lost = position < 0;
	if (position >= 0)
		list->cursor = position;
	list_settle(list);
}

void list_resize(struct list *list, int height)
{
	list->height = height < 1 ? 1 : height;
	list_settle(list);
}

/* The cursor was moved among what is shown. */
static void list_leave_held(struct list *list)
{
	if (!list->held.number || list->cursor == list->held_at)
		return;
	list->cursor = list_source(list, list->cursor);
	list_let_go(list);
}

void list_move(struct list *list, int64_t rows)
{
	int64_t last = list_clamp(list_total(list) - 1, 0, INT64_MAX);
	bool comes = list->window.id < 0;

	list->pin = comes && rows == INT64_MIN   ? LIST_FIRST
	            : comes && rows == INT64_MAX ? LIST_LAST
	                                         : LIST_FREE;
	if (rows < 0)
		list->cursor = rows < -list->cursor ? 0 : list->cursor + rows;
	else
		list->cursor = rows > last - list->cursor ? last : list->cursor + rows;
	list_leave_held(list);
	list_settle(list);
	list_adopt(list);
}

void list_select_line(struct list *list, int line)
{
	if (line < 0 || line >= list->height || list->top + line >= list_total(list))
		return;
	list->pin = LIST_FREE;
	list->cursor = list->top + line;
	list_leave_held(list);
	list_settle(list);
	list_adopt(list);
}

void list_tag(struct list *list)
{
	const struct window_row *row = list_selected(list);

	if (!row)
		return;
	tags_toggle(&list->tags, row->number, row->id);
	list_move(list, 1);
}

static const struct window_row *list_row(const struct list *list, uint64_t number)
{
	return window_row_at(&list->window, window_find(&list->window, number));
}

const struct window_row *list_selected(const struct list *list)
{
	if (list->aside)
		return NULL;
	if (list->held.number && list->held.number == list->selected)
		return &list->held;
	return list->selected ? list_row(list, list->selected) : NULL;
}

size_t list_meant(const struct list *list)
{
	size_t tagged = tags_shown(&list->tags);

	return tagged ? tagged : list_selected(list) != NULL;
}

void list_write_meant(struct list *list, struct jsonw *params)
{
	const struct window_row *row = list_selected(list);

	if (tags_shown(&list->tags) > 0)
		tags_write(&list->tags, false, params);
	else if (row)
		jsonw_string(params, row->id);
}
