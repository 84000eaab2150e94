/*
 * The what-if lines of an operation on several tasks.
 */
#ifndef KRTASK_TUI_SCREEN_WHAT_IF_VIEW_H
#define KRTASK_TUI_SCREEN_WHAT_IF_VIEW_H

#include "tui/view/targets.h"

struct app;

void what_if_view_open(struct app *app, const struct targets *targets);

#endif
