/*
 * The order of a queue beside a plain list, in one run: COUNT tasks enter it, then each is taken from its front while
 * another enters, then urgent ones pass all.  Prints a line for each: its name, then nanoseconds for each task, with
 * the order and with the list.  A list has no order: urgent ones enter it at the end, too.
 *
 *     queue COUNT
 */
#include "config.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <utlist.h>

#include "engine/core/ranking.h"

struct waiting {
	struct waiting *prev, *next;
};

static struct ranking ranking;
static struct rank *ranks;
static struct waiting *list, *waiting;
static size_t count;
static uint64_t starts;

static double seconds(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void fail(const char *what)
{
	fprintf(stderr, "queue: %s\n", what);
	exit(2);
}

static void order_enter(struct rank *rank, int32_t priority)
{
	starts++;
	*rank = (struct rank){ .priority = priority, .start = starts, .number = starts, .kind = RANK_OPEN };
	ranking_add(&ranking, rank);
}

static struct rank *order_take(void)
{
	struct rank *rank = ranking_first(&ranking, RANKING_READY);
	if (!rank)
		fail("nothing is left");
	ranking_remove(&ranking, rank);
	return rank;
}

static void order_fill(size_t i)
{
	order_enter(&ranks[i], 0);
}

static void order_turn(size_t i)
{
	(void)i;
	order_enter(order_take(), 0);
}

static void order_urgent(size_t i)
{
	struct rank *rank = ranking_last(&ranking, RANKING_ALL);
	(void)i;
	ranking_remove(&ranking, rank);
	order_enter(rank, 1);
	if (order_take() != rank)
		fail("an urgent one is not the first");
	order_enter(rank, 0);
}

static void list_fill(size_t i)
{
	DL_APPEND(list, &waiting[i]);
}

static void list_turn(size_t i)
{
	struct waiting *first = list;
	(void)i;
	DL_DELETE(list, first);
	DL_APPEND(list, first);
}

static void list_urgent(size_t i)
{
	list_turn(i);
	list_turn(i);
}

static double each(void (*function)(size_t i))
{
	double start = seconds();
	for (size_t i = 0; i < count; i++)
		function(i);
	return (seconds() - start) * 1e9 / (double)count;
}

int main(int argc, char **argv)
{
	static const struct {
		const char *what;
		void (*order)(size_t i), (*list)(size_t i);
	} steps[] = { { "enters", order_fill, list_fill },
		      { "is taken, another enters", order_turn, list_turn },
		      { "passes all and is taken", order_urgent, list_urgent } };
	count = argc == 2 ? strtoul(argv[1], NULL, 10) : 0;
	if (count == 0) {
		fputs("usage: queue COUNT\n", stderr);
		return 2;
	}
	ranks = calloc(count, sizeof(*ranks));
	waiting = calloc(count, sizeof(*waiting));
	if (!ranks || !waiting)
		fail("out of memory");
	for (size_t i = 0; i < sizeof(steps) / sizeof(*steps); i++) {
		double order = each(steps[i].order);
		printf("%.0f %.0f %s\n", order, each(steps[i].list), steps[i].what);
	}
	return 0;
}
