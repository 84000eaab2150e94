/*
 * Searches and filters the table.  The server chooses the tasks, and sorts them.
 */
#ifndef KRTASK_TUI_SCREEN_FIND_H
#define KRTASK_TUI_SCREEN_FIND_H

struct app;
struct view;

/* These ask for a text. */
void find_prompt_search(struct view *view);
/* The next match, or the one before. */
void find_next(struct view *view);
void find_previous(struct view *view);
void find_prompt_filter(struct view *view);
/* Shows only the tasks of a filter (engine/task/filter.h); "": all that the counts show. */
void find_filter(struct app *app, const char *text);
/* Shows all tasks again. */
void find_all(struct app *app);

#endif
