/*
 * Ctrl-C while something is waited for: it ends the waiting, not the program.
 */
#ifndef KRTASK_TUI_CLI_INTERRUPT_H
#define KRTASK_TUI_CLI_INTERRUPT_H

#include <signal.h>
#include <stdbool.h>
#include <time.h>

/* SIGINT came since interrupt_catch(). */
extern volatile sig_atomic_t interrupt_came;

/* What was there before, and what wakes the program.  One at a time. */
struct interrupt {
	struct sigaction interrupt, alarm;
	bool catches, has_timer;
};

/*
 * From now on SIGINT sets interrupt_came.  A call that blocks returns with EINTR within 50 ms of it, even if it
 * was made after the signal came: who looks at interrupt_came before each such call misses none.  If SIGINT is
 * ignored, it stays so.
 */
void interrupt_catch(struct interrupt *before);
void interrupt_release(const struct interrupt *before);

#endif
