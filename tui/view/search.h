/*
 * The next task that a search finds: the rows of two answers to List, each row a number and an id.  Pure.
 */
#ifndef KRTASK_TUI_VIEW_SEARCH_H
#define KRTASK_TUI_VIEW_SEARCH_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

/* The index of the task in the rows, -1: it is not among them. */
int64_t search_position(const json_t *rows, uint64_t number);

/*
 * The index in order (what the table shows, as it is sorted) of the first task behind the selected one that is among
 * matches; round the end, so that the selected one itself comes last.  -1: there is none.
 */
int64_t search_next(const json_t *order, const json_t *matches, uint64_t selected);

uint64_t search_number(const json_t *rows, int64_t index);
const char *search_id(const json_t *rows, int64_t index);

#endif
