/*
 * Reports what went wrong, and what happened before.  A simulation runs in a child, so that a crash of the
 * core is a fault like any other.  A fault leaves its text where the parent reads it (main.c), and then ends
 * the child.
 */
#ifndef KRTASK_SIMULATE_REPORT_H
#define KRTASK_SIMULATE_REPORT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

/* What the parent and its child share. */
struct report {
	uint64_t seed;      /* of the episode that is running */
	uint64_t step;      /* of that episode */
	uint64_t steps;     /* of all episodes */
	uint64_t episodes;  /* episodes that have ended */
	char broken[256];   /* the condition that failed; "": none yet */
	char details[1024]; /* the values with which it failed */
};

extern struct report *report; /* set by main.c */
extern bool report_tells;     /* each step is printed */

/* An episode begins.  One that goes on for ever is broken, too. */
void report_begin(void);
_Noreturn void report_broken(const char *condition, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void report_line(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* States a condition that must hold, and the values to report if it does not.  abort() is for the linter. */
#define must(condition, ...)                                                                                 \
	do {                                                                                                 \
		if (!(condition)) {                                                                          \
			report_broken(#condition, __VA_ARGS__);                                              \
			abort();                                                                             \
		}                                                                                            \
	} while (0)

/* Prints a line about the step. */
#define tell(...)                                                                                            \
	do {                                                                                                 \
		if (report_tells)                                                                            \
			report_line(__VA_ARGS__);                                                            \
	} while (0)

#endif
