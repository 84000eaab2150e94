#include "tests/simulate/settings.h"

#include <errno.h>

#include "engine/core/hooks.h"
#include "engine/core/keeping.h"
#include "engine/core/requests.h"
#include "engine/core/seen.h"
#include "tests/simulate/chance.h"
#include "tests/simulate/disk.h"
#include "tests/simulate/promises.h"
#include "tests/simulate/report.h"
#include "tests/simulate/server.h"

static void settings_check_answer(int error)
{
	if (!server_is_dead())
		must(error == 0 || error == -ENOMEM, "error %d", error);
}

static void settings_act_hook_limit(void)
{
	int64_t limit = 100 + (int64_t)chance_draw(5000);
	int error = hooks_set_limit(&server_core, limit);
	tell("    hooks may run for %lld ms: %d", (long long)limit, error);
	settings_check_answer(error);
}

static void settings_act_keep(void)
{
	const struct keep keep = { .ended = chance_draw(1000),
		                   .failed = chance_draw(1000),
		                   .size = chance_draw(9) };
	int error = keeping_set(&server_core, &keep);
	tell("    tasks are kept for %lld: %d", (long long)keep.ended, error);
	settings_check_answer(error);
}

static void settings_act_seen(void)
{
	uint32_t user = chance_draw(DISK_USERS);
	uint64_t last = disk_last_start(), cursor = last + chance_draw(4), before = disk_ahead.seen[user];
	int error = seen_set(&server_core, user, cursor);
	tell("    user %u has seen %llu: %d", user, (unsigned long long)cursor, error);
	settings_check_answer(error);
	if (!error && !server_is_dead())
		must(seen_cursor(&server_core, user) >= (last > before ? last : before),
		     "user %u has seen %llu, and less is kept", user, (unsigned long long)cursor);
}

void settings_act(void)
{
	unsigned which = chance_draw(4);
	if (which == 0)
		settings_act_hook_limit();
	else if (which == 1)
		settings_act_keep();
	else
		settings_act_seen();
}

void settings_slots(void)
{
	unsigned value = chance_draw(8);
	promises_try_slots(value);
	int error = requests_set_slots(&server_core, value);
	tell("    sets %u slots: %d", value, error);
	if (server_is_dead())
		return;
	if (error)
		promises_count_slots();
	else
		promises_ask((struct request){ .kind = REQUEST_SLOTS, .value = value }, server_core.asked);
}

void settings_check(void)
{
	const struct keep *keep = &server_core.keep, *put = &disk_ahead.keep;
	must(keep->ended == put->ended && keep->failed == put->failed && keep->size == put->size,
	     "tasks are kept for %lld, and %lld is put", (long long)keep->ended, (long long)put->ended);
	for (uint32_t user = 0; user < DISK_USERS; user++)
		must(seen_cursor(&server_core, user) == disk_ahead.seen[user],
		     "user %u has seen %llu, and %llu is put", user,
		     (unsigned long long)seen_cursor(&server_core, user),
		     (unsigned long long)disk_ahead.seen[user]);
	must(server_core.paused == disk_ahead.paused && server_core.sweep == disk_ahead.sweep,
	     "the server is paused, or not");
}
