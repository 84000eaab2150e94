/*
 * The page of what has ended while the user was away, one server after the other.
 */
#ifndef KRTASK_TUI_SCREEN_AWAY_VIEW_H
#define KRTASK_TUI_SCREEN_AWAY_VIEW_H

#include "tui/screen/view.h"

/* What was shown to its end has been seen. */
void away_view_open(struct view *view);

#endif
