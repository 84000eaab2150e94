/*
 * A row of the log.
 */
#ifndef KRTASK_TUI_SCREEN_LOG_DRAW_H
#define KRTASK_TUI_SCREEN_LOG_DRAW_H

#include "tui/view/reader.h"

/* Draws it in line y of the terminal, with marks where the line goes on to the left or right. */
void log_draw_row(struct reader *reader, const struct reader_row *row, int y);

#endif
