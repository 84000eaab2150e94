#include "tui/view/sections.h"

#include <stdlib.h>

#include "tui/text/alloc.h"

void sections_init(struct sections *sections)
{
	*sections = (struct sections){ .on_head = true, .height = 1 };
}

void sections_release(struct sections *sections)
{
	free(sections->items);
	sections_init(sections);
}

void sections_add(struct sections *sections, struct list *list)
{
	sections->items =
		alloc_room(sections->items, &sections->size, sections->count + 1, sizeof(*sections->items));
	sections->items[sections->count++] = (struct section){ .list = list };
	list->placed = list->aside = true;
	list->height = 0;
}

/* The lines that it has, its head included. */
static int64_t section_lines(const struct section *section)
{
	return 1 + (section->folded ? 0 : list_total(section->list));
}

/* The line of the cursor, from the beginning of the table. */
static int64_t sections_cursor(const struct sections *sections)
{
	int64_t before = 0;

	for (size_t i = 0; i < sections->at; i++)
		before += section_lines(&sections->items[i]);
	return before + (sections->on_head ? 0 : 1 + sections->items[sections->at].list->cursor);
}

/* Tells a list which of its rows are visible.  While it is not known how many there are, it is taken to be long. */
static void section_place(struct section *section, int height)
{
	struct list *list = section->list;
	int64_t total = section->known ? list_total(list) : INT64_MAX / 2;
	int64_t first = section->head < -1 ? -1 - section->head : 0, end = height - section->head - 1;

	if (end > total)
		end = total;
	if (section->folded || end < first)
		end = first;
	list->top = first;
	list->height = (int)(end - first);
}

/* A list that has become empty has no row for the cursor. */
static void sections_leave_empty(struct sections *sections)
{
	const struct section *section = &sections->items[sections->at];

	if (section->folded || list_total(section->list) == 0)
		sections->on_head = true;
}

/* Until the user moves the cursor, the first task gets it; it goes to no other server by itself, since keys act on it. */
static void sections_begin(struct sections *sections)
{
	const struct section *first = sections->items;

	if (!sections->moved && sections->at == 0 && sections->count && !first->folded &&
	    list_total(first->list) > 0)
		sections->on_head = false;
}

void sections_settle(struct sections *sections, int height)
{
	int64_t cursor, head;

	sections->height = height < 1 ? 1 : height;
	sections_leave_empty(sections);
	sections_begin(sections);
	cursor = sections_cursor(sections);
	sections->total = 0;
	for (size_t i = 0; i < sections->count; i++)
		sections->total += section_lines(&sections->items[i]);
	sections->top = sections->moved ? cursor - sections->line : 0;
	if (sections->top > sections->total - sections->height)
		sections->top = sections->total - sections->height;
	if (sections->top < cursor - sections->height + 1)
		sections->top = cursor - sections->height + 1;
	if (sections->top > cursor)
		sections->top = cursor;
	if (sections->top < 0)
		sections->top = 0;
	sections->line = (int)(cursor - sections->top);
	head = -sections->top;
	for (size_t i = 0; i < sections->count; i++) {
		struct section *section = &sections->items[i];

		section->head = head;
		section->list->aside = i != sections->at || sections->on_head;
		section_place(section, sections->height);
		head += section_lines(section);
	}
}

/* Moves to a place in a section: -1 is its head. */
static void sections_enter(struct sections *sections, size_t section, int64_t position)
{
	struct list *list = sections->items[section].list;

	if (section != sections->at || position < 0)
		list_let_go(sections->items[sections->at].list);
	sections->at = section;
	sections->on_head = position < 0;
	list->aside = sections->on_head;
	if (position >= 0)
		list_move(list, position - list->cursor);
}

void sections_move(struct sections *sections, int64_t lines)
{
	int64_t from = sections_cursor(sections), last = sections->total - 1, to, at, line;
	size_t section = 0;

	if (lines < 0)
		to = lines < -from ? 0 : from + lines;
	else
		to = lines > last - from ? last : from + lines;
	for (at = to; section + 1 < sections->count && at >= section_lines(&sections->items[section]);
	     section++)
		at -= section_lines(&sections->items[section]);
	line = sections->line + to - from;
	sections->line = line < 0 ? 0 : line >= sections->height ? sections->height - 1 : (int)line;
	sections->moved = true;
	sections_enter(sections, section, at - 1);
	sections_settle(sections, sections->height);
}

void sections_select_line(struct sections *sections, int line)
{
	if (line >= 0 && line < sections->height && sections->top + line < sections->total)
		sections_move(sections, line - sections->line);
}

void sections_go(struct sections *sections, size_t section, bool head)
{
	if (section != sections->at)
		list_let_go(sections->items[sections->at].list);
	sections->items[section].folded &= head;
	sections->at = section;
	sections->on_head = head;
	sections->moved = true;
	sections_settle(sections, sections->height);
}

void sections_fold(struct sections *sections, size_t section, bool folded)
{
	sections->items[section].folded = folded;
	if (folded && sections->at == section)
		sections_go(sections, section, true);
	else
		sections_settle(sections, sections->height);
}

void sections_fold_all(struct sections *sections, bool folded)
{
	for (size_t i = 0; i < sections->count; i++)
		sections->items[i].folded = folded;
	if (folded)
		sections_go(sections, sections->at, true);
	else
		sections_settle(sections, sections->height);
}

bool sections_line(const struct sections *sections, int line, size_t *section, int64_t *position)
{
	for (size_t i = sections->count; i-- > 0;) {
		const struct section *item = &sections->items[i];

		if (line < item->head)
			continue;
		*section = i;
		*position = line - item->head - 1;
		return line - item->head < section_lines(item);
	}
	return false;
}
