/*
 * A list of the screen against a small server: a list of task numbers, a window on it, and changes.
 */
#ifndef KRTASK_TESTS_SERVED_LIST_H
#define KRTASK_TESTS_SERVED_LIST_H

#include "tui/view/list.h"

enum { HEIGHT = 10, TASKS_MAX = 4096 };

extern struct list list;
extern struct list_server {
	int tasks[TASKS_MAX]; /* numbers, in order of creation */
	int count, next, ended;
	int64_t offset, rows, sequence;
	int sent[TASKS_MAX], sent_count; /* the window that the client knows */
	int scrolls;
} server;

void create(int count);
void drop(int position, int count);
/* It has ended, and is at another position now. */
void finish(int number, int to);
/* As the server writes it. */
json_t *row(int number);
int position_of(int number);
/* Sends what a server sends: all rows, or only rows that differ from those sent before. */
void answer(bool anew);
json_t *reply_of(bool anew);
void take_window(const struct jsonw *params);
/* Does what the screen's loop does: asks for missing rows until none is missing. */
void settle_list(void);
void begin(int tasks);
void teardown(void);
int selected(void);
void check_visible(void);

#endif
