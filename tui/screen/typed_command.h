/*
 * Lines of the batch language that the user types, or that the screen makes: one at a time, in a process of
 * their own, and their output.
 *
 *     typed_command_new()
 *     typed_command_prompt(), typed_command_run(), typed_command_start()
 *     typed_command_poll(), typed_command_receive()      around poll(2)
 *     typed_command_ask()                          when a question may come onto the screen
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

extern const struct view_class typed_command_view_class; /* its output */

/* A line has ended; output, the first line of it, is malloc'ed and taken over. */
typedef void typed_command_end(void *ctx, size_t tag, int status, char *output);

struct typed_command *typed_command_new(struct app *app);
void typed_command_free(struct typed_command *command);

/* Asks for a line, and runs it. */
void typed_command_prompt(struct view *view);
void typed_command_run(struct app *app, const char *line);
/* The same for one whose end is somebody's business.  False: it was not started, and the user was told. */
bool typed_command_start(struct typed_command *command, const char *line, typed_command_end *end, void *ctx,
                         size_t tag);
/* The line that is running, NULL: none is. */
const char *typed_command_running(const struct typed_command *command);
void typed_command_interrupt(struct typed_command *command);

void typed_command_poll(const struct typed_command *command, struct pollfd ready[2]);
void typed_command_receive(struct typed_command *command);
/* The question that is due comes onto the screen when there is no other. */
void typed_command_ask(struct typed_command *command);

#endif
