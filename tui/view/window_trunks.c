#include "tui/view/window_trunks.h"

/* True if the ancestor with that depth of the first rows has siblings below, as far as is known. */
static bool trunk_goes_on(const struct window *window, int64_t depth)
{
	for (size_t i = 0; i < window->length; i++) {
		if (window->rows[i].depth <= depth)
			return window->rows[i].depth == depth;
	}
	return true;
}

void window_set_trunks(struct window *window)
{
	uint32_t trunks = 0;

	if (!window->query.tree)
		return;
	for (int64_t depth = 1; depth <= WINDOW_TRUNK_MAX; depth++)
		trunks |= (uint32_t)trunk_goes_on(window, depth) << depth;
	for (size_t i = 0; i < window->length; i++) {
		struct window_row *row = &window->rows[i];
		int64_t depth = row->depth > WINDOW_TRUNK_MAX ? WINDOW_TRUNK_MAX + 1 : row->depth;

		row->trunks = trunks & (((uint32_t)1 << depth) - 1);
		if (depth <= WINDOW_TRUNK_MAX)
			trunks = row->trunks | (uint32_t)(depth > 0 && !row->last) << depth;
	}
}
