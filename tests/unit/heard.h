/*
 * A keyboard (tui/view/keyboard.h) that hears bytes, and its events as text.
 */
#ifndef KRTASK_TESTS_HEARD_H
#define KRTASK_TESTS_HEARD_H

#include <stddef.h>
#include <stdint.h>

#include "tui/view/keyboard.h"

/* Milliseconds after which an Esc is a key. */
enum { DELAY = 100 };

extern struct keyboard keyboard;
extern int64_t now;

void heard_setup(void);
void heard_teardown(void);

/* The bytes come now.  In between, no event may come. */
void hear_bytes(const char *bytes, size_t count);
void hear(const char *bytes);
void later(int milliseconds);
/* Returns all present events as text: a character as itself, any other event by its name. */
const char *events(void);
/* The bytes give the same events at once and when split at each place, and nothing is left. */
void expect_events(const char *bytes, const char *wanted);

#endif
