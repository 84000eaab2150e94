/*
 * A command line, and what the parser made of it.
 */
#ifndef KRTASK_TESTS_PARSED_LINE_H
#define KRTASK_TESTS_PARSED_LINE_H

#include "tui/cli/context.h"

extern struct context context;
extern struct invocation inv;
extern struct words words;
extern char *parse_error;

void setup(void);
void teardown(void);
/* Words are separated by blanks; "_" is the empty word. */
int parse(const char *line);
void parse_well(const char *line, const char *name);

#endif
