/*
 * The tree of parents and children.
 */
#ifndef KRTASK_TUI_SCREEN_TREE_VIEW_H
#define KRTASK_TUI_SCREEN_TREE_VIEW_H

struct view;

/* Opens it above the table. */
void tree_view_open(struct view *view);

#endif
