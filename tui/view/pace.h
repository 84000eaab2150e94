/*
 * How fast frames may follow each other.  A slow terminal takes many frames before a write blocks, and then shows
 * what is long past.  So a frame ends in a question (CSI 5 n), and the next one waits for the answer.  A terminal
 * that never answers is not asked any more.  Pure: times are milliseconds of a monotonic clock.
 *
 *     pace_init()
 *     pace_asks(), pace_sent()     for each frame: whether it ends in a question; it was sent
 *     pace_answered()              for each answer; or pace_lost()
 *     pace_ready()                 whether the next frame may be drawn; else pace_deadline() is when at the latest
 */
#ifndef KRTASK_TUI_VIEW_PACE_H
#define KRTASK_TUI_VIEW_PACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct pace {
	enum {
		PACE_UNKNOWN, /* no answer has come yet, but it is not too late */
		PACE_ANSWERS,
		PACE_SILENT,
	} kind;
	unsigned owed;    /* questions without an answer */
	size_t bytes;     /* that were sent since everything was answered */
	size_t first;     /* those before the first question of all */
	int64_t sent;     /* when the first of them was */
	int64_t patience; /* milliseconds after that in which the answers must come */
	int64_t slowness; /* milliseconds for 1,024 bytes, as measured */
};

void pace_init(struct pace *pace);
/* True if a frame should end in the question. */
bool pace_asks(const struct pace *pace);
/* So many bytes were sent, which ended in the question. */
void pace_sent(struct pace *pace, size_t bytes, int64_t now);
void pace_answered(struct pace *pace, int64_t now);
/* What was sent did not get there, so there will be no answer. */
void pace_lost(struct pace *pace);
/* Also gives up the terminal if it has not answered in time. */
bool pace_ready(struct pace *pace, int64_t now);
/* When it gives up; 0: no answer is awaited. */
int64_t pace_deadline(const struct pace *pace);

#endif
