#include "tests/simulate/steps.h"

#include "engine/core/groups.h"
#include "tests/simulate/adoptions.h"
#include "tests/simulate/chance.h"
#include "tests/simulate/clock.h"
#include "tests/simulate/copies.h"
#include "tests/simulate/disk.h"
#include "tests/simulate/edits.h"
#include "tests/simulate/grouped.h"
#include "tests/simulate/hooked.h"
#include "tests/simulate/keys.h"
#include "tests/simulate/machine.h"
#include "tests/simulate/memory.h"
#include "tests/simulate/oracle.h"
#include "tests/simulate/overdue.h"
#include "tests/simulate/promises.h"
#include "tests/simulate/removals.h"
#include "tests/simulate/report.h"
#include "tests/simulate/rest.h"
#include "tests/simulate/runner.h"
#include "tests/simulate/server.h"
#include "tests/simulate/shares.h"
#include "tests/simulate/users.h"
#include "tests/unit/scarce.h"

enum { STEPS_YOUNG = 16 /* a server is young for so long */ };
enum { STEPS_ROUNDS = 500 }; /* all tasks must have ended after so many rounds */

/* What dies, and how likely that is. */
static const struct {
	const char *name;
	void (*dies)(void);
	unsigned weight;
} deaths[] = {
	{ "the server", machine_server_dies, 6 },
	{ "the anchor", machine_anchor_dies, 2 },
	{ "server and anchor", machine_both_die, 2 },
	{ "the machine", machine_reboot, 1 },
};
enum { DEATHS_WEIGHT = 11 };

static unsigned since_crash; /* steps */

/* Some changes in the store's queue can become durable before the crash. */
static void step_crash(void)
{
	unsigned draw = chance_draw(DEATHS_WEIGHT), which = 0;
	while (draw >= deaths[which].weight)
		draw -= deaths[which++].weight;
	disk_write(chance_draw(disk_waiting() + 1), false);
	tell("%s dies", deaths[which].name);
	since_crash = 0;
	server_end();
	disk_crash();
	runner_crash();
	deaths[which].dies();
	users_crash();
	promises_crash();
	server_start();
}

static void step_user(void)
{
	tell("a user acts");
	users_act();
}

static void step_disk(void)
{
	unsigned waiting = disk_waiting();
	unsigned count = chance_draw(3) ? waiting : chance_draw(waiting + 1);
	bool fail = chance_once_in(6);
	tell("the store writes %u of %u%s", count, waiting, fail ? ", and fails" : "");
	disk_write(count, fail);
}

static void step_news(void)
{
	if (!disk_has_news())
		return;
	tell("the store is heard");
	server_hear_disk();
}

static void step_executor(void)
{
	tell("the executor goes on");
	unsigned waiting = disk_waiting();
	runner_step(chance_draw(RUNNER_RUNS));
	/* What that means is not stored, while somebody reads it. */
	unsigned seldom = runner_is_preparing() ? 2 : 12;
	if (server_is_dead() || disk_waiting() <= waiting || !chance_once_in(seldom))
		return;
	if (chance_draw(2))
		removals_read();
	disk_write(0, true);
	server_hear_disk();
}

static void step_room(void)
{
	tell("there is other room");
	runner_set_room(chance_draw(8));
}

/* Time goes on, up to the next alarm or by a random amount, or somebody sets the clock. */
static void step_clock(void)
{
	int64_t left = server_delay() == INT64_MAX ? 0 : server_delay();
	if (chance_draw(2))
		clock_jump((int64_t)chance_draw(20000) - 10000);
	else if (chance_draw(2) && left > 0)
		machine_pass(left);
	else
		machine_pass(chance_draw(2000));
	tell("the clocks go on");
	server_ring();
}

/* What the loop does when it has nothing else to do. */
static void step_turn(void)
{
	tell("the loop turns");
	server_ring();
}

/* What waits is claimed, but for one that is held. */
static void step_before_scarce(void)
{
	tell("there is no room");
	runner_set_room(0);
	users_hold();
	if (!server_is_dead())
		rest_act();
}

static void step_scarce(void)
{
	bool scarce = !disk_scarce && chance_draw(6) == 0;
	if (scarce && chance_draw(2))
		step_before_scarce();
	if (server_is_dead())
		return;
	disk_scarce = scarce;
	tell("the disk is %s", disk_scarce ? "nearly full" : "not full");
	if (!disk_scarce || chance_draw(2))
		return;
	users_starve();
	if (!server_is_dead())
		rest_act();
}

static void step_rest(void)
{
	tell("nothing else happens");
	rest_act();
}

static void step_stranger(void)
{
	tell("somebody else is born, or dies");
	machine_stranger();
}

static const struct {
	void (*step)(void);
	unsigned weight;
} kinds[] = {
	{ step_user, 30 }, { step_disk, 12 },  { step_news, 12 },    { step_executor, 34 },
	{ step_room, 4 },  { step_clock, 8 },  { step_stranger, 3 }, { step_crash, 1 },
	{ step_turn, 8 },  { step_scarce, 2 }, { step_rest, 2 },
};
enum { KINDS_WEIGHT = 116, KIND_CRASH = 7 };

static void steps_check(void)
{
	runner_look();
	oracle_check();
	removals_look();
	grouped_check();
	edits_check();
	copies_check();
	adoptions_check();
	keys_check();
}

/* The next server can be killed while it still finds out what there is. */
static unsigned steps_choose(void)
{
	unsigned draw = chance_draw(KINDS_WEIGHT), which = 0;
	if (since_crash++ < STEPS_YOUNG && chance_draw(STEPS_YOUNG) == 0)
		return KIND_CRASH;
	if (runner_is_behind() && chance_draw(6) == 0)
		return KIND_CRASH;
	while (draw >= kinds[which].weight)
		draw -= kinds[which++].weight;
	return which;
}

/* During the step memory can run out, or the server can be killed. */
static void steps_do(uint64_t word)
{
	chance_begin(word);
	/* What failed in an earlier step excuses nothing in this one. */
	scarce_after(-1);
	unsigned which = steps_choose();
	if (chance_once_in(12))
		scarce_after(chance_draw(10));
	else if (chance_once_in(40))
		server_dies_after(1 + (int)chance_draw(6));
	kinds[which].step();
	if (scarce_end())
		overdue_trouble();
	if (server_is_dead())
		step_crash();
	server_dies_after(-1);
	steps_check();
}

static bool steps_are_quiet(void)
{
	return disk_waiting() == 0 && !disk_has_news() && core_runs(&server_core) == 0 &&
	       groups_waiting(&server_core) == 0 && server_delay() == INT64_MAX;
}

static void steps_go_on(void)
{
	for (int round = 0; round < STEPS_ROUNDS && !steps_are_quiet(); round++) {
		users_end_waiting();
		disk_write(disk_waiting(), false);
		if (disk_has_news())
			server_hear_disk();
		for (unsigned i = 0; i < RUNNER_RUNS; i++)
			runner_step(chance_draw(RUNNER_RUNS));
		if (server_delay() != INT64_MAX && server_delay() > 0)
			machine_pass(server_delay());
		server_ring();
		steps_check();
	}
}

/* Runs what was started to its end, with all the resources that it needs.  Then some of it is removed. */
static void steps_settle(void)
{
	chance_calm = true;
	disk_scarce = false;
	chance_begin(1);
	runner_have_room();
	removals_end_reading();
	steps_go_on();
	oracle_check_over();
	hooked_remember();
	users_remove_some();
	steps_go_on();
	oracle_check_over();
	hooked_check_over();
}

void steps_run(const uint64_t *words, size_t count)
{
	report_begin();
	/* An episode is the same alone as after others. */
	chance_calm = false;
	since_crash = STEPS_YOUNG;
	scarce_after(-1);
	chance_begin(0);
	server_generation = 0;
	clock_reset();
	machine_reset();
	oracle_reset();
	overdue_reset();
	memory_reset();
	disk_reset();
	runner_reset();
	shares_reset();
	users_crash();
	promises_reset();
	server_start();
	for (size_t i = 0; i < count; i++) {
		report->step = i;
		steps_do(words[i]);
		report->steps++;
	}
	report->step = count;
	steps_settle();
	server_end();
}
