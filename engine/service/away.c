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
 * slices, and counted; then a worker reads the last line of each row that failed, and of the latest that did.
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
	uint64_t after;                  /* only later ends */
	uint64_t until;                  /* rows: only these ends */
	bool backwards;                  /* the latest of them, if there are more than rows */
	int64_t since;                   /* and only these, milliseconds since 1970 */
	size_t most;                     /* rows */
	uint64_t latest;                 /* end that there is */
	uint64_t last;                   /* number of the task that was looked at; 0: none yet */
	struct away_row *rows;           /* in order */
	size_t count, next;              /* next: whose error is to be read */
	size_t counts[TASK_STATE_COUNT]; /* of all that are later, rows or not */
	struct away_row failed;          /* the latest of those that failed; order 0: none has */
	bool left;                       /* there are more rows */
	bool working;
	int fd; /* the worker's: of the error output */
};

static void away_free(struct away *away)
{
	for (size_t i = 0; i < away->count; i++)
		free(away->rows[i].error);
	free(away->failed.error);
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

/* False: it was removed meanwhile. */
static bool away_write_row(const struct away *away, struct jsonw *w, const struct away_row *row)
{
	const struct engine *engine = away->service->engine;
	const struct task *task = away_task(away, row);
	if (!task)
		return false;
	jsonw_object(w);
	jsonw_key(w, "task");
	columns_record(w, engine, task, engine_now(engine));
	jsonw_key(w, "lastError");
	jsonw_string(w, row->error);
	jsonw_key(w, "cursor");
	jsonw_uint(w, row->order);
	jsonw_end_object(w);
	return true;
}

static void away_write_counts(const struct away *away, struct jsonw *w)
{
	jsonw_key(w, "counts");
	if (away->most == 0) { /* nothing was looked at */
		jsonw_null(w);
		return;
	}
	jsonw_object(w);
	for (size_t state = 0; state < TASK_STATE_COUNT; state++) {
		if (!task_state_terminal((enum task_state)state))
			continue;
		jsonw_key(w, task_state_name((enum task_state)state));
		jsonw_uint(w, away->counts[state]);
	}
	jsonw_end_object(w);
}

static void away_write_failed(const struct away *away, struct jsonw *w)
{
	jsonw_key(w, "failed");
	if (away->failed.order == 0 || !away_write_row(away, w, &away->failed))
		jsonw_null(w);
}

/* The cursor behind all rows, or behind all that there was. */
static uint64_t away_cursor(const struct away *away)
{
	if (away->until < away->latest)
		return away->until;
	if (!away->left || away->backwards)
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
		away_write_row(away, &w, &away->rows[i]);
	jsonw_end_array(&w);
	away_write_counts(away, &w);
	away_write_failed(away, &w);
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

/* The row whose error is the next one; behind them all, the latest that failed. */
static struct away_row *away_next(struct away *away)
{
	return away->next < away->count ? &away->rows[away->next] : &away->failed;
}

static void away_work(struct pool_job *job)
{
	struct away *away = (struct away *)job;
	away_next(away)->error = content_last_line(away->fd);
	close(away->fd);
}

static void away_go_on(struct away *away)
{
	struct engine *engine = away->service->engine;
	for (; away->next <= away->count; away->next++) {
		const struct task *task = away_task(away, away_next(away));
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

static bool away_is_news(const struct away *away, const struct task *task)
{
	uint64_t order = task->status.start_order;
	return task_state_terminal(task->status.state) && !task_is_hidden(task) && order > away->after &&
	       order <= away->latest && task->status.ended_at >= away->since;
}

static void away_count(struct away *away, const struct task *task)
{
	uint64_t order = task->status.start_order;
	away->counts[task->status.state]++;
	if (task->status.state == TASK_FAILED && order > away->failed.order)
		away->failed = (struct away_row){ .order = order, .number = task->number };
}

static bool away_wants(struct away *away, uint64_t order)
{
	if (order > away->until)
		return false;
	if (away->count < away->most)
		return true;
	away->left = true;
	return away->backwards ? order > away->rows[0].order : order < away->rows[away->count - 1].order;
}

/* In place of the last row, or of the first one, if there are as many as there may be. */
static void away_take(struct away *away, const struct task *task)
{
	uint64_t order = task->status.start_order;
	size_t at;
	if (away->backwards && away->count == away->most)
		memmove(away->rows, away->rows + 1, --away->count * sizeof(*away->rows));
	at = away->count < away->most ? away->count++ : away->count - 1;
	while (at > 0 && away->rows[at - 1].order > order) {
		away->rows[at] = away->rows[at - 1];
		at--;
	}
	away->rows[at] = (struct away_row){ .order = order, .number = task->number };
}

static void away_look(struct away *away, const struct task *task)
{
	if (!away_is_news(away, task))
		return;
	away_count(away, task);
	if (away_wants(away, task->status.start_order))
		away_take(away, task);
}

static bool away_slice(struct chore *chore)
{
	struct away *away = (struct away *)((char *)chore - offsetof(struct away, chore));
	const struct order *order = &engine_registry(away->service->engine)->order;
	struct task *task = order_at(order, order_rank_of(order, away->last + 1));
	for (unsigned i = 1; task; i++, task = order_next(order, task)) {
		away_look(away, task);
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
		most = args_count(&args, "rows", AWAY_ROWS_MAX, AWAY_ROWS_MAX),
		until = args_count(&args, "until", INT64_MAX, INT64_MAX);
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
	away->until = (uint64_t)until;
	away->backwards = args_has(&args, "until");
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
