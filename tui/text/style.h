/*
 * What a piece of text means.  How that looks (colours, attributes, or neither) is the screen's business.
 */
#ifndef KRTASK_TUI_TEXT_STYLE_H
#define KRTASK_TUI_TEXT_STYLE_H

#include "engine/task/state.h"

enum style {
	STYLE_NORMAL,
	STYLE_STATE, /* STYLE_STATE + enum task_state: one for each */
	STYLE_DIM = STYLE_STATE + TASK_STATE_COUNT,
	STYLE_STRONG,
	STYLE_HEADING,  /* the line of column titles, the title of a page */
	STYLE_SELECTED, /* row or choice */
	STYLE_KEY,      /* a key's name */
	STYLE_BANNER,   /* something is wrong, and the user should see it */
	STYLE_NOTICE,   /* a mode that the user should not forget */
	STYLE_COUNT
};

#endif
