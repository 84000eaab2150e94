#include "config.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/run/turns.h"
#include "engine/service/service.h"

/* In the order of a life; what is hidden outside counts as what it is shown as. */
static void show_counts(struct jsonw *w, const uint64_t counts[TASK_STATE_COUNT])
{
	static const enum task_state shown[] = { TASK_CREATED,  TASK_QUEUED,    TASK_RUNNING, TASK_PAUSED,
		                                 TASK_STOPPING, TASK_COMPLETED, TASK_FAILED,  TASK_STOPPED };
	uint64_t sums[TASK_STATE_COUNT] = { 0 };
	for (int state = 0; state < TASK_STATE_COUNT; state++)
		sums[task_state_shown((enum task_state)state)] += counts[state];
	jsonw_object(w);
	for (size_t i = 0; i < sizeof(shown) / sizeof(*shown); i++) {
		jsonw_key(w, task_state_name(shown[i]));
		jsonw_uint(w, sums[shown[i]]);
	}
	jsonw_end_object(w);
}

/* The socket where the server can be reached.  A logout may have removed the runtime directory. */
static const char *show_address(const struct service *service)
{
	const char *address = service->options.address, *path = strchr(address, ':');
	struct stat status;
	bool there = path && stat(path + 1, &status) == 0 && S_ISSOCK(status.st_mode);
	return there || !service->options.state_address ? address : service->options.state_address;
}

static void show_keep(struct jsonw *w, const struct keep *keep)
{
	const struct {
		const char *key;
		int64_t time;
	} times[] = { { "keep", keep->ended }, { "keepFailed", keep->failed } };
	for (size_t i = 0; i < sizeof(times) / sizeof(*times); i++) {
		jsonw_key(w, times[i].key);
		if (times[i].time > 0)
			jsonw_fixed3(w, times[i].time);
		else
			jsonw_null(w);
	}
	jsonw_key(w, "keepSize");
	if (keep->size > 0)
		jsonw_int(w, keep->size);
	else
		jsonw_null(w);
}

void show_status(struct jsonw *w, const struct service *service)
{
	const struct registry *registry = engine_registry(service->engine);
	unsigned slots = engine_slots(service->engine);
	jsonw_object(w);
	jsonw_key(w, "name");
	jsonw_string(w, service->options.name);
	jsonw_key(w, "address");
	jsonw_string(w, show_address(service));
	jsonw_key(w, "version");
	jsonw_string(w, PACKAGE_VERSION);
	jsonw_key(w, "pid");
	jsonw_int(w, getpid());
	jsonw_key(w, "anchorPid");
	jsonw_int(w, service->options.anchor);
	jsonw_key(w, "startedAt");
	jsonw_time(w, service->started_at);
	jsonw_key(w, "slots");
	if (slots)
		jsonw_uint(w, slots);
	else
		jsonw_null(w);
	jsonw_key(w, "used");
	jsonw_uint(w, engine_slots_used(service->engine));
	jsonw_key(w, "paused");
	jsonw_bool(w, engine_paused(service->engine));
	jsonw_key(w, "running");
	jsonw_uint(w, engine_running(service->engine));
	jsonw_key(w, "tasks");
	show_counts(w, registry->counts);
	show_keep(w, engine_keep(service->engine));
	jsonw_end_object(w);
}

void show_turns(struct jsonw *w)
{
	struct turns turns;
	turns_read(&turns);
	const struct {
		const char *key;
		uint64_t microseconds;
	} figures[] = { { "p50", turns.p50 }, { "p99", turns.p99 }, { "max", turns.max } };
	jsonw_object(w);
	for (size_t i = 0; i < sizeof(figures) / sizeof(*figures); i++) {
		jsonw_key(w, figures[i].key);
		jsonw_fixed3(w, (int64_t)figures[i].microseconds);
	}
	jsonw_end_object(w);
}
