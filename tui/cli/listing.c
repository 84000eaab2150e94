/*
 * The parameters of List; and state, which asks for one column.
 */
#include "tui/cli/listing.h"

#include "tui/cli/commands.h"
#include "tui/cli/context.h"
#include "tui/cli/report.h"
#include "tui/cli/selector.h"

enum { CHUNK_ROWS = 1000 }; /* in chunks, the server and we work at the same time */

static void listing_put_ids(struct jsonw *w, const struct words *ids)
{
	if (ids->count == 0)
		return;
	jsonw_key(w, "ids");
	jsonw_array(w);
	for (size_t i = 0; i < ids->count; i++)
		jsonw_string(w, ids->items[i].text);
	jsonw_end_array(w);
}

void listing_put(struct jsonw *w, const struct field_wire *wire, const struct invocation *inv)
{
	const struct arguments *args = &inv->args;
	const struct field *sort = args->sort ? field_find(args->sort) : NULL;

	jsonw_clear(w);
	jsonw_object(w);
	jsonw_key(w, "columns");
	jsonw_array(w);
	fields_ask(wire, w);
	jsonw_end_array(w);
	listing_put_ids(w, &args->operands);
	if (args->operands.count == 0 || inv->cmdlet)
		selector_put(w, inv);
	if (sort) {
		jsonw_key(w, "sort");
		jsonw_string(w, sort->name);
	}
	if (args->hooks) {
		jsonw_key(w, "hooks");
		jsonw_bool(w, true);
	}
	if (args->reverse) {
		jsonw_key(w, "reverse");
		jsonw_bool(w, true);
	}
	if (args->limit >= 0) {
		jsonw_key(w, "rows");
		jsonw_int(w, args->limit);
	}
	jsonw_key(w, "compact");
	jsonw_bool(w, true);
	jsonw_key(w, "sparse");
	jsonw_bool(w, true);
	jsonw_key(w, "chunk");
	jsonw_int(w, CHUNK_ROWS);
	jsonw_end_object(w);
}

void state_send(struct invocation *inv)
{
	struct jsonw *w = &inv->request;

	jsonw_clear(w);
	jsonw_object(w);
	jsonw_key(w, "columns");
	jsonw_array(w);
	jsonw_string(w, "state");
	jsonw_end_array(w);
	listing_put_ids(w, &inv->args.operands);
	jsonw_key(w, "compact");
	jsonw_bool(w, true);
	jsonw_end_object(w);
	invocation_send(inv, "List", w, true);
}

static void state_report(struct invocation *inv, const char *id, const json_t *row)
{
	const char *state = json_string_value(json_array_get(row, 0));

	if (state)
		report_string(inv, id, "state", state);
	else
		report_unknown(inv, EXIT_FALSE, id);
}

void state_receive(struct invocation *inv, struct client_reply *reply)
{
	const json_t *rows = json_object_get(reply->parameters, "rows");
	const struct words *ids = &inv->args.operands;

	if (reply->error)
		report_reply_error(inv, reply);
	for (size_t i = 0; !reply->error && i < ids->count && !inv->halted; i++)
		state_report(inv, ids->items[i].text, json_array_get(rows, i));
}
