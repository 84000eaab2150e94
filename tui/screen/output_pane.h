/*
 * The pane below the table: the end of the output of the selected task, live.  It reads only when the row of the task
 * says that something was written, and only the end; so it costs the same for output of any size.
 *
 *     output_pane_open()
 *     output_pane_turn()     before each drawing, with the selected row
 *     output_pane_draw()
 *     output_pane_close()
 */
#ifndef KRTASK_TUI_SCREEN_OUTPUT_PANE_H
#define KRTASK_TUI_SCREEN_OUTPUT_PANE_H

#include "engine/task/task.h"
#include "tui/view/excerpt.h"
#include "tui/view/window.h"

struct app;
struct feed;

enum { OUTPUT_PANE_STREAMS = 2 };

struct output_pane {
	struct app *app;
	bool off;          /* the user does not want it */
	struct feed *feed; /* of the server of the task; NULL: none yet */
	uint64_t number;   /* the task that is shown; 0: none */
	char id[TASK_ID_MAX + 1];
	enum task_state state;
	int64_t received;  /* the row that was there when it was read */
	int64_t due;       /* not before this time, so that moving through the table reads nothing */
	bool stale;        /* there may be more */
	int asked;         /* calls that are outstanding */
	size_t generation; /* replies to earlier calls are about another task */
	int shown;         /* the stream, 1: errors */
	int64_t sizes[OUTPUT_PANE_STREAMS]; /* -1: not known yet */
	int64_t attempt;                    /* 0: not known yet */
	struct excerpt excerpt;
};

void output_pane_open(struct output_pane *pane, struct app *app);
void output_pane_close(struct output_pane *pane);
/* How many lines it has on a terminal with so many, its heading included. */
int output_pane_lines(const struct output_pane *pane, int lines);
/* row NULL: no task is selected. */
void output_pane_turn(struct output_pane *pane, const struct window_row *row, int lines);
/* Milliseconds until it reads; -1: it waits for nothing. */
int output_pane_wait(const struct output_pane *pane);
/* name and command are those of the row; empty: not known. */
void output_pane_draw(struct output_pane *pane, const struct window_row *row, const char *name,
                      const char *command, int y, int lines);

#endif
