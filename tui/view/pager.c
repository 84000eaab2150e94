#include "tui/view/pager.h"

#include <stdlib.h>
#include <string.h>

#include "tui/text/alloc.h"
#include "tui/text/cells.h"
#include "tui/text/wrap.h"

struct pager_entry {
	enum style label_style, style;
	char *label, *text; /* sanitized */
	int label_width;
};

static void pager_lines_clear(struct pager *pager)
{
	for (size_t i = 0; i < pager->length; i++) {
		free(pager->lines[i].label);
		free(pager->lines[i].text);
	}
	free(pager->lines);
	pager->lines = NULL;
	pager->length = pager->room = 0;
}

void pager_clear(struct pager *pager)
{
	pager_lines_clear(pager);
	for (size_t i = 0; i < pager->count; i++) {
		free(pager->entries[i].label);
		free(pager->entries[i].text);
	}
	free(pager->entries);
	pager->entries = NULL;
	pager->count = pager->size = 0;
}

void pager_release(struct pager *pager)
{
	pager_clear(pager);
	*pager = (struct pager)PAGER_INIT;
}

void pager_add(struct pager *pager, enum style label_style, const char *label, enum style style,
               const char *text)
{
	struct pager_entry *entry;

	pager->entries = alloc_room(pager->entries, &pager->size, pager->count + 1, sizeof(*pager->entries));
	entry = &pager->entries[pager->count++];
	*entry = (struct pager_entry){
		.label_style = label_style,
		.style = style,
		.label = cells_whole(label ? label : ""),
		.text = cells_whole(text ? text : ""),
	};
	entry->label_width = (int)cells_width(entry->label);
}

static int pager_indent(const struct pager *pager)
{
	int widest = 0;

	for (size_t i = 0; i < pager->count; i++) {
		if (pager->entries[i].label_width > widest)
			widest = pager->entries[i].label_width;
	}
	return widest ? widest + 2 : 0;
}

static void pager_add_line(struct pager *pager, const struct pager_entry *entry, const char *label,
                           const char *text, int column)
{
	pager->lines = alloc_room(pager->lines, &pager->room, pager->length + 1, sizeof(*pager->lines));
	pager->lines[pager->length++] = (struct pager_line){
		.label_style = entry->label_style,
		.style = entry->style,
		.label = alloc_string(label),
		.text = alloc_string(text),
		.indent = column,
		.entry = (size_t)(entry - pager->entries),
	};
}

static void pager_add_entry(struct pager *pager, const struct pager_entry *entry, int column)
{
	const char *rest = entry->text, *label = entry->label;
	size_t size = strlen(entry->text) + 1;
	char *line = alloc_zero(size, 1);

	if (!*label)
		column = 0;
	if (*label && pager->width < 2 * column) { /* no room for both on one line */
		pager_add_line(pager, entry, label, "", 0);
		label = "";
		column = 1;
	}
	do {
		rest = wrap_line(rest, pager->width - column, line, size);
		pager_add_line(pager, entry, label, line, column);
		label = "";
	} while (rest);
	free(line);
}

void pager_layout(struct pager *pager, int width, int height)
{
	int column = pager_indent(pager);

	pager_lines_clear(pager);
	pager->width = width;
	pager->height = height < 1 ? 1 : height;
	for (size_t i = 0; i < pager->count; i++)
		pager_add_entry(pager, &pager->entries[i], column);
	pager_scroll(pager, 0);
}

void pager_scroll(struct pager *pager, int64_t lines)
{
	int64_t last = (int64_t)pager->length - pager->height, top = (int64_t)pager->top;

	if (lines > 0)
		top = lines > last - top ? last : top + lines;
	else
		top = lines < -top ? 0 : top + lines;
	pager->top = (size_t)(top > last ? last < 0 ? 0 : last : top < 0 ? 0 : top);
}

size_t pager_line_of(const struct pager *pager, size_t entry)
{
	size_t from = 0, to = pager->length;

	while (from < to) {
		size_t middle = from + (to - from) / 2;

		if (pager->lines[middle].entry < entry)
			from = middle + 1;
		else
			to = middle;
	}
	return from;
}

void pager_reveal(struct pager *pager, size_t first, size_t end)
{
	int64_t from = (int64_t)pager_line_of(pager, first), to = (int64_t)pager_line_of(pager, end),
		top = (int64_t)pager->top;

	if (to > top + pager->height)
		top = to - pager->height;
	if (from < top)
		top = from;
	pager_scroll(pager, top - (int64_t)pager->top);
}
