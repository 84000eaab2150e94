/*
 * A question with Yes and No that lists the tasks it is about, which the servers are asked for first.
 *
 *     ask_tasks_begin(); ask_tasks_of() for each server; ask_tasks_end()
 *     ask_tasks_release()
 */
#ifndef KRTASK_TUI_SCREEN_ASK_TASKS_H
#define KRTASK_TUI_SCREEN_ASK_TASKS_H

#include <jansson.h>

#include "engine/wire/jsonw.h"
#include "tui/screen/ask_view.h"

struct app;
struct host;

struct ask_tasks {
	struct app *app;
	struct targets targets; /* the tasks that are listed, until the next question */
	char *text;             /* owned */
	ask_answer *answer;
	void *ctx;
	size_t due; /* replies */
	bool failed;
};

/*
 * The text is taken over.  answer is called with CHOICE_YES or CHOICE_NO, and ask->targets are the tasks that were listed.
 * params: of List, an object with which tasks of this server, which is ended here; taken over.
 */
void ask_tasks_begin(struct ask_tasks *ask, struct app *app, char *text, ask_answer *answer, void *ctx);
void ask_tasks_of(struct ask_tasks *ask, struct host *host, struct jsonw *params);
void ask_tasks_end(struct ask_tasks *ask);
void ask_tasks_release(struct ask_tasks *ask);

/* The columns that such a list has, ended by NULL, and how a row of them is added. */
enum { ASK_TASKS_NUMBER, ASK_TASKS_ID, ASK_TASKS_NAME, ASK_TASKS_STATE, ASK_TASKS_COLUMNS };
extern const char *const ask_tasks_columns[ASK_TASKS_COLUMNS + 1];
void ask_tasks_add(struct targets *targets, const struct host *host, const json_t *row);

#endif
