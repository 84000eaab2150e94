#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/run/content.h"
#include "engine/run/pool.h"
#include "engine/run/turns.h"
#include "engine/service/columns.h"
#include "engine/service/service.h"

/*
 * Away and AwaySeen: what has ended since the user looked, in the order of the ends.  All tasks are looked at in
 * slices; then a worker reads the last line of each that failed.
 */

enum {
	AWAY_ROWS_MAX = 1000,
	AWAY_LOOK = 32,              /* tasks between two looks at the time */
	AWAY_SINCE_MAX = 1000000000, /* seconds: before that there was no krtask */
};

struct away_row {
	uint64_t order, number;
	char *error; /* owned; NULL: none, or not read yet */
};

struct away {
	struct pool_job job; /* first: away_work() and away_read() get it */
	struct chore chore;
	struct service *service; /* NULL: the call was closed while a worker had the job */
	struct wire_call *call;
	uint64_t after;        /* only later ends */
	int64_t since;         /* and only these, milliseconds since 1970 */
	size_t most;           /* rows */
	uint64_t latest;       /* end that there is */
	uint64_t last;         /* number of the task that was looked at; 0: none yet */
	struct away_row *rows; /* in order */
	size_t count, next;    /* next: whose error is to be read */
	bool left;             /* there are more */
	bool working;
	int fd; /* the worker's: of the error output */
};

static void away_free(struct away *away)
{
	for (size_t i = 0; i < away->count; i++)
		free(away->rows[i].error);
	free(away->rows);
	free(away);
}

static void away_closed(void *ctx)
{
	struct away *away = ctx;
	chores_drop(&away->service->chores, &away->chore);
	away->service = NULL;
	if (!away->working)
		away_free(away);
}

static struct task *away_task(const struct away *away, const struct away_row *row)
{
	return order_find(&engine_registry(away->service->engine)->order, row->number);
}

static void away_write_row(const struct away *away, struct jsonw *w, const struct away_row *row, int64_t now)
{
	const struct task *task = away_task(away, row);
	if (!task)
		return;
	jsonw_object(w);
	jsonw_key(w, "task");
	columns_record(w, away->service->engine, task, now);
	jsonw_key(w, "lastError");
	jsonw_string(w, row->error);
	jsonw_end_object(w);
}

/* The cursor behind all rows, or behind all that there was. */
static uint64_t away_cursor(const struct away *away)
{
	if (!away->left)
		return away->latest;
	return away->count > 0 ? away->rows[away->count - 1].order : away->after;
}

static void away_reply(struct away *away)
{
	struct jsonw w = JSONW_INIT;
	const struct engine *engine = away->service->engine;
	jsonw_object(&w);
	jsonw_key(&w, "news");
	jsonw_array(&w);
	for (size_t i = 0; i < away->count; i++)
		away_write_row(away, &w, &away->rows[i], engine_now(engine));
	jsonw_end_array(&w);
	jsonw_key(&w, "cursor");
	jsonw_uint(&w, away_cursor(away));
	jsonw_key(&w, "left");
	jsonw_bool(&w, away->left);
	jsonw_key(&w, "seen");
	jsonw_uint(&w, engine_seen(engine));
	jsonw_end_object(&w);
	wire_reply(away->call, &w, false);
	jsonw_release(&w);
	away_free(away);
}

/* The last line of what each of them wrote. */

static void away_work(struct pool_job *job)
{
	struct away *away = (struct away *)job;
	away->rows[away->next].error = content_last_line(away->fd);
	close(away->fd);
}

static void away_go_on(struct away *away)
{
	struct engine *engine = away->service->engine;
	for (; away->next < away->count; away->next++) {
		const struct task *task = away_task(away, &away->rows[away->next]);
		struct executor_output output = { .fd = -1 };
		if (!task || task->status.state != TASK_FAILED)
			continue;
		if (engine_output(engine, task, task_attempt(task),
		                  task_merge(task) ? EXECUTOR_STDOUT : EXECUTOR_STDERR, true, &output) ||
		    output.fd < 0)
			continue;
		away->fd = output.fd;
		away->working = true;
		pool_submit(engine_pool(engine), &away->job);
		return;
	}
	away_reply(away);
}

static void away_read(struct pool_job *job)
{
	struct away *away = (struct away *)job;
	away->working = false;
	if (!away->service) {
		away_free(away);
		return;
	}
	away->next++;
	away_go_on(away);
}

/* Which tasks they are. */

static bool away_wants(struct away *away, const struct task *task)
{
	uint64_t order = task->status.start_order;
	if (!task_state_terminal(task->status.state) || task_is_hidden(task) || order <= away->after ||
	    order > away->latest || task->status.ended_at < away->since)
		return false;
	if (away->count < away->most)
		return true;
	away->left = true;
	return away->most > 0 && order < away->rows[away->count - 1].order;
}

static void away_take(struct away *away, const struct task *task)
{
	uint64_t order = task->status.start_order;
	size_t at = away->count < away->most ? away->count++ : away->count - 1;
	while (at > 0 && away->rows[at - 1].order > order) {
		away->rows[at] = away->rows[at - 1];
		at--;
	}
	away->rows[at] = (struct away_row){ .order = order, .number = task->number };
}

static bool away_slice(struct chore *chore)
{
	struct away *away = (struct away *)((char *)chore - offsetof(struct away, chore));
	const struct order *order = &engine_registry(away->service->engine)->order;
	struct task *task = order_at(order, order_rank_of(order, away->last + 1));
	for (unsigned i = 1; task; i++, task = order_next(order, task)) {
		if (away_wants(away, task))
			away_take(away, task);
		away->last = task->number;
		if (i == CHORE_UNITS || (i % AWAY_LOOK == 0 && turns_late()))
			return true;
	}
	away_go_on(away);
	return false;
}

void service_away(void *ctx, struct wire_call *call, const json_t *parameters)
{
	struct service *service = ctx;
	struct args args = { .parameters = parameters };
	int64_t after = args_count(&args, "after", INT64_MAX, (int64_t)engine_seen(service->engine)),
		most = args_count(&args, "rows", AWAY_ROWS_MAX, AWAY_ROWS_MAX);
	double since = args_number(&args, "since", -1);
	if (args_has(&args, "since") && since < 0)
		args_fail(&args, "since");
	if (args_failed(&args, call, NULL))
		return;
	struct away *away = calloc(1, sizeof(*away));
	if (away)
		away->rows = calloc((size_t)most + 1, sizeof(*away->rows));
	if (!away || !away->rows) {
		free(away);
		fail_memory(call);
		return;
	}
	away->job = (struct pool_job){ .work = away_work, .done = away_read };
	away->chore.slice = away_slice;
	away->service = service;
	away->call = call;
	away->after = (uint64_t)after;
	away->since = since < 0 || since > AWAY_SINCE_MAX
	                      ? INT64_MIN
	                      : engine_now(service->engine) - (int64_t)(since * 1000);
	away->most = (size_t)most;
	away->latest = engine_latest(service->engine);
	wire_call_on_close(call, away_closed, away);
	if (most == 0)
		away_reply(away);
	else if (turns_late() || away_slice(&away->chore))
		chores_add(&service->chores, &away->chore);
}

void service_away_seen(void *ctx, struct wire_call *call, const json_t *parameters)
{
	static const char *const needs[] = { "cursor", NULL };
	struct service *service = ctx;
	struct args args = { .parameters = parameters };
	int64_t cursor = args_count(&args, "cursor", INT64_MAX, 0);
	if (args_failed(&args, call, needs))
		return;
	if (engine_set_seen(service->engine, (uint64_t)cursor)) {
		fail_memory(call);
		return;
	}
	wire_reply_tagged(call, NULL, false, engine_asked(service->engine));
	retention_changed(service);
}
