/*
 * Which task the user knows to be selected: the one that the terminal shows, or the one that a key has selected since.  Tasks
 * come and go at any time; a key is for no task that became the selected one by itself and was not shown yet.
 */
#ifndef KRTASK_TUI_VIEW_GLANCE_H
#define KRTASK_TUI_VIEW_GLANCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct glance_at {
	size_t host;     /* the server */
	uint64_t number; /* the task; 0: none is selected, or it is not known yet */
	bool tags;       /* tasks are tagged, for which most keys are then */
};

struct glance {
	struct glance_at drawn;  /* by the latest frame */
	struct glance_at shown;  /* by the latest frame that is on the terminal */
	struct glance_at chosen; /* by a key */
	bool choosing;           /* a key has chosen what is not known yet */
};

bool glance_same(struct glance_at a, struct glance_at b);

/* The task that comes first is what the user wants. */
void glance_init(struct glance *glance);
/* A key has selected this, or, without a number, what will soon be known. */
void glance_choose(struct glance *glance, struct glance_at at);
/* A key has asked for another list: what will be selected in it is chosen. */
void glance_await(struct glance *glance);
/* That is known now. */
void glance_settle(struct glance *glance, struct glance_at at);
/* A key has tagged tasks, or has left none tagged. */
void glance_tag(struct glance *glance, bool tags);
/* A frame with this was sent; the terminal shows what was sent. */
void glance_draw(struct glance *glance, struct glance_at at);
void glance_show(struct glance *glance);
/* True if the user knows that this is what a key is for. */
bool glance_knows(const struct glance *glance, struct glance_at at);

#endif
