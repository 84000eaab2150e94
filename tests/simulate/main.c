/*
 * A simulation of everything around the core, with one thread and one seed.  Its parts, in this order:
 *
 *     chance    random numbers, from a word for each step
 *     clock     the time
 *     disk      the store: refused, late, lost and failed commits
 *     machine   processes, pids, zombies, the ledger
 *     runner    the executor
 *     wishes    the tasks that somebody wants
 *     plans     when the tasks are to run
 *     causes    what a change must say: words, times, what was used
 *     promises  what was asked about them, and the answers
 *     removals  who removes tasks, and who reads them meanwhile
 *     grouped   groups, and what must be true of them
 *     edits     what waits is changed
 *     copies    tasks are made again, with those that were not run because of them
 *     adoptions that goes on in slices
 *     cancels   all that was started is cancelled
 *     sweeps    all that runs is paused or resumed
 *     settings  what holds for all tasks, and what users have seen
 *     creations users ask for new tasks
 *     targets   tasks in states that are seldom, which users choose more often
 *     users     the requests
 *     hooked    what must be true of hooks
 *     keys      what must be true of keys that only one task may have
 *     overdue   what must be true of time limits
 *     shares    slots and devices that are in use
 *     lines     who waits, in which order, and who is next
 *     whys      why a task does not run yet
 *     memory    the core has in memory what it has put
 *     oracle    what must always be true
 *     server    the core, killed and started again
 *     rest      what must be true while all is quiet
 *     steps     an episode
 *     shrink    a failing episode, made short
 *
 *     simulate [SECONDS [SEED]]     (or SIMULATE_SECONDS, SIMULATE_SEED)
 *
 * Without SEED, half of the time goes to seeds from 1 on, and half to seeds from a random one on.  With
 * SIMULATE_EPISODES it takes so many episodes, and as long as they need.  An episode that fails is shown step by step.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/simulate/chance.h"
#include "tests/simulate/report.h"
#include "tests/simulate/shrink.h"
#include "tests/simulate/steps.h"

enum { SIMULATE_SECONDS = 4, SHRINK_SECONDS = 30 };

static double simulate_now(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void simulate_words(uint64_t seed, uint64_t *words)
{
	for (uint64_t i = 0; i < STEPS_MAX; i++)
		words[i] = chance_word(seed, i);
}

static uint64_t simulate_most; /* episodes; 0: the time says when to end */

static void simulate_episodes(uint64_t seed, double end)
{
	uint64_t words[STEPS_MAX];
	do {
		report->seed = seed;
		simulate_words(seed++, words);
		steps_run(words, STEPS_MAX);
		report->episodes++;
	} while (simulate_most ? report->episodes < simulate_most : simulate_now() < end);
}

/* Returns true if nothing was broken. */
static bool simulate_in_child(uint64_t seed, double end)
{
	int status = 0;
	*report->broken = '\0';
	fflush(stdout);
	pid_t child = fork();
	if (child == 0) {
		simulate_episodes(seed, end);
		exit(0);
	}
	if (child < 0 || waitpid(child, &status, 0) != child)
		abort();
	if (status != 0 && !*report->broken)
		snprintf(report->broken, sizeof(report->broken), "the core crashes, status %d", status);
	return status == 0;
}

static void simulate_show(void)
{
	uint64_t words[STEPS_MAX], seed = report->seed;
	size_t count = report->step < STEPS_MAX ? report->step + 1 : STEPS_MAX;
	printf("# seed %llu, step %llu: %s: %s\n", (unsigned long long)seed, (unsigned long long)report->step,
	       report->broken, report->details);
	/* A caller like tests/mutate only asks whether it fails, so the rest is not needed. */
	if (getenv("STOP_AT_FAILURE"))
		return;
	simulate_words(seed, words);
	count = shrink_words(words, count, SHRINK_SECONDS);
	printf("# the same in %zu steps:\n", count);
	if (!shrink_try(words, count, true))
		printf("# (not broken when it is shown)\n");
	printf("# again: SIMULATE_SECONDS=1 SIMULATE_SEED=%llu tests/simulate/simulate\n",
	       (unsigned long long)seed);
}

static bool simulate_from(int point, uint64_t seed, double seconds)
{
	double begin = simulate_now();
	report->steps = report->episodes = 0;
	bool good = simulate_in_child(seed, begin + seconds);
	double took = simulate_now() - begin;
	printf("# %llu steps in %llu episodes from seed %llu, %.0f steps a minute\n",
	       (unsigned long long)report->steps, (unsigned long long)report->episodes,
	       (unsigned long long)seed, (double)report->steps / took * 60);
	if (!good)
		simulate_show();
	printf("%s %d - from seed %llu\n", good ? "ok" : "not ok", point, (unsigned long long)seed);
	return good;
}

static const char *simulate_setting(int argc, char **argv, int at, const char *variable)
{
	return argc > at ? argv[at] : getenv(variable);
}

int main(int argc, char **argv)
{
	static char buffer[BUFSIZ];
	const char *seconds_text = simulate_setting(argc, argv, 1, "SIMULATE_SECONDS");
	const char *seed_text = simulate_setting(argc, argv, 2, "SIMULATE_SEED");
	const char *episodes_text = getenv("SIMULATE_EPISODES");
	simulate_most = episodes_text ? strtoull(episodes_text, NULL, 10) : 0;
	double seconds = seconds_text && *seconds_text ? strtod(seconds_text, NULL) : SIMULATE_SECONDS;
	uint32_t fresh = 2;
	/*
	 * With a fixed buffer, printing allocates nothing.  So an episode is the same when its steps are
	 * printed.
	 */
	setvbuf(stdout, buffer, _IOFBF, sizeof(buffer));
	setrlimit(RLIMIT_CORE, &(struct rlimit){ 0, 0 });
	report = mmap(NULL, sizeof(*report), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (report == MAP_FAILED || getrandom(&fresh, sizeof(fresh), 0) != sizeof(fresh))
		return 2;
	if (seed_text && *seed_text) {
		printf("1..1\n");
		return !simulate_from(1, strtoull(seed_text, NULL, 10), seconds);
	}
	printf("1..2\n");
	bool good = simulate_from(1, 1, seconds / 2);
	good = simulate_from(2, fresh, seconds / 2) && good;
	return !good;
}
