/*
 * Searching and filtering the table.  Which tasks are shown, and in which order, is the server's work.
 */
#ifndef KRTASK_TUI_SCREEN_FIND_H
#define KRTASK_TUI_SCREEN_FIND_H

struct app;
struct view;

/* Ask for a text. */
void find_prompt_search(struct view *view);
void find_prompt_filter(struct view *view);
/* All tasks again. */
void find_all(struct app *app);

#endif
