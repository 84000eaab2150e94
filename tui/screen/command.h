/*
 * Lines of the batch language that the user types, or that the screen makes: one at a time, in a process of
 * their own, and their output.
 *
 *     command_new()
 *     command_prompt(), command_run(), command_start()
 *     command_poll(), command_receive()      around poll(2)
 *     command_ask()                          when a question may come onto the screen
 *     command_free()
 */
#ifndef KRTASK_TUI_SCREEN_COMMAND_H
#define KRTASK_TUI_SCREEN_COMMAND_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>

struct app;
struct command;
struct view;

extern const struct view_class command_view_class; /* its output */

/* A line has ended; output, the first line of it, is malloc'ed and taken over. */
typedef void command_end(void *ctx, size_t tag, int status, char *output);

struct command *command_new(struct app *app);
void command_free(struct command *command);

/* Asks for a line, and runs it. */
void command_prompt(struct view *view);
void command_run(struct app *app, const char *line);
/* The same for one whose end is somebody's business.  False: it was not started, and the user was told. */
bool command_start(struct command *command, const char *line, command_end *end, void *ctx, size_t tag);
/* The line that is running, NULL: none is. */
const char *command_running(const struct command *command);
void command_interrupt(struct command *command);

void command_poll(const struct command *command, struct pollfd ready[2]);
void command_receive(struct command *command);
/* The question that is due comes onto the screen when there is no other. */
void command_ask(struct command *command);

#endif
