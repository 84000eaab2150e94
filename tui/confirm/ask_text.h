/*
 * Asks the question of ShouldProcess in lines of text, on a terminal or a pipe.
 */
#ifndef KRTASK_TUI_CONFIRM_ASK_TEXT_H
#define KRTASK_TUI_CONFIRM_ASK_TEXT_H

#include <stdio.h>

#include "tui/confirm/confirm.h"

/*
 * Asks on `out`, and reads answers from the descriptor `in`, until there is a verdict: CONFIRM_DO or
 * CONFIRM_SKIP. -ENODATA if the input ends without an answer, or another -errno.  It reads one byte at a
 * time, so that what follows the answer remains for others.  Suspend runs a shell, on the terminal or else on
 * `in`, and asks again.
 */
int ask_text(struct confirm *confirm, enum confirm_operation operation, const char *target, int in,
             FILE *out);

enum inquiry { INQUIRY_YES, INQUIRY_YES_ALL, INQUIRY_HALT };

/*
 * Asks the question of -ErrorAction Inquire: whether to go on after this message.  If the input ends without
 * an answer, the answer is Halt.
 */
enum inquiry ask_inquiry(const char *message, int in, FILE *out);

#endif
