/*
 * What the user chose for the table on the screen, as the text of the file screen.ini: columns and their widths, the order,
 * and what is shown.  Pure.
 */
#ifndef KRTASK_TUI_VIEW_SCREEN_INI_H
#define KRTASK_TUI_VIEW_SCREEN_INI_H

#include <stdbool.h>

#include "tui/fields/field_list.h"
#include "tui/fields/fields.h"

struct screen_ini {
	struct field_list fields; /* none: the usual ones */
	int widths[FIELD_MAX];    /* of their columns; 0: what the rows need */
	const struct field *sort; /* NULL: by no column */
	bool reverse;
	bool creation; /* the order of creation; else active tasks first */
	bool together; /* the tasks of several servers in one order, active ones first; else a section for each server */
	bool no_output; /* the output of the selected task is not shown */
	bool tree;
};

enum { SCREEN_INI_WIDTH_MAX = 500 };

/* 0, or the number of the line that is wrong; then ini is as it was. */
int screen_ini_parse(const char *text, struct screen_ini *ini);
/* malloc'ed. */
char *screen_ini_write(const struct screen_ini *ini);

#endif
