/* What is common to tests that read output: a reader, and a server in memory that gives it what it wants. */
#ifndef KRTASK_TESTS_READING_H
#define KRTASK_TESTS_READING_H

#include "tui/view/reader.h"

enum { HEIGHT = 10, WIDTH = 40 };

extern struct reader reader;
extern char *output; /* all of it */
extern size_t length;
extern int64_t hole_from, hole_to; /* what was not kept */
extern int reads;                  /* replies of the server */
extern bool hunting;               /* the server looks for words */

void reading_setup(void);
void reading_teardown(void);

/* The reader gets what the server answers to a read from this offset. */
void serve(int64_t offset);

/* Turns and serves until the reader is content. */
void settle(void);
void settle_at(int width, int height);

/* The text of a row of the screen; NULL: there is none. */
const char *row(int number);

/* More output. */
void print(const char *text);
void print_lines(int from, int to);

#endif
