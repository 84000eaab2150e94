/*
 * Other names of commands.  Some names from shells are accepted.  For names from other tools, a message names
 * our command.
 */
#ifndef KRTASK_TUI_CLI_SYNONYMS_H
#define KRTASK_TUI_CLI_SYNONYMS_H

#include "tui/cli/options.h"

/* "list" for "ls".  Any other word is returned unchanged. */
const char *synonym_resolve(const char *word);
/* The words, in their order; NULL: there are no more. */
const char *synonym_word(size_t at);
/* Sets the options that belong to a word such as "tail", unless they were given. */
void synonym_apply(struct arguments *arguments, const char *word);
/* "stop --kill" for "kill".  NULL: it is not a word of other tools, or we have nothing similar. */
const char *synonym_of_others(const char *word);

#endif
