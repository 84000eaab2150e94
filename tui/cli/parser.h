/*
 * A command line while it is read; parse.c has GNU's syntax and what both share, cmdlet.c PowerShell's.
 */
#ifndef KRTASK_TUI_CLI_PARSER_H
#define KRTASK_TUI_CLI_PARSER_H

#include "tui/cli/command.h"

struct parser {
	struct invocation *inv;
	const struct word *words;
	size_t count, at;
	size_t named; /* the word that names the command */
	size_t wrong; /* the word that an error is about */
	struct option_set allowed;
	struct option_set
		first; /* of these, what a prefix is looked for in first; empty: there is no such difference */
	bool state_alone;   /* Get-KrTask -Id ID -State: without a value */
	bool options_ended; /* "--" was seen before the command's name */
	char **error;
};

/* Takes over the error message, which is about the word at p->at.  Returns -EINVAL. */
int parser_fail(struct parser *p, char *error);
/* An unknown or ambiguous name: the format takes its length, the name and the list (taken over) of possible names.  -EINVAL. */
int parser_fail_name(struct parser *p, const char *format, const char *name, int length, char *list)
	__attribute__((format(printf, 2, 0)));
/* No command has that name, which is the word at p->at: -EINVAL. */
int parser_fail_command(struct parser *p, const char *word);
/* option_apply(), an error of which is about the word at p->at. */
int parser_apply(struct parser *p, enum option_id id, const struct word *value, bool cmdlet);
/* At "--name" or "--name=value". */
int parser_long(struct parser *p);
/* Everything behind the "--" at p->at is an operand. */
void parser_rest(struct parser *p);

/* The parameter takes an array. */
bool binding_is_list(enum option_id id);
/* The word at p->at is to be the value of the parameter: 0, or -EINVAL where PowerShell would not bind it. */
int binding_check(struct parser *p, enum option_id id, const char *text);
/* The word behind a switch is no value of it, much as it looks like one: -EINVAL. */
int binding_check_loose(struct parser *p, enum option_id id);
/* A value by position is to be the server while the id has its name: 0, or -EINVAL where it is no server but a second id. */
int binding_check_server(struct parser *p, const char *text);
/* -ScriptBlock '{ echo hi }' is the block, whose braces are none of its code; to awk they are. */
void binding_open_block(struct parser *p);
/* "Running, Queued" or several values of a variable: the value of a list with all that belongs to it, and p->at at the last word. */
void binding_gather(struct parser *p, struct word *value);

/* From behind the cmdlet's name to the end of the line. */
int cmdlet_parse(struct parser *p);

#endif
