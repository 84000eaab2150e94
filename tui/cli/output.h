/*
 * Where the output of a task goes: its standard output to ours and its standard error to ours at once, or
 * each into one text, for JSON and for variables.
 *
 *     sink_init();  sink_read() or sink_take()…;  sink_finish();  sink_release()
 */
#ifndef KRTASK_TUI_CLI_OUTPUT_H
#define KRTASK_TUI_CLI_OUTPUT_H

#include <signal.h>

#include "tui/cli/command.h"
#include "tui/text/text.h"

struct sink {
	struct invocation *inv;
	const char *id; /* borrowed */
	bool errors;    /* it is for standard error */
	bool apart;     /* that goes to our standard error, and not to standard output */
	bool gather;
	bool any;                  /* something came */
	bool unfinished;           /* its last line has no end */
	int64_t attempt;           /* of what comes next; 0: nothing came yet */
	int64_t next;              /* offset of what comes next; -1: nothing came yet */
	bool failed;               /* that was reported */
	const char *heading;       /* written before its first byte, on a line of its own; NULL: none */
	const struct sink *before; /* with a heading: what was written first */
	const char
		*title; /* the same, where another task's was written before; NULL: there is but one task */
	struct text whole;
};

void sink_init(struct sink *sink, struct invocation *inv, const char *id, bool errors, bool apart);
/* Parameters of Log (or Result) for what comes next. */
void sink_request(const struct sink *sink, struct jsonw *w, bool log);
/* The data of one reply. */
void sink_take(struct sink *sink, const json_t *parameters);
/* All parts, one call after another, up to what there is now.  False: reported. */
bool sink_read(struct sink *sink, bool log);
/* The text goes into the variable; what was not kept is told. */
void sink_finish(struct sink *sink);
void sink_release(struct sink *sink);
/* An object with both texts. */
void output_json(struct invocation *inv, const struct sink *output, const struct sink *errors);

/*
 * All of them as their bytes come, until their tasks have ended; each has its title written where it is
 * another's turn.  *stop (NULL: nothing) ends it: -EINTR.  0; -EREMOTE: reported; -EIO: standard output
 * failed; -errno, reported.
 */
int output_follow(struct sink *sinks, size_t count, const volatile sig_atomic_t *stop);

#endif
