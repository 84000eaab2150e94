/*
 * Words that are no options: as many as the command takes, none beside a selector, and none that was meant as an option.
 */
#ifndef KRTASK_TUI_CLI_OPERANDS_H
#define KRTASK_TUI_CLI_OPERANDS_H

struct parser;

/* Adds what comes through the pipeline.  0, or -EINVAL after parser_fail(). */
int operands_check(struct parser *p);

#endif
