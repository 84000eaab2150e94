/*
 * Start, Cancel, Remove on tasks of a list: asks about them where it must, calls the server, and says what
 * came of it. One action at a time.
 */
#ifndef KRTASK_TUI_SCREEN_ACT_H
#define KRTASK_TUI_SCREEN_ACT_H

#include "tui/view/action.h"

struct app;
struct live;

struct act {
	struct app *app;
	struct live *live;    /* whose tasks they are */
	struct action action; /* while it is busy */
	bool busy;
	bool looking;      /* the server has been asked which of the tagged tasks are visible */
	uint64_t selected; /* when it began */
	char selected_id[TASK_ID_MAX + 1];
	int64_t seen_id, seen_total; /* of the window, when it was asked last for act_look() */
	bool proceeding;             /* it is on its way through the targets */
};

void act_init(struct act *act, struct app *app, struct live *live);
void act_release(struct act *act);
/* The list may be another: which tagged tasks it hides is asked for, if it is. */
void act_look(struct act *act);
/* On the tagged tasks that are visible, else on the selected one. */
void act_begin(struct act *act, enum confirm_operation operation, bool kill);
/* A question may have been answered: goes as far as it goes. */
void act_go_on(struct act *act);

#endif
