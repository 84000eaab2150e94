/*
 * A task as the command that makes it, for edit.
 */
#ifndef KRTASK_TUI_CLI_EDIT_LINE_H
#define KRTASK_TUI_CLI_EDIT_LINE_H

#include "engine/task/task.h"
#include "tui/cli/command.h"
#include "tui/text/text.h"

/* Writes the parameters of the List that returns the rows for these ids. */
void edit_line_request(struct jsonw *w, const struct words *ids);
/* Writes "new --id 7 … -- make -j4" and a newline. */
void edit_line_write(struct text *text, const json_t *row);

/* Such a line, which the user has changed. */
struct edit_line {
	struct invocation inv;
	struct words words;
	const json_t *row; /* borrowed; what the task was */
	struct task_spec spec;
	char *cwd;
};

/* 0, or -EINVAL and *error (free() it), and there is nothing to be released. */
int edit_line_parse(struct edit_line *line, const struct invocation *inv, const struct strings *words,
                    const json_t *row, char **error);
/* Writes an Edit. */
void edit_line_put(const struct edit_line *line, struct jsonw *w);
void edit_line_release(struct edit_line *line);

#endif
