/*
 * The asker for terminals and pipes: the question of ShouldProcess as lines of text.
 */
#ifndef KRTASK_TUI_CONFIRM_ASK_TEXT_H
#define KRTASK_TUI_CONFIRM_ASK_TEXT_H

#include <stdio.h>

#include "tui/confirm/confirm.h"

/*
 * Asks on out and reads answers from the descriptor in (a byte at a time: what follows the answer stays there for others) until there is a
 * verdict: CONFIRM_DO or CONFIRM_SKIP, or -ENODATA where the input ended unanswered, or -errno.  Suspend runs a shell
 * on the terminal, or where there is none on in, and asks again.
 */
int ask_text(struct confirm *confirm, enum confirm_operation operation, const char *target, int in,
             FILE *out);

enum inquiry { INQUIRY_YES, INQUIRY_YES_ALL, INQUIRY_HALT };

/*
 * The question of -ErrorAction Inquire: whether to go on after this message.  Halt where the input ends unanswered.
 */
enum inquiry ask_inquiry(const char *message, int in, FILE *out);

#endif
