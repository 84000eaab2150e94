#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "engine/run/turns.h"
#include "engine/service/select.h"
#include "engine/service/window.h"

/*
 * List in one reply, or in chunks.  A chunk is written when the client has read the one before.  Tasks may be
 * removed meanwhile, so rows are looked up again by number.
 */

/* Progress is read from output only for so many rows that somebody looks at. */
enum { REFRESH_MAX = 200, UNSENT_MAX = 32 * 1024, LIST_LOOK = 16 /* rows between two looks at the time */ };

struct listing {
	struct chore chore; /* first: writing one reply */
	struct service *service;
	struct wire_call *call;
	struct query query;
	struct selecting *selecting; /* NULL: the rows are there */
	struct selection selection;
	size_t next, chunk;
	struct jsonw w; /* the reply that is being written, if there is but one */
};

void list_refresh(struct service *service, const struct selection *selection)
{
	const struct registry *registry = engine_registry(service->engine);
	for (size_t i = 0; i < selection->count && i < REFRESH_MAX; i++) {
		struct task *task = row_task(registry, selection, &selection->rows[i]);
		if (task)
			engine_refresh_progress(service->engine, task);
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
	select_stop(listing->selecting);
	chores_drop(&listing->service->chores, &listing->chore);
	query_release(&listing->query);
	jsonw_release(&listing->w);
	free(listing->selection.rows);
	free(listing);
}

/* Writes rows until there are so many, the reply is so long, or the turn has been long enough. */
static void list_write_rows(struct listing *listing, struct jsonw *w, size_t end, size_t most)
{
	const struct registry *registry = engine_registry(listing->service->engine);
	const struct selection *selection = &listing->selection;
	int64_t now = engine_now(listing->service->engine);
	size_t from = listing->next;
	for (; listing->next < end && listing->next < selection->count && w->length < most; listing->next++) {
		struct row row = selection->rows[listing->next];
		bool named = !row.task; /* the client named an id that was not found */
		if (listing->next > from && listing->next % LIST_LOOK == 0 && turns_late())
			return;
		row.task = row_task(registry, selection, &row);
		if (row.task || named)
			query_write_row(&listing->query, w, &row, now);
	}
}

static void list_begin_rows(struct jsonw *w, const struct listing *listing)
{
	list_begin_reply(w, &listing->query, &listing->selection);
	jsonw_key(w, "rows");
	jsonw_array(w);
}

static void list_end_rows(struct jsonw *w)
{
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

/* All rows are one reply. */
static bool list_write_slice(struct chore *chore)
{
	struct listing *listing = (struct listing *)chore;
	struct jsonw *w = &listing->w;
	if (w->length == 0 && !w->failed)
		list_begin_rows(w, listing);
	list_write_rows(listing, w, listing->next + CHORE_UNITS / 10, WIRE_FRAME_MAX);
	bool whole = listing->next == listing->selection.count;
	if (!whole && !w->failed && w->length < WIRE_FRAME_MAX) {
		wire_call_hold(listing->call, w->size + listing->selection.count * sizeof(struct row));
		return true;
	}
	if (!whole && !w->failed) {
		list_fail_too_large(listing);
		return false;
	}
	list_end_rows(w);
	wire_reply(listing->call, w, false);
	listing_free(listing);
	return false;
}

/* Chunks: only so much is written as the reader takes. */
static void list_write_chunks(void *ctx)
{
	struct listing *listing = ctx;
	struct jsonw w = JSONW_INIT;
	bool more = true;
	while (more && wire_call_unsent(listing->call) < UNSENT_MAX) {
		jsonw_clear(&w);
		list_begin_rows(&w, listing);
		list_write_rows(listing, &w, listing->next + listing->chunk, UNSENT_MAX);
		list_end_rows(&w);
		more = wire_reply(listing->call, &w, listing->next < listing->selection.count);
	}
	jsonw_release(&w);
	if (more)
		wire_call_on_drained(listing->call, list_write_chunks, listing);
	else
		listing_free(listing);
}

static void list_take_rows(void *ctx, struct selection *selection, int error)
{
	struct listing *listing = ctx;
	if (error) {
		fail_memory(listing->call);
		listing_free(listing);
		return;
	}
	listing->selection = *selection;
	list_refresh(listing->service, selection);
	wire_call_hold(listing->call, selection->count * sizeof(struct row));
	if (wire_call_more(listing->call))
		list_write_chunks(listing);
	else if (turns_late() || list_write_slice(&listing->chore))
		chores_add(&listing->service->chores, &listing->chore);
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
	query.engine = service->engine;
	engine_look(service->engine);
	if (wire_call_more(call) && chunk == 0) {
		window_open(service, call, &query);
		return;
	}
	struct listing *listing = calloc(1, sizeof(*listing));
	if (!listing) {
		query_release(&query);
		fail_memory(call);
		return;
	}
	listing->chore.slice = list_write_slice;
	listing->service = service;
	listing->call = call;
	listing->query = query;
	listing->chunk = (size_t)chunk;
	wire_call_on_close(call, listing_free, listing);
	select_start(service, &listing->query, list_take_rows, listing, &listing->selecting);
}
