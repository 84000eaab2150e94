/*
 * Start, Cancel and Remove of tasks in the table: asks if necessary, calls the server, and shows the result.
 * One operation at a time.
 */
#ifndef KRTASK_TUI_SCREEN_TABLE_OPERATION_H
#define KRTASK_TUI_SCREEN_TABLE_OPERATION_H

#include "tui/view/targets.h"

struct app;
struct host;

struct table_operation {
	struct app *app;
	struct targets targets; /* while it is busy */
	bool busy;
	size_t looking; /* so many servers were asked which tagged tasks are visible, or in which states they are */
	bool toggles;       /* it is the latter */
	bool deaf;          /* one of them did not say so */
	int64_t looked_at;  /* when */
	bool pause, resume; /* one of them can be paused, or resumed */
	size_t adding;      /* the server whose tagged tasks are being added */
	size_t host;        /* whose that is */
	bool tagged;        /* tasks that are shown were tagged when it began */
	uint64_t selected;  /* the selected task then */
	char selected_id[TASK_ID_MAX + 1];
	char *selected_name; /* NULL: not known */
	int selected_state;
	const char *signal; /* that a cancellation sends; NULL: the usual one */
	char notice[64];    /* what the question says about it */
	char brief[16];     /* the same in a word; empty: it sends none */
	bool said_late;     /* the user knows that it waits for a server */
	char *left_out;     /* the servers without which it went on; NULL: none */
	bool proceeding;    /* table_operation_go_on() is running */
};

void table_operation_init(struct table_operation *operation, struct app *app);
void table_operation_release(struct table_operation *operation);
/*
 * Applies to the visible tagged tasks; if there are none, to the selected task.  OPERATION_PAUSE resumes them if none
 * of them runs or could begin.
 */
void table_operation_begin(struct table_operation *operation, enum confirm_operation kind, bool kill);
/* The same for a cancellation that sends this signal: a name of stop --signal, which must remain valid. */
void table_operation_signal(struct table_operation *operation, const char *signal);
/* Adds the task of this server with this id, with its name and state, if the table has it. */
void table_operation_describe(const struct host *host, const char *id, struct targets *targets);
/* True if a question will probably be open soon: keys that are typed meanwhile are not for the table. */
bool table_operation_holds(const struct table_operation *operation);
/* Goes on until it needs an answer of the user or a reply of the server. */
void table_operation_go_on(struct table_operation *operation);

#endif
