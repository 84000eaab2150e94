/*
 * Reports results, errors and other messages of a command: as text, as JSON, or into a variable.
 *
 * In a batch with --json every result is {"line","command","result"}, and every error
 * {"line","command","error"}. Outside a batch a result is an object of its own, and errors are text.
 */
#ifndef KRTASK_TUI_CLI_REPORT_H
#define KRTASK_TUI_CLI_REPORT_H

#include "tui/cli/command.h"

/* krtask: COMMAND: message.  Raises inv->status to status.  Deferred while inv->waits. */
void report_error(struct invocation *inv, int status, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* There is no such task. */
void report_unknown(struct invocation *inv, int status, const char *id);
/* The same at once, and nothing but shown. */
void report_show(const struct invocation *inv, const char *text);
/* Its turn has come: reports the errors that were deferred while inv->waits was set. */
void report_deferred(struct invocation *inv);
/* The same for a message that is not an error. */
void report_warning(struct invocation *inv, const char *format, ...) __attribute__((format(printf, 2, 3)));
/*
 * A hint for people, also for -InformationVariable.  usual: whether it is shown if -InformationAction is not
 * given; with --quiet it is not.
 */
void report_information(struct invocation *inv, bool usual, const char *text);
/*
 * Prints "VERBOSE: …" or "DEBUG: …" as the preference says.  It is always printed if the option was given, or
 * if the action is ACTION_UNSET.  False: the command must not go on.
 */
bool report_announce(struct invocation *inv, enum option_id option, enum action action, const char *text);
/* With -Debug, prints a call before it is sent.  False: it must not be sent. */
bool report_call(struct invocation *inv, const char *method, const struct jsonw *parameters);
/* Reports an error reply, and sets the exit status for it. */
void report_reply_error(struct invocation *inv, const struct client_reply *reply);

/* A line that says no more than whether it was done: with --quiet, only for variables. */
void report_truth(struct invocation *inv, const char *text);
/* Notes for the end of the command that the reason is to be told.  False: it stands for the result. */
bool report_refused(struct invocation *inv, const char *id);
/* Reports True or False.  -1: nothing was done (null in JSON). */
void report_bool(struct invocation *inv, const char *id, int result);
/* Reports a string.  Outside a batch its JSON is {"id": id, key: text}, or {"id": text} if key is NULL. */
void report_string(struct invocation *inv, const char *id, const char *key, const char *text);

/* Text that may be anything; its JSON is as that of report_string(). */
void report_text(struct invocation *inv, const char *id, const char *key, const char *bytes, size_t length);

/* Reports a JSON value, which the caller writes between these two calls.  Only if report_is_json(). */
struct jsonw *report_json(struct invocation *inv);
void report_json_end(struct invocation *inv);
bool report_is_json(const struct invocation *inv);

/* Reports a line of text for people or variables.  Not with JSON. */
void report_line(struct invocation *inv, const char *text);
/* Writes bytes without a newline.  Not with JSON or a variable. */
void report_raw(struct invocation *inv, const char *bytes, size_t length);
/* Adds a value to the variable only. */
void report_value(struct invocation *inv, const char *text);

#endif
