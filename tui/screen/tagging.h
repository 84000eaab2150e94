/*
 * Tags tasks of the table: the selected one, all that it shows, or those of them that a pattern matches.
 */
#ifndef KRTASK_TUI_SCREEN_TAGGING_H
#define KRTASK_TUI_SCREEN_TAGGING_H

struct view;

/* For keys of the table. */
void tagging_one(struct view *view);
void tagging_all(struct view *view);
void tagging_invert(struct view *view);
void tagging_none(struct view *view);
void tagging_prompt(struct view *view);

#endif
