/*
 * The output of a task, which is followed.
 */
#ifndef KRTASK_TUI_SCREEN_LOG_VIEW_H
#define KRTASK_TUI_SCREEN_LOG_VIEW_H

#include "tui/screen/view.h"

extern const struct view_class log_view_class;

void log_view_open(struct app *app, const char *id);

#endif
