/*
 * Whether a line of a batch goes on in the next one.  Pure.
 */
#ifndef KRTASK_TUI_BATCH_CONTINUATION_H
#define KRTASK_TUI_BATCH_CONTINUATION_H

#include <stdbool.h>
#include <stddef.h>

/* length bytes of text: it ends in a backtick behind a blank, or a script block is open. */
bool continuation_follows(const char *text, size_t length);

#endif
