/*
 * When the next commit may begin.
 *
 * A change that nobody waits for waits until STORE_PACE_MS after the last commit, so that others share its commit.  An
 * urgent one does not.  But where urgent changes follow one another without end, each commit would take along little.
 * So after STORE_STREAK of them, the next one waits for half of the time that the last one took, and at most
 * STORE_URGENT_PACE_US.  Who comes alone never waits, and where nothing has come during the last STORE_VAIN waits, only
 * one of STORE_TRY waits: somebody does one thing after another, and nobody else does anything.
 */
#ifndef KRTASK_STORE_PACE_H
#define KRTASK_STORE_PACE_H

#include <stdbool.h>
#include <stdint.h>

enum { STORE_STREAK = 4, STORE_URGENT_PACE_US = 2000, STORE_VAIN = 2, STORE_TRY = 16 };

struct pace {
	unsigned pace_ms;           /* between two commits that nobody waits for */
	int64_t began, ended, took; /* microseconds: the last commit */
	unsigned streak;            /* urgent commits, each right after the one before */
	unsigned vain;              /* the latest waits of urgent ones, during which nothing came */
};

/* The earliest time for the next commit, in microseconds. */
int64_t pace_next(const struct pace *pace, bool urgent);
/* There was a wait before a commit.  came: there are more changes now. */
void pace_waited(struct pace *pace, bool urgent, bool came);
/* A commit begins, and has ended. */
void pace_begin(struct pace *pace, bool urgent, int64_t now);
void pace_end(struct pace *pace, int64_t now);

#endif
