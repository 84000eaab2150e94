/*
 * The tree of parents and children in the table.  Functions of a view are for keys of the table.
 */
#ifndef KRTASK_TUI_SCREEN_TABLE_TREE_H
#define KRTASK_TUI_SCREEN_TABLE_TREE_H

#include "tui/screen/table_view.h"

void table_tree_toggle(struct view *view);
void table_tree_fold(struct view *view);
void table_tree_unfold(struct view *view);
/* Folds the selected task or server, or unfolds it.  False: it has nothing under it. */
bool table_tree_change_row(struct view *view);
/* Folds all, or unfolds all. */
void table_tree_fold_all(struct view *view);
/* Folds the task, or goes to its parent. */
void table_tree_left(struct view *view);
/* Unfolds the task, or goes to its first child. */
void table_tree_right(struct view *view);

#endif
