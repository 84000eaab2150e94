#include "tui/view/window_speed.h"

#include <string.h>

#include "tui/fields/progress_cell.h"

/* The values of a row from which its share follows; NULL: none of its fields has them. */
static const struct value *window_share_values(const struct window *window, const struct window_row *row)
{
	const struct value *values = row->values;

	for (size_t i = 0; i < window->fields.count; i++) {
		const struct field *field = window->fields.items[i];

		if (field->text == progress_cell_text || field->text == progress_cell_eta)
			return values;
		values += field_width(field);
	}
	return NULL;
}

void window_note_speed(const struct window *window, struct window_row *row, size_t place)
{
	struct field_look look = { .said = { .text = row->said,
		                             .length = row->said ? strlen(row->said) : 0 } };
	const struct value *values = window_share_values(window, row);
	const struct window_row *before = place < window->length ? &window->rows[place] : NULL;
	int64_t position;

	if (row->state != TASK_RUNNING || !values)
		return;
	if (window->rows && (!before || before->number != row->number)) {
		position = window_find(window, row->number);
		before = position < 0 ? NULL : window_row_at(window, position);
	}
	if (before)
		row->speed = before->speed;
	speed_note(&row->speed, progress_cell_share(values, &look), window->now);
}
