/*
 * The options that are times: what they mean now.
 */
#ifndef KRTASK_TUI_CLI_TIME_OPTIONS_H
#define KRTASK_TUI_CLI_TIME_OPTIONS_H

#include "tui/cli/command.h"

/*
 * The time of --at or --expire, in milliseconds since 1970.  An --expire without a date is the next such time
 * after the one from which the task may begin.
 */
int64_t time_option(const struct arguments *args, enum option_id id);
/* True for a time in a row that has passed: it cannot be given again. */
bool time_option_is_over(enum option_id id, const char *text);
/* A time in a row as local time, as the option takes it; malloc'ed. */
char *time_option_text(const char *text);
/* Checks those that are given.  0, or an exit status; then *error (free() it). */
int time_options_check(const struct arguments *args, bool cmdlet, char **error);

/* The server refused these times: by them, and by what it knows, the task would expire before it may begin. */
int time_options_fail_expiry(const struct arguments *args, bool cmdlet, char **error);

#endif
