/*
 * Finds how fast a program says that it goes, and how long it will still take: "12.34MB/s", "1.2 MiB/s eta 0:35",
 * "[04:41<05:44, 6.26s/it]".  Pure, and safe for any bytes.
 */
#ifndef KRTASK_TUI_FIELDS_RATE_H
#define KRTASK_TUI_FIELDS_RATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Pieces of the text.  left_length 0: it does not say how long. */
struct rate {
	const char *speed, *left;
	size_t speed_length, left_length;
};

/* The first speed of the text, with a time that belongs to it.  False: there is none. */
bool rate_find(const char *text, size_t length, struct rate *rate);
/* Milliseconds that it still takes, as the text says, with or without a speed; -1: it does not say that. */
int64_t rate_left(const char *text, size_t length);

#endif
