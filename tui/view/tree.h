/*
 * Tasks as a tree: each behind its parent, children in order of creation.  Pure.
 */
#ifndef KRTASK_TUI_VIEW_TREE_H
#define KRTASK_TUI_VIEW_TREE_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

/* The columns of List that it is made of, in this order; ended by NULL. */
enum tree_column { TREE_NUMBER, TREE_ID, TREE_PARENT, TREE_STATE, TREE_NAME };
extern const char *const tree_columns[];

struct tree_line {
	size_t row; /* index in rows */
	int depth;
};

struct tree {
	json_t *rows; /* a reference of its own */
	struct tree_line *lines;
	size_t count;
};

/* rows as List answers them, in order of creation.  A parent that is not among them counts for nothing. */
void tree_make(struct tree *tree, json_t *rows);
void tree_release(struct tree *tree);
/* "" where there is none. */
const char *tree_text(const struct tree *tree, size_t line, enum tree_column column);
uint64_t tree_number(const struct tree *tree, size_t line);
/* The line of the task; 0 where it is none. */
size_t tree_find(const struct tree *tree, uint64_t number);

#endif
