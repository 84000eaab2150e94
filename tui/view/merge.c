#include "tui/view/merge.h"

#include <stdlib.h>
#include <string.h>

#include "tui/text/alloc.h"

void merge_init(struct merge *merge, struct sections *sections)
{
	*merge = (struct merge){ .sections = sections,
		                 .height = 1,
		                 .pin = MERGE_FIRST,
		                 .above = alloc_zero(sections->count + 1, sizeof(*merge->above)),
		                 .below = alloc_zero(sections->count + 1, sizeof(*merge->below)) };
}

void merge_release(struct merge *merge)
{
	free(merge->above);
	free(merge->below);
	free(merge->lines);
	*merge = (struct merge){ .sections = NULL };
}

void merge_begin(struct merge *merge)
{
	memset(merge->above, 0, merge->sections->count * sizeof(*merge->above));
	merge->pin = MERGE_FIRST;
	merge->top_number = 0;
	merge->line = merge->shown = 0;
}

static struct list *merge_list(const struct merge *merge, size_t list)
{
	return merge->sections->items[list].list;
}

/* The rows of a list that are shown. */
static int64_t merge_rows(const struct merge *merge, size_t list)
{
	return merge->sections->items[list].hidden ? 0 : list_total(merge_list(merge, list));
}

/* NULL: there is none, or it is not known yet. */
static const struct window_row *merge_known(const struct merge *merge, size_t list, int64_t position)
{
	if (position < 0 || position >= merge_rows(merge, list))
		return NULL;
	return list_row_at(merge_list(merge, list), position);
}

/* It will come.  Until then nobody knows what of the other lists is before or after it. */
static bool merge_due(const struct merge *merge, size_t list, int64_t position)
{
	return merge->sections->items[list].live && position >= 0 && position < merge_rows(merge, list) &&
	       !merge_known(merge, list, position);
}

/* Which of two rows comes first; of equal ones that of the list before. */
static int merge_compare(const struct merge *merge, size_t a, const struct window_row *x, size_t b,
                         const struct window_row *y)
{
	int order = window_compare(&merge_list(merge, a)->window, x, y);

	return order ? order : a < b ? -1 : a > b;
}

/* The list whose next row comes first.  False: there is none, or it is not known yet. */
static bool merge_next(const struct merge *merge, const int64_t *above, size_t *list)
{
	const struct window_row *best = NULL;

	*list = 0;
	for (size_t i = 0; i < merge->sections->count; i++) {
		const struct window_row *row = merge_known(merge, i, above[i]);

		if (merge_due(merge, i, above[i]))
			return false;
		if (!row || (best && merge_compare(merge, i, row, *list, best) >= 0))
			continue;
		best = row;
		*list = i;
	}
	return best != NULL;
}

/* The list whose row before comes last.  False: the same. */
static bool merge_previous(const struct merge *merge, const int64_t *above, size_t *list)
{
	const struct window_row *best = NULL;

	*list = 0;
	for (size_t i = 0; i < merge->sections->count; i++) {
		const struct window_row *row = merge_known(merge, i, above[i] - 1);

		if (merge_due(merge, i, above[i] - 1))
			return false;
		if (!row || (best && merge_compare(merge, i, row, *list, best) <= 0))
			continue;
		best = row;
		*list = i;
	}
	return best != NULL;
}

/* Moves the first line up, at most by so many.  Returns by how many. */
static int merge_up(struct merge *merge, int lines)
{
	size_t list;
	int count = 0;

	while (count < lines && merge_previous(merge, merge->above, &list)) {
		merge->above[list]--;
		count++;
	}
	return count;
}

/* Finds out what is in the lines. */
static void merge_lay(struct merge *merge)
{
	size_t list;

	memcpy(merge->below, merge->above, merge->sections->count * sizeof(*merge->above));
	merge->lines = alloc_room(merge->lines, &merge->size, (size_t)merge->height, sizeof(*merge->lines));
	for (merge->shown = 0; merge->shown < merge->height && merge_next(merge, merge->below, &list);
	     merge->shown++)
		merge->lines[merge->shown] = (struct merge_row){ list, merge->below[list]++ };
}

/* The same, and the lines are filled if there are so many rows. */
static void merge_fill(struct merge *merge)
{
	merge_lay(merge);
	if (merge->shown < merge->height && merge_up(merge, merge->height - merge->shown))
		merge_lay(merge);
}

/* Rows that sort before this one are above the first line, and the others are not.  False: not all of them are known yet. */
static bool merge_put_first(struct merge *merge, size_t list, int64_t position)
{
	const struct window_row *first = merge_known(merge, list, position), *row;
	bool known = true;

	merge->above[list] = position;
	for (size_t i = 0; i < merge->sections->count; i++) {
		int64_t *above = &merge->above[i];

		if (i == list)
			continue;
		while ((row = merge_known(merge, i, *above)) && merge_compare(merge, i, row, list, first) < 0)
			++*above;
		while ((row = merge_known(merge, i, *above - 1)) &&
		       merge_compare(merge, i, row, list, first) > 0)
			--*above;
		known &= !merge_due(merge, i, *above) && !merge_due(merge, i, *above - 1);
	}
	return known;
}

/*
 * The first line has the row that it had, wherever that is now; at the beginning, what comes first.  False: not all that is above
 * it is known yet.
 */
static bool merge_keep_first(struct merge *merge)
{
	bool begins = true;
	int64_t position;

	for (size_t i = 0; i < merge->sections->count; i++) {
		int64_t total = merge_rows(merge, i);

		if (merge->above[i] > total)
			merge->above[i] = total;
		begins &= merge->above[i] == 0;
	}
	if (begins || !merge->top_number)
		return true;
	position = window_find(&merge_list(merge, merge->top_list)->window, merge->top_number);
	return !merge_known(merge, merge->top_list, position) ||
	       merge_put_first(merge, merge->top_list, position);
}

static int merge_line_of(const struct merge *merge, size_t list, int64_t position)
{
	for (int line = 0; line < merge->shown; line++) {
		if (merge->lines[line].list == list && merge->lines[line].position == position)
			return line;
	}
	return -1;
}

/* The cursor is in this line from now on. */
static void merge_enter(struct merge *merge, int line)
{
	struct merge_row row = merge->lines[line];
	struct list *list = merge_list(merge, row.list);

	if (row.list != merge->at)
		list_let_go(merge_list(merge, merge->at));
	merge->at = row.list;
	merge->line = line;
	list->aside = false;
	list_move(list, row.position - list->cursor);
}

/* While what is around the row of the cursor is not known, that is the only line. */
static void merge_show_alone(struct merge *merge)
{
	struct merge_row row = { merge->at, merge_list(merge, merge->at)->cursor };

	merge->line = merge->shown = 0;
	if (merge_known(merge, row.list, row.position))
		merge->lines[merge->shown++] = row;
}

/* Brings the row of the cursor into its line. */
static void merge_show_cursor(struct merge *merge)
{
	const struct list *list = merge_list(merge, merge->at);
	int line = merge_line_of(merge, merge->at, list->cursor);

	if (line < 0 && merge_known(merge, merge->at, list->cursor)) {
		if (!merge_put_first(merge, merge->at, list->cursor)) {
			merge_show_alone(merge);
			return;
		}
		merge_up(merge, merge->line < merge->height ? merge->line : merge->height - 1);
		merge_fill(merge);
		line = merge_line_of(merge, merge->at, list->cursor);
	}
	if (line >= 0)
		merge->line = line;
	else if (merge->shown > 0 && merge_rows(merge, merge->at) == 0)
		merge_enter(merge, merge->line < merge->shown ? merge->line : merge->shown - 1);
}

/* The first or the last row of each list is known, or it has none. */
static bool merge_is_known(const struct merge *merge)
{
	bool known = true;

	for (size_t i = 0; i < merge->sections->count; i++) {
		int64_t total = merge_rows(merge, i);

		known &= merge->sections->items[i].known &&
		         (total == 0 || merge_known(merge, i, merge->pin == MERGE_FIRST ? 0 : total - 1));
	}
	return known;
}

/* To the first or the last row, as far as the rows there are known.  Then the cursor stays on its task. */
static void merge_hold_pin(struct merge *merge)
{
	for (size_t i = 0; i < merge->sections->count; i++)
		merge->above[i] = merge->pin == MERGE_FIRST ? 0 : merge_rows(merge, i);
	merge_fill(merge);
	if (merge->shown > 0)
		merge_enter(merge, merge->pin == MERGE_FIRST ? 0 : merge->shown - 1);
	if (merge_is_known(merge))
		merge->pin = MERGE_FREE;
}

/* If the row of the cursor is not known, that is needed first. */
static void merge_ask_cursor(const struct merge *merge)
{
	struct list *list = merge_list(merge, merge->at);

	if (!merge->pin && list->cursor < merge_rows(merge, merge->at) &&
	    !merge_known(merge, merge->at, list->cursor))
		list->top = list->cursor;
}

/* Tells the lists which rows are needed. */
static void merge_place_lists(struct merge *merge)
{
	merge->total = 0;
	for (size_t i = 0; i < merge->sections->count; i++) {
		struct list *list = merge_list(merge, i);

		/* The row above is needed to move up. */
		list->top = merge->above[i] > 0 ? merge->above[i] - 1 : 0;
		list->height = merge->height + 1;
		list->aside = i != merge->at;
		merge->total += merge_rows(merge, i);
	}
	merge_ask_cursor(merge);
	merge->top_number = 0;
	if (merge->shown > 0) {
		/* A row that was only held there goes when the cursor leaves it. */
		const struct window_row *first =
			merge_known(merge, merge->lines[0].list, merge->lines[0].position);

		merge->top_list = merge->lines[0].list;
		merge->top_number = first ? first->number : 0;
	}
}

void merge_settle(struct merge *merge, int height)
{
	merge->height = height < 1 ? 1 : height;
	if (merge->pin) {
		merge_hold_pin(merge);
	} else {
		bool kept = merge_keep_first(merge);

		merge_fill(merge);
		if (kept)
			merge_show_cursor(merge);
		else
			merge_show_alone(merge);
	}
	merge_place_lists(merge);
}

/* Moves the first line down by so many, at most so that the last row that is known is in the last line. */
static void merge_down(struct merge *merge, int lines)
{
	size_t list;

	if (merge->shown < merge->height)
		return;
	for (int line = 0; line < lines && merge_next(merge, merge->below, &list); line++) {
		merge->above[merge->lines[line].list]++;
		merge->below[list]++;
	}
}

void merge_move(struct merge *merge, int64_t lines)
{
	int64_t to = merge->line + (lines < -merge->height  ? -merge->height
	                            : lines > merge->height ? merge->height
	                                                    : lines);

	if (lines == INT64_MIN || lines == INT64_MAX)
		merge->pin = lines < 0 ? MERGE_FIRST : MERGE_LAST;
	else if (merge->shown > 0)
		merge->pin = MERGE_FREE;
	if (merge->pin || merge->shown == 0) {
		merge_settle(merge, merge->height);
		return;
	}
	if (to < 0)
		to += merge_up(merge, (int)-to);
	merge_down(merge, (int)(to - merge->height + 1));
	merge_fill(merge);
	if (merge->shown == 0) { /* rows have gone since they were laid out */
		merge_settle(merge, merge->height);
		return;
	}
	merge_enter(merge, to < 0 ? 0 : to >= merge->shown ? merge->shown - 1 : (int)to);
	merge_place_lists(merge);
}

void merge_select_line(struct merge *merge, int line)
{
	if (line >= 0 && line < merge->shown)
		merge_move(merge, line - merge->line);
}

void merge_go(struct merge *merge, size_t list)
{
	if (list != merge->at)
		list_let_go(merge_list(merge, merge->at));
	merge->at = list;
	merge->pin = MERGE_FREE;
	merge_settle(merge, merge->height);
}

int64_t merge_place(const struct merge *merge)
{
	int64_t place = merge->line;

	for (size_t i = 0; i < merge->sections->count; i++)
		place += merge->above[i];
	return place;
}

bool merge_line(const struct merge *merge, int line, struct merge_row *row)
{
	if (line < 0 || line >= merge->shown)
		return false;
	*row = merge->lines[line];
	return true;
}
