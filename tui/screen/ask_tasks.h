/*
 * A question with Yes and No that lists the tasks it is about, which the server is asked for first.
 *
 *     ask_tasks()  ask_tasks_release()
 */
#ifndef KRTASK_TUI_SCREEN_ASK_TASKS_H
#define KRTASK_TUI_SCREEN_ASK_TASKS_H

#include <jansson.h>

#include "engine/wire/jsonw.h"
#include "tui/screen/ask_view.h"

struct app;

struct ask_tasks {
	struct app *app;
	struct targets targets; /* the tasks that are listed, until the next question */
	char *text;             /* owned */
	ask_answer *answer;
	void *ctx;
};

/*
 * params: of List, an object with which tasks, which is ended here; taken over.  The text is taken over.  answer is
 * called with CHOICE_YES or CHOICE_NO, and ask->targets are the tasks that were listed.
 */
void ask_tasks(struct ask_tasks *ask, struct app *app, struct jsonw *params, char *text, ask_answer *answer,
               void *ctx);
void ask_tasks_release(struct ask_tasks *ask);

/* The columns that such a list has, ended by NULL, and how a row of them is added. */
enum { ASK_TASKS_NUMBER, ASK_TASKS_ID, ASK_TASKS_NAME, ASK_TASKS_STATE, ASK_TASKS_COLUMNS };
extern const char *const ask_tasks_columns[ASK_TASKS_COLUMNS + 1];
void ask_tasks_add(struct targets *targets, const json_t *row);

#endif
