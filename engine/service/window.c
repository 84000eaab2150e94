#include "config.h"

#include <errno.h>
#include <event2/event.h>
#include <event2/event_struct.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utlist.h>

#include "engine/run/follow.h"
#include "engine/run/output.h"
#include "engine/service/tree.h"
#include "engine/service/window.h"

enum {
	INTERVAL_MS = 100, /* between two replies of one window */
	PAUSE_FACTOR = 4,  /* so many times as long as a look at the tasks takes, there is none */
	PAUSE_MAX_MS = 10000,
	WINDOW_ROWS_MAX = 2000, /* rows that a window may have */
	WATCHES_MAX = 400,      /* output files that one window watches */
};

/* A row as it was sent last. */
struct told {
	uint64_t number;
	uint32_t version, depth;
	bool last, parent, folded;
};

/* An output file of a running task. */
struct watch {
	struct watch *prev, *next;
	struct window *window;
	uint64_t number;
	enum executor_stream stream;
	struct follow_watch *armed; /* NULL: it fired */
	bool wanted;
};

struct window {
	struct window *prev, *next;
	struct service *service;
	struct wire_call *call;
	struct query query;
	int64_t id, sequence;
	struct told *told;
	size_t told_count, told_total;
	struct selecting *selecting; /* NULL: the rows are not being selected */
	int64_t began;               /* when that was */
	int64_t pause;               /* until the next look, at least */
	bool anew;                   /* all rows are due */
	bool dirty;                  /* something may have changed */
	bool again;                  /* and while the rows were being selected, too */
	int64_t last;                /* when the last reply was made */
	uint64_t counts[TASK_STATE_COUNT];
	unsigned slots;
	uint64_t groups; /* what groups_hash() was */
	struct watch *watches;
	size_t watch_count;
	struct event timer;
};

static void window_update(struct window *window);

bool windows_show_tree(const struct service *service)
{
	const struct window *window;
	DL_FOREACH(service->windows, window)
	{
		if (window->query.tree)
			return true;
	}
	return false;
}

static void drop_watch(struct window *window, struct watch *watch)
{
	DL_DELETE(window->watches, watch);
	window->watch_count--;
	if (watch->armed)
		follow_disarm(engine_follow(window->service->engine), watch->armed);
	free(watch);
}

static void window_free(void *ctx)
{
	struct window *window = ctx;
	struct watch *watch, *next;
	DL_FOREACH_SAFE(window->watches, watch, next)
	drop_watch(window, watch);
	event_del(&window->timer);
	select_stop(window->selecting);
	DL_DELETE(window->service->windows, window);
	if (!windows_show_tree(window->service))
		tree_release(window->service->tree);
	query_release(&window->query);
	free(window->told);
	free(window);
}

static void schedule_update(struct window *window)
{
	window->again = window->selecting != NULL;
	if (window->dirty || window->selecting)
		return;
	int64_t wait = window->last + window->pause - engine_now(window->service->engine);
	window->dirty = true;
	if (wait < 0 || wait > window->pause)
		wait = 0;
	struct timeval timeout = { .tv_sec = wait / 1000, .tv_usec = wait % 1000 * 1000 };
	event_add(&window->timer, &timeout);
}

/* Changes are many more than updates. */
void windows_changed(struct service *service)
{
	struct window *window;
	if (service->windows_know)
		return;
	DL_FOREACH(service->windows, window)
	schedule_update(window);
	service->windows_know = true;
}

static void output_grew(void *ctx)
{
	struct watch *watch = ctx;
	watch->armed = NULL;
	schedule_update(watch->window);
}

static struct watch *find_watch(const struct window *window, uint64_t number, enum executor_stream stream)
{
	struct watch *watch;
	DL_FOREACH(window->watches, watch)
	{
		if (watch->number == number && watch->stream == stream)
			return watch;
	}
	return NULL;
}

static void watch_output(struct window *window, const struct task *task, enum executor_stream stream)
{
	struct watch *watch = find_watch(window, task->number, stream);
	if (!watch) {
		watch = window->watch_count < WATCHES_MAX ? calloc(1, sizeof(*watch)) : NULL;
		if (!watch)
			return;
		watch->window = window;
		watch->number = task->number;
		watch->stream = stream;
		DL_APPEND(window->watches, watch);
		window->watch_count++;
	}
	watch->wanted = true;
	if (watch->armed)
		return;
	struct engine *engine = window->service->engine;
	struct executor_output output;
	if (engine_output(engine, task, task_attempt(task), stream, false, &output) ||
	    follow_arm(engine_follow(engine), output.path, output_grew, watch, &watch->armed))
		watch->armed = NULL;
}

/* The watches are armed before the rows are read, so that nothing is missed in between. */
static void watch_outputs(struct window *window, const struct selection *selection)
{
	struct watch *watch, *next;
	DL_FOREACH(window->watches, watch)
	watch->wanted = false;
	for (size_t i = 0; i < selection->count; i++) {
		const struct task *task = selection->rows[i].task;
		if (!task || !engine_has_begun(task))
			continue;
		watch_output(window, task, EXECUTOR_STDOUT);
		if (!task_merge(task))
			watch_output(window, task, EXECUTOR_STDERR);
	}
	DL_FOREACH_SAFE(window->watches, watch, next)
	{
		if (!watch->wanted)
			drop_watch(window, watch);
	}
}

/* The reasons of a task, and its children, can change although the task does not. */
static uint32_t window_version(const struct window *window, const struct task *task)
{
	bool asked = window->query.reasons && task_state_shown(task->status.state) == TASK_QUEUED;
	uint32_t children = window->query.children ? task_children(task) * 31 + task_children_ended(task) : 0;
	return task->version ^ (asked ? why_hash(window->service->engine, task) : 0) ^ children * 2654435761U;
}

static bool row_changed(const struct window *window, const struct selection *selection, size_t i)
{
	const struct row *row = &selection->rows[i];
	const struct told *told = &window->told[i];
	return i >= window->told_count || told->number != row->number || told->depth != row->depth ||
	       told->last != row->last || told->parent != row->parent || told->folded != row->folded ||
	       (row->task && told->version != window_version(window, row->task));
}

static bool anything_changed(const struct window *window, const struct selection *selection)
{
	const struct engine *engine = window->service->engine;
	if (window->anew || selection->total != window->told_total ||
	    selection->count != window->told_count || window->slots != engine_slots(engine) ||
	    window->groups != groups_hash(window->service) ||
	    memcmp(window->counts, engine_registry(engine)->counts, sizeof(window->counts)) != 0)
		return true;
	for (size_t i = 0; i < selection->count; i++) {
		if (row_changed(window, selection, i))
			return true;
	}
	return false;
}

static void write_rows(const struct window *window, struct jsonw *w, const struct selection *selection,
                       int64_t now)
{
	jsonw_key(w, "rows");
	jsonw_array(w);
	for (size_t i = 0; i < selection->count; i++)
		query_write_row(&window->query, w, &selection->rows[i], now);
	jsonw_end_array(w);
}

static void write_changes(const struct window *window, struct jsonw *w, const struct selection *selection,
                          int64_t now)
{
	jsonw_key(w, "changes");
	jsonw_array(w);
	for (size_t i = 0; i < selection->count; i++) {
		if (!row_changed(window, selection, i))
			continue;
		jsonw_object(w);
		jsonw_key(w, "index");
		jsonw_uint(w, i);
		jsonw_key(w, "row");
		query_write_row(&window->query, w, &selection->rows[i], now);
		jsonw_end_object(w);
	}
	jsonw_end_array(w);
}

static int window_remember(struct window *window, const struct selection *selection)
{
	struct told *told = realloc(window->told, (selection->count + 1) * sizeof(*told));
	if (!told)
		return -ENOMEM;
	window->told = told;
	for (size_t i = 0; i < selection->count; i++) {
		const struct row *row = &selection->rows[i];
		told[i] = (struct told){ row->number, row->task ? window_version(window, row->task) : 0,
			                 row->depth,  row->last,
			                 row->parent, row->folded };
	}
	const struct engine *engine = window->service->engine;
	window->told_count = selection->count;
	window->told_total = selection->total;
	window->slots = engine_slots(engine);
	window->groups = groups_hash(window->service);
	memcpy(window->counts, engine_registry(engine)->counts, sizeof(window->counts));
	return 0;
}

static void window_tell(struct window *window, const struct selection *selection)
{
	struct jsonw w = JSONW_INIT;
	int64_t now = engine_now(window->service->engine);
	list_begin_reply(&w, &window->query, selection);
	jsonw_key(&w, "window");
	jsonw_int(&w, window->id);
	jsonw_key(&w, "sequence");
	jsonw_int(&w, ++window->sequence);
	jsonw_key(&w, "status");
	show_status(&w, window->service);
	if (window->anew)
		write_rows(window, &w, selection, now);
	else
		write_changes(window, &w, selection, now);
	jsonw_end_object(&w);
	window->anew = window_remember(window, selection) != 0;
	window->last = now;
	if (!wire_reply(window->call, &w, true))
		window_free(window);
	jsonw_release(&w);
}

static void window_drained(void *ctx)
{
	window_update(ctx);
}

/* What takes long to look at is looked at less often. */
static void window_set_pause(struct window *window)
{
	int64_t took = engine_now(window->service->engine) - window->began;
	window->pause = took * PAUSE_FACTOR > INTERVAL_MS ? took * PAUSE_FACTOR : INTERVAL_MS;
	if (window->pause > PAUSE_MAX_MS)
		window->pause = PAUSE_MAX_MS;
}

static void window_selected(void *ctx, struct selection *selection, int error)
{
	struct window *window = ctx;
	bool again = window->again;
	window->again = false;
	window_set_pause(window);
	if (error) {
		schedule_update(window);
		return;
	}
	watch_outputs(window, selection);
	list_refresh(window->service, selection);
	bool changed = anything_changed(window, selection);
	if (again)
		schedule_update(window);
	if (changed)
		window_tell(window, selection); /* which may be its end */
	free(selection->rows);
}

static void window_update(struct window *window)
{
	window->dirty = false;
	window->service->windows_know = false;
	event_del(&window->timer);
	if (window->selecting)
		return;
	/* A reader that is behind gets the latest when it has caught up, and nothing in between. */
	if (wire_call_unsent(window->call) > 0) {
		wire_call_on_drained(window->call, window_drained, window);
		return;
	}
	window->began = engine_now(window->service->engine);
	select_start(window->service, &window->query, window_selected, window, &window->selecting);
}

static void timer_fired(evutil_socket_t fd, short what, void *ctx)
{
	(void)fd, (void)what;
	window_update(ctx);
}

static void set_part(struct window *window, size_t offset, size_t rows)
{
	window->query.offset = offset;
	window->query.rows = rows < WINDOW_ROWS_MAX ? rows : WINDOW_ROWS_MAX;
	window->anew = true;
}

void window_open(struct service *service, struct wire_call *call, struct query *query)
{
	struct window *window = calloc(1, sizeof(*window));
	if (!window) {
		query_release(query);
		fail_memory(call);
		return;
	}
	window->service = service;
	window->call = call;
	window->query = *query;
	window->id = ++service->last_window;
	window->pause = INTERVAL_MS;
	set_part(window, query->offset, query->rows);
	event_assign(&window->timer, service->options.base, -1, 0, timer_fired, window);
	DL_APPEND(service->windows, window);
	wire_call_on_close(call, window_free, window);
	window_update(window);
}

static void window_fail(struct wire_call *call, int64_t id)
{
	struct jsonw w = JSONW_INIT;
	jsonw_object(&w);
	jsonw_key(&w, "window");
	jsonw_int(&w, id);
	jsonw_end_object(&w);
	wire_error(call, "WindowNotFound", &w);
	jsonw_release(&w);
}

/* NULL: there is none, and the call is answered. */
static struct window *window_asked_for(const struct service *service, struct wire_call *call, int64_t id)
{
	struct window *window;
	DL_FOREACH(service->windows, window)
	{
		if (window->id == id)
			return window;
	}
	window_fail(call, id);
	return NULL;
}

void service_scroll(void *ctx, struct wire_call *call, const json_t *parameters)
{
	static const char *const needs[] = { "window", "offset", "rows", NULL };
	struct service *service = ctx;
	struct args args = { .parameters = parameters };
	int64_t id = args_count(&args, "window", INT64_MAX, 0),
		offset = args_count(&args, "offset", INT64_MAX, 0),
		rows = args_count(&args, "rows", INT64_MAX, 0);
	if (args_failed(&args, call, needs))
		return;
	struct window *window = window_asked_for(service, call, id);
	if (!window)
		return;
	select_stop(window->selecting);
	set_part(window, (size_t)offset, (size_t)rows);
	wire_reply(call, NULL, false);
	window_update(window);
}

/* The caller of the window is told that there is nothing more. */
static void window_end(struct window *window)
{
	const struct selection told = { .total = window->told_total, .count = window->told_count };
	struct jsonw w = JSONW_INIT;
	list_begin_reply(&w, &window->query, &told);
	jsonw_end_object(&w);
	wire_reply(window->call, &w, false);
	jsonw_release(&w);
	window_free(window);
}

void service_list_end(void *ctx, struct wire_call *call, const json_t *parameters)
{
	static const char *const needs[] = { "window", NULL };
	struct args args = { .parameters = parameters };
	int64_t id = args_count(&args, "window", INT64_MAX, 0);
	if (args_failed(&args, call, needs))
		return;
	struct window *window = window_asked_for(ctx, call, id);
	if (!window)
		return;
	window_end(window);
	wire_reply(call, NULL, false);
}
