/*
 * The tasks whose ends the user wants to be told, once, wherever the screen is then.
 */
#ifndef KRTASK_TUI_SCREEN_ALERTS_H
#define KRTASK_TUI_SCREEN_ALERTS_H

#include "tui/screen/channel.h"
#include "tui/view/tags.h"

struct host;
struct view;

struct alerts {
	struct host *host;
	struct tags tasks;      /* those that are waited for */
	json_t *names;          /* of those that were, by their ids */
	struct channel channel; /* of the call that waits */
	bool added;             /* the feed has it */
};

void alerts_init(struct alerts *alerts, struct host *host);
void alerts_release(struct alerts *alerts);
/* The key of the table: for the visible tagged tasks, or the selected one; if all of them have it, not any more. */
void alerts_toggle(struct view *view);

#endif
