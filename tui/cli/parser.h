/*
 * Parses a command line.  parse.c has GNU syntax and what both syntaxes share; cmdlet.c has PowerShell
 * syntax.
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
	struct option_set first; /* a prefix is looked up in these first; empty: no difference is made */
	bool state_alone;        /* Get-KrTask -Id ID -State: without a value */
	bool block;              /* -ScriptBlock { code } */
	bool options_ended;      /* "--" came before the name of the command */
	char **error;
};

/* Takes over the error message, which is about the word at p->at.  Returns -EINVAL. */
int parser_fail(struct parser *p, char *error);
/*
 * An unknown or ambiguous name.  The format takes the length of the name, the name, and a list of possible
 * names.  Takes over the list.  Returns -EINVAL.
 */
int parser_fail_name(struct parser *p, const char *format, const char *name, int length, char *list)
	__attribute__((format(printf, 2, 0)));
/* No command has the name that is the word at p->at.  Returns -EINVAL. */
int parser_fail_command(struct parser *p, const char *word);
/* True if the text is what --state takes, and this option is allowed. */
bool parser_means_state(const struct parser *p, const char *text, size_t length);
/* The second words of "server" or "group", with commas, malloc'ed.  NULL: the word has none. */
char *parser_subcommands(const char *word);
/* option_apply(), whose error is about the word at p->at. */
int parser_apply(struct parser *p, enum option_id id, const struct word *value, bool cmdlet);
/* Parses "--name" or "--name=value" at p->at. */
int parser_long(struct parser *p);
/* Takes everything after the "--" at p->at as operands. */
void parser_rest(struct parser *p);

/* The word is the name of a parameter, and no value. */
bool binding_is_parameter(const struct word *word);
/* The parameter takes an array. */
bool binding_is_list(enum option_id id);
/* The word at p->at is the value of a parameter.  0, or -EINVAL if PowerShell would not bind it. */
int binding_check(struct parser *p, enum option_id id, const char *text);
/* -EINVAL if the word after a switch looks like a value for it.  A switch takes a value only after ":". */
int binding_check_loose(struct parser *p, enum option_id id);
/*
 * A positional value would be the server, since the id was given by name.  0, or -EINVAL if it is not a
 * server, but a second id.
 */
int binding_check_server(struct parser *p, const char *text);
/* Removes the braces of -ScriptBlock '{ echo hi }', which are not code.  In awk they are code, and stay. */
int binding_open_block(struct parser *p);
/* The last word of the value that begins at p->at: of "Running, Queued", or of several values of a variable. */
size_t binding_last(const struct parser *p);
/* Gathers the value of a list.  p->at becomes the last word of it. */
void binding_gather(struct parser *p, struct word *value);

/* Parses from the word after the name of the cmdlet to the end of the line. */
int cmdlet_parse(struct parser *p);
/* The parameter without which that cmdlet does nothing. */
const char *cmdlet_needs(const struct command *command);

#endif
