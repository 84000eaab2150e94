/*
 * When the next commit may begin.
 *
 * A change that nobody waits for waits until STORE_PACE_MS after the last commit, so that others share its commit.  An
 * urgent one does not.  But where urgent changes follow one another without end, each commit would take along little.
 * So after STORE_STREAK of them, the next one waits for half of the time that the last one took, and at most
 * STORE_URGENT_PACE_US.  Who comes alone never waits.
 */
#ifndef KRTASK_STORE_PACE_H
#define KRTASK_STORE_PACE_H

#include <stdbool.h>
#include <stdint.h>

enum { STORE_STREAK = 4, STORE_URGENT_PACE_US = 2000 };

struct pace {
	unsigned pace_ms;           /* between two commits that nobody waits for */
	int64_t began, ended, took; /* microseconds: the last commit */
	unsigned streak;            /* urgent commits, each right after the one before */
};

/* The earliest time for the next commit, in microseconds. */
int64_t pace_next(const struct pace *pace, bool urgent);
/* A commit begins, and has ended. */
void pace_begin(struct pace *pace, bool urgent, int64_t now);
void pace_end(struct pace *pace, int64_t now);

#endif
