/* Rows of a window, made of what a server says about a task. */
#ifndef KRTASK_TESTS_UNIT_FACTS_H
#define KRTASK_TESTS_UNIT_FACTS_H

#include "tui/view/window.h"

/* What the server says about a task; 0 and NULL: nothing. */
struct facts {
	enum task_state state;
	const char *text; /* both the name and the command */
	const char *message, *group;
	const char *said; /* the last line of its output */
	int silent;       /* seconds */
	int percent, exit_code, signal;
	double duration;
	int64_t started_ms;
};

/* Those of a task that runs. */
struct facts facts(void);
/* Makes a row of the default fields, for row_free(). */
struct window_row row_of(const struct facts *facts);
void row_free(struct window_row *row);

#endif
