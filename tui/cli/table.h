/*
 * A table as text.  Rows are collected, and printed when all widths are known.
 */
#ifndef KRTASK_TUI_CLI_TABLE_H
#define KRTASK_TUI_CLI_TABLE_H

#include <stdbool.h>
#include <stdio.h>

#include "tui/fields/field_list.h"
#include "tui/fields/fields.h"

struct table {
	struct field_list fields;
	struct text cells; /* row by row: how long each is, and its text */
	struct text scratch;
	size_t widths[FIELD_ROOM];
	unsigned values[FIELD_ROOM]; /* of a row, for each field */
	const char *server;          /* as in struct field_look; borrowed */
	size_t terminal;             /* columns of the terminal; 0: there is none, and no text is cut */
};

void table_init(struct table *table, const struct field_list *fields, size_t terminal, bool headings);
/* Adds a row of List, which was requested with fields_request(): fields_width() values. */
void table_add(struct table *table, const struct value *row);
/* It has neither headings nor rows. */
bool table_is_empty(const struct table *table);
/* 0 or -EIO. */
int table_print(const struct table *table, FILE *out);
void table_release(struct table *table);

/* The width of the terminal on the descriptor; 0: it is not a terminal. */
size_t table_terminal(int fd);
/* The text of a line of standard output: cut to the width of the terminal, if that is one.  malloc'ed. */
char *table_line(const char *text);
/* What is printed is shown by a screen with so many columns, whatever it goes through. */
void table_set_screen(size_t columns);

#endif
