/*
 * The keys, as the tables have them.
 */
#ifndef KRTASK_TUI_SCREEN_HELP_VIEW_H
#define KRTASK_TUI_SCREEN_HELP_VIEW_H

#include "tui/screen/view.h"

/* Those of this view first. */
void help_view_open(struct view *view);

#endif
