/*
 * What a piece of text means.  The screen decides how it looks (colours, attributes, or neither).
 */
#ifndef KRTASK_TUI_TEXT_STYLE_H
#define KRTASK_TUI_TEXT_STYLE_H

#include "engine/task/state.h"

enum style {
	STYLE_NORMAL,
	STYLE_STATE, /* STYLE_STATE + enum task_state */
	STYLE_DIM = STYLE_STATE + TASK_STATE_COUNT,
	STYLE_STRONG,
	STYLE_TAG,      /* the mark of a tagged task, and their number */
	STYLE_HEADING,  /* the headings of columns, the title of a page */
	STYLE_SELECTED, /* the selected row or choice */
	STYLE_KEY,      /* the name of a key */
	STYLE_BANNER,   /* something is wrong, and the user should see it */
	STYLE_NOTICE,   /* a mode that the user should not forget */
	STYLE_COUNT
};

#endif
