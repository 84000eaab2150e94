#include "tui/view/column_choice.h"

#include <string.h>

enum { COLUMN_CHOICE_WIDTH_MAX = 500 };

/* Of two fields with one heading, which show the same, the later one is offered, unless the table has the other. */
static bool column_choice_offers(const struct column_choice *choice, const struct field *field)
{
	for (int i = 0; i < choice->count; i++) {
		if (choice->lines[i].field == field ||
		    strcmp(choice->lines[i].field->heading, field->heading) == 0)
			return false;
	}
	for (const struct field *other = field + 1; field != &field_eta && other->name; other++) {
		if (strcmp(other->heading, field->heading) == 0)
			return false;
	}
	return true;
}

static void column_choice_add(struct column_choice *choice, const struct field *field, bool shown, int width)
{
	choice->lines[choice->count].field = field;
	choice->lines[choice->count].shown = shown;
	choice->lines[choice->count].width = width;
	choice->count++;
}

void column_choice_init(struct column_choice *choice, const struct field_list *fields, const int *widths)
{
	*choice = (struct column_choice){ .count = 0 };
	for (size_t i = 0; i < fields->count && choice->count < COLUMN_CHOICE_MAX; i++)
		column_choice_add(choice, fields->items[i], true, widths[i]);
	for (const struct field *field = field_table; field->name; field++) {
		if (choice->count < COLUMN_CHOICE_MAX && column_choice_offers(choice, field))
			column_choice_add(choice, field, false, 0);
	}
	if (choice->count < COLUMN_CHOICE_MAX && column_choice_offers(choice, &field_eta))
		column_choice_add(choice, &field_eta, false, 0);
}

void column_choice_take(const struct column_choice *choice, struct field_list *fields, int *widths)
{
	fields->count = 0;
	for (int i = 0; i < choice->count; i++) {
		if (!choice->lines[i].shown || fields->count == FIELD_MAX)
			continue;
		widths[fields->count] = choice->lines[i].width;
		fields->items[fields->count++] = choice->lines[i].field;
	}
}

void column_choice_move(struct column_choice *choice, int lines)
{
	choice->cursor += lines;
	if (choice->cursor >= choice->count)
		choice->cursor = choice->count - 1;
	if (choice->cursor < 0)
		choice->cursor = 0;
}

void column_choice_toggle(struct column_choice *choice)
{
	int shown = 0;

	for (int i = 0; i < choice->count; i++)
		shown += choice->lines[i].shown;
	if (shown > 1 || !choice->lines[choice->cursor].shown)
		choice->lines[choice->cursor].shown = !choice->lines[choice->cursor].shown;
}

void column_choice_shift(struct column_choice *choice, int by)
{
	struct column_choice_line kept;
	int to = choice->cursor + by;

	if (to < 0 || to >= choice->count)
		return;
	kept = choice->lines[to];
	choice->lines[to] = choice->lines[choice->cursor];
	choice->lines[choice->cursor] = kept;
	choice->cursor = to;
}

void column_choice_resize(struct column_choice *choice, int by, int now)
{
	int *width = &choice->lines[choice->cursor].width;

	*width = (*width ? *width : now) + by;
	if (*width < 1)
		*width = 1;
	if (*width > COLUMN_CHOICE_WIDTH_MAX)
		*width = COLUMN_CHOICE_WIDTH_MAX;
}

void column_choice_fit(struct column_choice *choice)
{
	choice->lines[choice->cursor].width = 0;
}
