/*
 * What the log view says of the output that it shows.  Each text is malloc'ed.
 */
#ifndef KRTASK_TUI_SCREEN_LOG_WORDS_H
#define KRTASK_TUI_SCREEN_LOG_WORDS_H

#include "tui/screen/log_source.h"

/*
 * The two ends of the title: whose output it is, with as much of the name as there is room for beside the other end; and what
 * part of it is on the screen.
 */
char *log_words_heading(const struct log_source *source, const char *place);
char *log_words_place(struct log_source *source);
/* Why there is nothing to be seen; NULL: there is something, or it is not known yet. */
char *log_words_nothing(const struct log_source *source);
/* No line tells of an error, or no other one.  first: that was asked for the first one. */
char *log_words_no_error(const struct log_source *source, bool first);

#endif
