#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "engine/service/query.h"
#include "engine/service/window.h"

/*
 * List in one reply, or in chunks.  A chunk is written when the client has read the one before.  Tasks may be
 * removed meanwhile, so rows are looked up again by number.
 */

/* Progress is read from the output of at most REFRESH_MAX rows. */
enum { REFRESH_MAX = 200, UNSENT_MAX = 32 * 1024 };

struct listing {
	struct service *service;
	struct wire_call *call;
	struct query query;
	struct selection selection;
	size_t next, chunk;
	uint64_t removals; /* of the registry, when the rows were found */
};

void list_refresh(struct service *service, const struct selection *selection)
{
	for (size_t i = 0; i < selection->count && i < REFRESH_MAX; i++) {
		if (selection->rows[i].task)
			engine_refresh_progress(service->engine, selection->rows[i].task);
	}
}

void list_begin_reply(struct jsonw *w, const struct query *query, const struct selection *selection)
{
	jsonw_object(w);
	jsonw_key(w, "offset");
	jsonw_uint(w, query->offset);
	jsonw_key(w, "total");
	jsonw_uint(w, selection->total);
	jsonw_key(w, "length");
	jsonw_uint(w, selection->count);
}

static void listing_free(void *ctx)
{
	struct listing *listing = ctx;
	query_release(&listing->query);
	free(listing->selection.rows);
	free(listing);
}

static struct task *row_task(const struct listing *listing, const struct row *row)
{
	const struct registry *registry = engine_registry(listing->service->engine);
	if (!row->task || listing->removals == registry->removals)
		return row->task;
	return order_find(&registry->order, row->number);
}

static void write_chunk(struct listing *listing, struct jsonw *w)
{
	int64_t now = engine_now(listing->service->engine);
	size_t end = listing->next + listing->chunk;
	list_begin_reply(w, &listing->query, &listing->selection);
	jsonw_key(w, "rows");
	jsonw_array(w);
	size_t most = wire_call_more(listing->call) ? (size_t)UNSENT_MAX : (size_t)WIRE_FRAME_MAX;
	for (; listing->next < end && listing->next < listing->selection.count && w->length < most;
	     listing->next++) {
		struct row row = listing->selection.rows[listing->next];
		bool named = !row.task; /* the client named an id that was not found */
		row.task = row_task(listing, &row);
		if (row.task || named)
			query_write_row(&listing->query, w, &row, now);
	}
	jsonw_end_array(w);
	jsonw_end_object(w);
}

/* A reply is one frame.  Longer lists need `more` and `chunk`. */
static void list_fail_too_large(struct listing *listing)
{
	struct jsonw w = JSONW_INIT;
	jsonw_object(&w);
	jsonw_key(&w, "limit");
	jsonw_int(&w, WIRE_FRAME_MAX);
	jsonw_end_object(&w);
	wire_error(listing->call, "FrameTooLarge", &w);
	jsonw_release(&w);
	listing_free(listing);
}

static void go_on(void *ctx)
{
	struct listing *listing = ctx;
	struct jsonw w = JSONW_INIT;
	bool more = true;
	while (more && wire_call_unsent(listing->call) < UNSENT_MAX) {
		jsonw_clear(&w);
		write_chunk(listing, &w);
		more = listing->next < listing->selection.count;
		if (more && !wire_call_more(listing->call)) {
			jsonw_release(&w);
			list_fail_too_large(listing);
			return;
		}
		more = wire_reply(listing->call, &w, more);
	}
	jsonw_release(&w);
	if (more)
		wire_call_on_drained(listing->call, go_on, listing);
	else
		listing_free(listing);
}

void service_list(void *ctx, struct wire_call *call, const json_t *parameters)
{
	static const char *const needs[] = { "columns", NULL };
	struct service *service = ctx;
	struct args args = { .parameters = parameters };
	int64_t chunk = args_count(&args, "chunk", INT64_MAX / 2, 0);
	struct query query;
	if (args_failed(&args, call, NULL))
		return;
	if (!query_read(&query, call, parameters, needs))
		return;
	if (wire_call_more(call) && chunk == 0) {
		window_open(service, call, &query);
		return;
	}
	struct listing *listing = calloc(1, sizeof(*listing));
	if (!listing || query_select(&query, service, &listing->selection)) {
		query_release(&query);
		free(listing);
		fail_memory(call);
		return;
	}
	listing->service = service;
	listing->call = call;
	listing->query = query;
	listing->chunk = wire_call_more(call) ? (size_t)chunk : SIZE_MAX / 2;
	listing->removals = engine_registry(service->engine)->removals;
	list_refresh(service, &listing->selection);
	wire_call_on_close(call, listing_free, listing);
	go_on(listing);
}
