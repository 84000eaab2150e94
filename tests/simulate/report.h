/*
 * What went wrong, and what happened before.  A fault ends the process, after the text of it has been left
 * where the parent reads it (main.c): a simulation runs in a child, so a crash of the core is a fault like
 * any other.
 */
#ifndef KRTASK_SIMULATE_REPORT_H
#define KRTASK_SIMULATE_REPORT_H

#include <stdbool.h>
#include <stdint.h>

/* What the child and its parent share. */
struct report {
	uint64_t seed;      /* of the episode that is running */
	uint64_t step;      /* of that episode */
	uint64_t steps;     /* of all episodes */
	uint64_t episodes;  /* that are over */
	char broken[256];   /* the condition that does not hold; "" until then */
	char details[1024]; /* with which values */
};

extern struct report *report; /* set by main.c */
extern bool report_tells;     /* each step is printed */

_Noreturn void report_broken(const char *condition, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void report_line(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* What must be so, and what is to be known if it is not. */
#define must(condition, ...)                                                                                 \
	do {                                                                                                 \
		if (!(condition))                                                                            \
			report_broken(#condition, __VA_ARGS__);                                              \
	} while (0)

/* A line of the story. */
#define tell(...)                                                                                            \
	do {                                                                                                 \
		if (report_tells)                                                                            \
			report_line(__VA_ARGS__);                                                            \
	} while (0)

#endif
