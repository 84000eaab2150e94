/*
 * Writes the output that the log view shows to a new file, while the view goes on; and shows it with other programs.
 */
#ifndef KRTASK_TUI_SCREEN_LOG_SAVE_H
#define KRTASK_TUI_SCREEN_LOG_SAVE_H

#include "tui/screen/log_source.h"

struct log_save {
	struct app *app;
	char id[TASK_ID_MAX + 1];
	const char *stream;
	int64_t attempt, next, written;
	char *path; /* NULL: nothing is being saved */
	int fd;
};

void log_save_begin(struct log_save *save, const struct log_source *source, const char *path);
/* A file that is not whole is removed. */
void log_save_release(struct log_save *save);

/* Shows the output with $PAGER, or with $VISUAL or $EDITOR, until that ends. */
void log_save_page(const struct log_source *source);
void log_save_edit(const struct log_source *source);

#endif
