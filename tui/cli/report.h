/*
 * How a command says what came out of it: as text, as JSON, as a line of a batch, into a variable.
 *
 * In a batch with --json every result is {"line","command","result"} and every error {"line","command","error"}; outside one a result is an object
 * of its own and errors are text.
 */
#ifndef KRTASK_TUI_CLI_REPORT_H
#define KRTASK_TUI_CLI_REPORT_H

#include "tui/cli/command.h"

/* krtask: COMMAND: message.  Raises inv->status to status.  Deferred while inv->waits. */
void report_error(struct invocation *inv, int status, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* Its turn has come: reports the errors that were deferred while inv->waits was set. */
void report_deferred(struct invocation *inv);
/* The same for a message that is not an error. */
void report_warning(struct invocation *inv, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* A hint, shown to people (usual: whether it is unless -InformationAction says), kept for -InformationVariable. */
void report_information(struct invocation *inv, bool usual, const char *text);
/*
 * "VERBOSE: …" and its like, by the action of its preference (ACTION_UNSET, or the option was given: it is said). False: nothing more is to be done.
 */
bool report_announce(struct invocation *inv, enum option_id option, enum action action, const char *text);
/* What is called, where -Debug asks for it; false: it is not to be. */
bool report_call(struct invocation *inv, const char *method, const struct jsonw *parameters);
/* What an error reply means, and its exit status. */
void report_reply_error(struct invocation *inv, const struct client_reply *reply);

/* True or False; -1: nothing was to be done (JSON null). */
void report_bool(struct invocation *inv, const char *id, int result);
/* One string; object: its JSON outside a batch is {"id": id, key: text}, or only {"id": text} where key is NULL. */
void report_string(struct invocation *inv, const char *id, const char *key, const char *text);

/* Text that may be anything; its JSON is as that of report_string(). */
void report_text(struct invocation *inv, const char *id, const char *key, const char *bytes, size_t length);

/* An object: between the two the caller writes one JSON value.  Only where report_is_json(). */
struct jsonw *report_json(struct invocation *inv);
void report_json_end(struct invocation *inv);
bool report_is_json(const struct invocation *inv);

/* A line of text for people or variables; never in JSON. */
void report_line(struct invocation *inv, const char *text);
/* Text as it is, no newline added; only where there is neither JSON nor a variable. */
void report_raw(struct invocation *inv, const char *bytes, size_t length);
/* A value for the variable alone. */
void report_value(struct invocation *inv, const char *text);

#endif
