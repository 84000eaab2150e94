/*
 * Runs lines of the batch language that the user types, or that the screen makes, one at a time in a separate
 * process, and shows their output.
 *
 *     typed_command_new()
 *     typed_command_prompt(), typed_command_run(), typed_command_start()
 *     typed_command_poll(), typed_command_receive()      around poll(2)
 *     typed_command_ask()                                when a question can be shown
 *     typed_command_free()
 */
#ifndef KRTASK_TUI_SCREEN_TYPED_COMMAND_H
#define KRTASK_TUI_SCREEN_TYPED_COMMAND_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>

struct app;
struct typed_command;
struct view;

extern const struct view_class typed_command_view_class; /* shows the output */

/*
 * Called when a line has ended.  output, the first line that it has printed, or of its errors if it has failed, is malloc'ed and
 * taken over.
 */
typedef void typed_command_end(void *ctx, size_t tag, int status, char *output);

struct typed_command *typed_command_new(struct app *app);
void typed_command_free(struct typed_command *command);

/* Asks for a line, and runs it. */
void typed_command_prompt(struct view *view);
void typed_command_run(struct app *app, const char *line);
/*
 * The same for a form, and calls end when the line has ended, unless it was interrupted, which is said.  False: it was not
 * started, and the user was told.
 */
bool typed_command_start(struct typed_command *command, const char *line, typed_command_end *end, void *ctx,
                         size_t tag);
/* The line that is running; NULL: none. */
const char *typed_command_running(const struct typed_command *command);
/* True if it is that of a form, which creates a task. */
bool typed_command_creates(const struct typed_command *command);
void typed_command_interrupt(struct typed_command *command);

/* Fills in INTERPRETER_FDS entries. */
void typed_command_poll(const struct typed_command *command, struct pollfd *ready);
void typed_command_receive(struct typed_command *command);
/* Shows the question that is due, if there is no other. */
void typed_command_ask(struct typed_command *command);

#endif
