/*
 * Other names of commands: those of a shell, which are taken, and those of other tools, which are answered with ours.
 */
#ifndef KRTASK_TUI_CLI_SYNONYMS_H
#define KRTASK_TUI_CLI_SYNONYMS_H

#include "tui/cli/options.h"

/* "list" for "ls"; any other word is itself. */
const char *synonym_resolve(const char *word);
/* The options that the word has beside its command, as of "tail", where they were not given. */
void synonym_apply(struct arguments *arguments, const char *word);
/* "stop --kill" for "kill"; NULL: it is no word of other tools, or ours has nothing like it. */
const char *synonym_of_others(const char *word);

#endif
