#include "config.h"

#include "engine/run/turns.h"
#include "engine/service/seeking.h"

enum { SEEK_LOOK = 32 /* tasks between two looks at the time */ };

static struct row seeking_row(const struct seeking *seeking, struct task *task)
{
	return (struct row){ .task = task, .key = rows_key(&seeking->order, task) };
}

void seeking_init(struct seeking *seeking, struct service *service, const struct query *query,
                  struct task *from, const char *text, bool backwards)
{
	*seeking = (struct seeking){
		.service = service,
		.query = query,
		.text = text,
		.order = { .ordering = query->sort ? query->sort->ordering : NULL,
		           .reverse = query->reverse != backwards,
		           .now = engine_now(service->engine),
		           .seen = engine_seen(service->engine) },
	};
	engine_begin_reading(service->engine, &seeking->reader);
	if (from)
		seeking->from = seeking_row(seeking, from);
	if (!text) {
		seeking->found = seeking->from;
		seeking->counts = true;
	}
}

void seeking_release(struct seeking *seeking)
{
	engine_end_reading(seeking->service->engine, &seeking->reader);
	matcher_release(&seeking->matcher);
}

static void seeking_take_least(const struct seeking *seeking, struct row *least, const struct row *row)
{
	if (!least->task || rows_compare(row, least, &seeking->order) < 0)
		*least = *row;
}

/* A task of the list. */
static int seeking_look(struct seeking *seeking, struct task *task)
{
	struct row row;
	if (seeking->counts) {
		row = seeking_row(seeking, task);
		seeking->before += rows_compare(&row, &seeking->found, &seeking->order) < 0;
		seeking->after += rows_compare(&row, &seeking->found, &seeking->order) > 0;
		seeking->listed |= task == seeking->found.task;
		return 0;
	}
	int has = matcher_has(&seeking->matcher, task, seeking->text);
	if (has <= 0)
		return has;
	row = seeking_row(seeking, task);
	seeking_take_least(seeking, &seeking->first, &row);
	if (seeking->from.task && rows_compare(&row, &seeking->from, &seeking->order) > 0)
		seeking_take_least(seeking, &seeking->next, &row);
	return 0;
}

/* True if all tasks have been looked at, or one could not be. */
static bool seeking_pass(struct seeking *seeking, size_t *units)
{
	const struct order *order = &engine_registry(seeking->service->engine)->order;
	struct task *task = order_at(order, order_rank_of(order, seeking->last + 1));
	for (; task; task = order_next(order, task), --*units) {
		if (*units == 0 || (*units % SEEK_LOOK == 0 && turns_late()))
			return false;
		int takes = query_matches(&seeking->matcher, seeking->query, task);
		seeking->error = takes > 0 ? seeking_look(seeking, task) : takes;
		if (seeking->error)
			return true;
		seeking->last = task->number;
	}
	seeking->last = 0;
	return true;
}

/* A pass that finds a task, or one that counts what is before it. */
static void seeking_begin(struct seeking *seeking, struct task *found)
{
	const struct row none = { .task = NULL };
	seeking->next = seeking->first = none;
	seeking->found = found ? seeking_row(seeking, found) : none;
	seeking->counts = found != NULL;
	seeking->before = seeking->after = 0;
	seeking->listed = false;
}

/* The next pass, if there is one.  False: it is over. */
static bool seeking_begin_next(struct seeking *seeking)
{
	struct task *found = seeking->next.task ? seeking->next.task : seeking->first.task;
	if (seeking->counts && (seeking->listed || !seeking->text))
		return false;
	if (!seeking->counts && !found)
		return false;
	seeking_begin(seeking, found); /* if what was found has left the list, another one is looked for */
	return true;
}

bool seeking_go_on(struct seeking *seeking, size_t *units)
{
	while (seeking_pass(seeking, units)) {
		if (!seeking->error && seeking_begin_next(seeking))
			continue;
		bool turned = seeking->order.reverse != seeking->query->reverse;
		seeking->place = turned ? seeking->after : seeking->before;
		return true;
	}
	return false;
}
