/*
 * What this process, its libraries and its children (ssh) write to standard error while the screen has the terminal:
 * it is caught, so that it can be shown on the message line.  If standard error is not a terminal, it is left alone.
 *
 *     errors_catch()      before the first of them could write
 *     errors_read()       when errors_fd() is readable
 *     errors_release()    prints the rest
 */
#ifndef KRTASK_TUI_SCREEN_ERRORS_H
#define KRTASK_TUI_SCREEN_ERRORS_H

void errors_catch(void);
/* Standard error is what it was; what was caught and not read goes there. Async-signal-safe. */
void errors_release(void);
/* For poll(2); -1: nothing is caught. */
int errors_fd(void);
/* The last line that was written.  NULL: there is none. free() it. */
char *errors_read(void);
/* For a new process: standard error is what it was. */
void errors_restore(void);

#endif
