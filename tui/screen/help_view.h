/*
 * Help: the keys, from their tables.
 */
#ifndef KRTASK_TUI_SCREEN_HELP_VIEW_H
#define KRTASK_TUI_SCREEN_HELP_VIEW_H

#include "tui/screen/view.h"

/* Opens the help, which begins with the keys of this view. */
void help_view_open(struct view *view);

#endif
