#include "tui/view/columns.h"

#include <stdio.h>
#include <string.h>

#include "tui/text/cells.h"

/* A task that has more ancestors is indented no further. */
enum { COLUMN_DEPTH_MAX = WINDOW_TRUNK_MAX, COLUMN_PREFIX_SIZE = 4 * (COLUMN_DEPTH_MAX + 1) };

/* What leads to rows of a tree: past a row, to it, and to the last of its siblings. */
struct column_lines {
	const char *past, *to, *to_last;
};

/* The text of the field, cut to fit.  Returns how many bytes of it are tinted. */
static size_t fit_field(const struct field *field, const struct value *values, const struct field_look *look,
                        char *buf, size_t size)
{
	struct text scratch = { 0 };
	struct slice slice = field_text(field, values, look, &scratch);
	size_t length = slice.length < COLUMN_CELL_SIZE ? slice.length : COLUMN_CELL_SIZE - 1;
	char whole[COLUMN_CELL_SIZE];

	memcpy(whole, slice.text, length);
	whole[length] = '\0';
	text_release(&scratch);
	cells_fit(whole, look->width, buf, size);
	return slice.tinted;
}

struct field_look columns_look(const struct window_row *row, int width, int64_t age_ms)
{
	bool ended = task_state_terminal(row->state), ticks = columns_tick(row);

	return (struct field_look){
		.width = (size_t)width,
		.age_ms = ticks ? age_ms : 0,
		.ended = ended,
		.waits = !ended && !ticks,
		.halted = ticks && row->state != TASK_RUNNING,
		.rate = ticks ? row->speed.rate : 0,
		.said = { .text = row->said, .length = row->said ? strlen(row->said) : 0 },
		.silent_ms = row->state == TASK_RUNNING && row->silent_ms >= 0 ? row->silent_ms + age_ms : 0,
	};
}

static const struct column_lines *column_lines(void)
{
	static const struct column_lines none = { "  ", "  ", "  " }, ascii = { "| ", "| ", "` " },
					 drawn = { "│ ", "├ ", "└ " };

	return cells_plain() ? &none : cells_in_utf8() ? &drawn : &ascii;
}

/* What stands before the name in a tree: it is indented, and a line leads to it. */
static void column_prefix(const struct field *field, const struct window_row *row, char *buf, size_t size)
{
	int indent = row->depth > COLUMN_DEPTH_MAX ? COLUMN_DEPTH_MAX : (int)row->depth;
	const struct column_lines *lines = column_lines();
	size_t used = 0;

	*buf = '\0';
	if (strcmp(field->name, "name") != 0)
		return;
	for (int depth = 1; depth < indent; depth++)
		used += (size_t)snprintf(buf + used, size - used, "%s",
		                         row->trunks >> depth & 1 ? lines->past : "  ");
	if (indent > 0)
		snprintf(buf + used, size - used, "%s", row->last ? lines->to_last : lines->to);
}

/* The most columns that are any use. */
static int column_most(const struct field *field)
{
	return field->ample ? field->ample : field->max;
}

static void columns_forget(struct column_widths *widths)
{
	memset(widths->wanted, 0, sizeof(widths->wanted));
	memset(widths->filled, 0, sizeof(widths->filled));
	memset(widths->needed, 0, sizeof(widths->needed));
	memset(widths->full, 0, sizeof(widths->full));
	widths->rows = widths->other = false;
}

bool columns_age(struct column_widths *widths, int64_t now)
{
	if (widths->since && now - widths->since < COLUMNS_MEMORY)
		return false;
	if (widths->since) {
		memcpy(widths->wanted, widths->needed, sizeof(widths->wanted));
		memcpy(widths->filled, widths->full, sizeof(widths->filled));
		memset(widths->needed, 0, sizeof(widths->needed));
		memset(widths->full, 0, sizeof(widths->full));
	}
	widths->since = now;
	return true;
}

/* A row needs so much in a column. */
static void columns_need(struct column_widths *widths, size_t at, int width, bool full)
{
	widths->filled[at] |= full;
	widths->full[at] |= full;
	if (width > widths->wanted[at])
		widths->wanted[at] = width;
	if (width > widths->needed[at])
		widths->needed[at] = width;
}

void columns_measure(struct column_widths *widths, const struct window *window)
{
	char text[COLUMN_CELL_SIZE], prefix[COLUMN_PREFIX_SIZE];
	size_t first = 0;

	if (widths->other && window->id >= 0)
		columns_forget(widths);
	for (size_t at = 0; at < window->fields.count; at++) {
		const struct field *field = window->fields.items[at];

		columns_need(widths, at, field->measured || !field->max ? field->min : field->max, false);
		widths->rows |= window->length > 0;
		for (size_t i = 0; field->measured && i < window->length; i++) {
			const struct field_look look = columns_look(&window->rows[i], column_most(field), 0);

			fit_field(field, window->rows[i].values + first, &look, text, sizeof(text));
			column_prefix(field, &window->rows[i], prefix, sizeof(prefix));
			columns_need(widths, at, (int)(cells_width(prefix) + cells_width(text)),
			             strcmp(text, "-") != 0);
		}
		first += field_width(field);
	}
}

/* The indexes of the fields, sorted by priority. */
static void order_by_priority(const struct field_list *fields, size_t order[FIELD_MAX])
{
	for (size_t i = 0; i < fields->count; i++) {
		size_t at = i;

		for (; at > 0 && fields->items[order[at - 1]]->priority > fields->items[i]->priority; at--)
			order[at] = order[at - 1];
		order[at] = i;
	}
}

/* True if the column is not there because it would be empty, or only has what the others leave. */
static bool column_waits(const struct field_list *fields, const struct column_widths *widths, size_t at)
{
	const struct field *field = fields->items[at];

	if (fields->count < 2 || widths->chosen)
		return false;
	return field->spare || (field->rare && (widths->rows || field->late) && !widths->filled[at]);
}

/* Takes columns by priority while their least widths fit.  Returns the width that is left. */
static int choose_columns(const struct field_list *fields, const size_t order[FIELD_MAX],
                          const struct column_widths *widths, int width, int chosen[FIELD_MAX], bool *all)
{
	int left = width - COLUMN_MARK_WIDTH;

	*all = true;
	for (size_t i = 0; i < fields->count; i++) {
		const struct field *field = fields->items[order[i]];
		int gap = i ? 1 : 0, least = widths->fixed[order[i]];

		if (column_waits(fields, widths, order[i]))
			continue;
		if (!least || (least > left - gap && left - gap >= field->min))
			least = least ? left - gap : field->min;
		if (left < least + gap) {
			*all = false;
			break;
		}
		chosen[order[i]] = least;
		left -= least + gap;
	}
	return left;
}

/* Gives a column what it has less than that, as far as there is any.  Returns the width that is left. */
static int grow_one(int *chosen, int wanted, int left)
{
	int more = wanted - *chosen < left ? wanted - *chosen : left;

	if (more <= 0)
		return left;
	*chosen += more;
	return left - more;
}

/* What was chosen must be told from others, and says something: that grows first.  Returns the width that is left. */
static int grow_early(const struct field_list *fields, const struct column_widths *widths, int left,
                      int chosen[FIELD_MAX])
{
	for (size_t at = 0; at < fields->count; at++) {
		int early = fields->items[at]->early, wanted = widths->wanted[at];

		if (chosen[at] && !widths->fixed[at])
			left = grow_one(&chosen[at], wanted < early ? wanted : early, left);
	}
	return left;
}

/* What it wants beside others, or all that its rows can use. */
static int column_wants(const struct field_list *fields, const struct column_widths *widths, size_t at,
                        bool all)
{
	int wanted = widths->wanted[at], most = fields->items[at]->max;

	if (widths->fixed[at])
		return 0;
	return !all && most && wanted > most ? most : wanted;
}

/*
 * Gives the remaining width to columns that want more, in the order of their priority: first what they want beside each
 * other, and then what is left to those that can use it.
 */
static void grow_columns(const struct field_list *fields, const size_t order[FIELD_MAX],
                         const struct column_widths *widths, int left, int chosen[FIELD_MAX], bool all)
{
	size_t last = 0;

	for (size_t i = 0; i < fields->count; i++) {
		size_t at = order[i];

		if (!widths->chosen && fields->items[at]->spare && !chosen[at] && all &&
		    left > fields->items[at]->min)
			left--; /* what the others leave, behind a gap */
		else if (!chosen[at])
			continue;
		left = grow_one(&chosen[at], column_wants(fields, widths, at, false), left);
		if (at > last)
			last = at;
	}
	for (size_t i = 0; i < fields->count; i++) {
		if (chosen[order[i]])
			left = grow_one(&chosen[order[i]], column_wants(fields, widths, order[i], true),
			                left);
	}
	if (!widths->fixed[last])
		chosen[last] += left; /* usually the command */
}

size_t columns_layout(const struct field_list *fields, const struct column_widths *widths, int width,
                      struct column_place places[FIELD_MAX])
{
	int chosen[FIELD_MAX] = { 0 }, x = COLUMN_MARK_WIDTH, left;
	size_t order[FIELD_MAX], count = 0, first = 0;
	bool all, exit_seen = false;

	order_by_priority(fields, order);
	left = choose_columns(fields, order, widths, width, chosen, &all);
	if (fields->count == 0 || !chosen[order[0]])
		return 0;
	left = grow_early(fields, widths, left, chosen);
	grow_columns(fields, order, widths, left, chosen, all);
	for (size_t at = 0; at < fields->count; at++)
		exit_seen |= chosen[at] && strcmp(fields->items[at]->name, "exitCode") == 0;
	for (size_t at = 0; at < fields->count; at++) {
		const struct field *field = fields->items[at];

		if (chosen[at]) {
			places[count++] = (struct column_place){ .field = field,
				                                 .first = first,
				                                 .x = x,
				                                 .width = chosen[at],
				                                 .exit_seen = exit_seen };
			x += chosen[at] + 1;
		}
		first += field_width(field);
	}
	return count;
}

/* Fits text into the place; a right-aligned column that is last stays at its own width. */
static void column_align(const struct column_place *place, const char *text, char *buf, size_t size)
{
	const struct field *field = place->field;
	char fitted[COLUMN_CELL_SIZE];
	int used = (int)cells_fit(text, (size_t)place->width, fitted, sizeof(fitted));
	int right = field->max && place->width > field->max ? field->max : place->width;
	int before = field->right && used < right ? right - used : 0;

	snprintf(buf, size, "%*s%s", before, "", fitted);
}

size_t columns_cell(const struct column_place *place, const struct window_row *row, int64_t now, char *buf,
                    size_t size)
{
	struct field_look look = columns_look(row, place->width, now - row->received);
	char text[COLUMN_CELL_SIZE], whole[COLUMN_CELL_SIZE + COLUMN_PREFIX_SIZE];
	size_t tinted;

	look.exit_seen = place->exit_seen;
	tinted = fit_field(place->field, row->values + place->first, &look, text, sizeof(text));

	column_prefix(place->field, row, whole, COLUMN_PREFIX_SIZE);
	snprintf(whole + strlen(whole), sizeof(whole) - strlen(whole), "%s", text);
	column_align(place, whole, buf, size);
	return tinted < strlen(buf) ? tinted : strlen(buf);
}

void columns_title(const struct column_place *place, char *buf, size_t size)
{
	column_align(place, place->field->heading, buf, size);
}

bool columns_tick(const struct window_row *row)
{
	return row->state == TASK_RUNNING || row->state == TASK_PAUSED || row->state == TASK_STOPPING;
}
