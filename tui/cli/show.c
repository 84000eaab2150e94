/*
 * get, list, show: show tasks.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tui/cli/commands.h"
#include "tui/cli/context.h"
#include "tui/cli/last_error.h"
#include "tui/cli/listing.h"
#include "tui/cli/report.h"
#include "tui/cli/selector.h"
#include "tui/cli/several.h"
#include "tui/cli/show.h"
#include "tui/text/alloc.h"
#include "tui/text/cells.h"
#include "tui/text/messages.h"

enum { DETAIL_WIDTH = 12 };

static int show_fail_column(struct invocation *inv, const char *name)
{
	char *known = field_names();

	invocation_blame(inv, name);
	/* Other programs sort so in the other order. */
	if (inv->args.sort == name && *name == '-' && field_find(name + 1))
		report_error(inv, EXIT_USAGE, MSG_COLUMN_REVERSED, name, name + 1);
	else
		report_error(inv, EXIT_USAGE, MSG_COLUMN_UNKNOWN, name, known);
	free(known);
	return EXIT_USAGE;
}

int get_check(struct invocation *inv)
{
	const struct arguments *args = &inv->args;
	struct field_list list = { .count = 0 };
	int result;

	if (args->sort && !field_find(args->sort))
		return show_fail_column(inv, args->sort);
	for (size_t i = 0; i < args->columns.count; i++) {
		result = args->columns.items[i].unknown ? 0 : fields_add(&list, args->columns.items[i].text);
		if (result == -EINVAL)
			return show_fail_column(inv, args->columns.items[i].text);
		if (result) {
			invocation_blame(inv, args->columns.items[i].text);
			report_error(inv, EXIT_USAGE, MSG_COLUMNS_TOO_MANY, args->columns.items[i].text,
			             FIELD_MAX);
			return EXIT_USAGE;
		}
	}
	return 0;
}

static void capture_id(struct show *show, const struct value *row)
{
	size_t length = 0;
	const char *id = value_string(row, &show->table.scratch, &length);
	char *copy;

	if (!id || show->fields.items[0] != field_find("id"))
		return;
	copy = alloc_format("%.*s", (int)length, id);
	report_value(show->inv, copy);
	free(copy);
}

/* A label and a text. */
static void print_detail(struct show *show, const char *label, const char *text)
{
	char *shown = cells_whole(text), *line = alloc_format("%-*s %s", DETAIL_WIDTH, label, shown);

	report_line(show->inv, line);
	free(line);
	free(shown);
}

static void print_last_error(struct show *show, const char *id)
{
	char *line;

	if (!show->beside)
		show->beside = connection_beside(show->inv->connection);
	line = last_error_tell(show->inv, show->beside, id);
	if (line)
		print_detail(show, MSG_LABEL_LAST_ERROR, line);
	free(line);
}

/* For people: a line for each field that has a text, and why it failed. */
static void print_details(struct show *show, const struct value *row)
{
	const struct field_look plain = { .server = show->inv->args.server };
	char *id = NULL;
	bool failed = false;

	for (size_t i = 0; i < show->fields.count; i++) {
		const struct field *field = show->fields.items[i];
		struct slice slice = field->text(row, &plain, &show->table.scratch);

		if (slice.length) {
			char *text = alloc_format("%.*s", (int)slice.length, slice.text);

			print_detail(show, field->label, text);
			failed |= strcmp(field->name, "state") == 0 && strcmp(text, "Failed") == 0;
			if (!id && strcmp(field->name, "id") == 0)
				id = text;
			else
				free(text);
		}
		row += field_width(field);
	}
	if (failed && id)
		print_last_error(show, id);
	free(id);
}

/* Several operands may mean this one: "7", "a:7". */
static void show_found(struct show *show, const char *id)
{
	const struct words *operands = &show->inv->args.operands;
	char *whole = alloc_format("%s:%s", show->host, id);

	for (size_t i = 0; i < operands->count; i++) {
		const char *text = operands->items[i].text;

		show->found[i] |= strcmp(text, id) == 0 || strcmp(text, whole) == 0;
	}
	free(whole);
}

/* count 0: there is no such task. */
static void show_row(struct show *show, const struct value *row, size_t count)
{
	struct invocation *inv = show->inv;
	const struct words *ids = &inv->args.operands;
	size_t at = show->row++;

	if (count == 0) {
		if (at < ids->count && !show->host)
			report_unknown(inv, EXIT_FALSE, ids->items[at].text);
		return;
	}
	if (show->found && show->ids->count > at)
		show_found(show, show->ids->items[at].text);
	if (show->host && ids->count == 0 && inv->args.limit >= 0 && (int64_t)show->shown >= inv->args.limit)
		return; /* of all servers together */
	show->shown++;
	if (show->details && !report_is_json(inv)) {
		if (show->shown > 1)
			report_line(inv, "");
		print_details(show, row);
		return;
	}
	if (inv->capture)
		capture_id(show, row);
	if (inv->silent)
		return;
	if (!report_is_json(inv)) {
		table_add(&show->table, row);
		return;
	}
	fields_json(&show->fields, row, show->host, inv->args.columns.count == 0 || show->host,
	            report_json(inv));
	report_json_end(inv);
}

/* The id with the server before it: "a:7".  malloc'ed, and put into the row.  NULL: the row has no id. */
static char *show_put_host(const struct show *show, struct value *row)
{
	char *json;

	for (size_t i = 0; i < show->fields.count; i++) {
		const struct field *field = show->fields.items[i];

		if (strcmp(field->name, "id") == 0 && row->length > 1) {
			json = alloc_format("\"%s:%.*s", show->host, (int)row->length - 1, row->json + 1);
			*row = (struct value){ .json = json, .length = strlen(json) };
			return json;
		}
		row += field_width(field);
	}
	return NULL;
}

/* Shows the rows of a reply.  0 or -EPROTO. */
static int show_reply(struct show *show, const char *json, size_t length)
{
	struct value came[FIELD_VALUES], row[FIELD_VALUES];
	size_t count;
	struct rows rows;
	int result = rows_begin(&rows, json, length);

	if (result)
		return result;
	if (show->passes) {
		show->row = 1;
		fwrite(json, 1, length, stdout);
		putchar('\0');
		return 0;
	}
	show->total = show->host ? show->total + (show->row == 0 ? rows.total : 0) : rows.total;
	while ((result = rows_next(&rows, came, show->wire.count, &count)) > 0) {
		fields_spread(&show->wire, came, count, row);
		char *id = show->host && count ? show_put_host(show, row) : NULL;

		show_row(show, row, count);
		free(id);
	}
	return result;
}

/* Receives all replies to a List in chunks.  0; -EREMOTE: reported; -EPIPE. */
static int receive_rows(struct show *show)
{
	struct client *client = show->inv->connection->client;
	bool more = true;

	while (more) {
		struct client_reply reply = { 0 };
		const char *json;
		size_t length;
		int result = client_receive_text(client, &reply, &json, &length, -1);

		if (result == -EINTR || result == -EAGAIN)
			continue;
		if (result)
			return result;
		more = reply.continues;
		if (!json) {
			report_reply_error(show->inv, &reply);
			client_reply_release(&reply);
			return -EREMOTE;
		}
		result = show_reply(show, json, length);
		if (result)
			return result;
	}
	return 0;
}

void show_list(struct show *show)
{
	struct invocation *inv = show->inv;
	int result;

	listing_put(&inv->request, &show->wire, inv);
	inv->method = "List";
	report_call(inv, inv->method, &inv->request);
	do {
		result = client_send(inv->connection->client, inv->method, &inv->request, CLIENT_MORE);
		if (!result)
			result = receive_rows(show);
	} while (result == -EPIPE && show->row == 0 && connection_again(inv->connection) == 0 &&
	         invocation_may_repeat(inv));
	if (result && result != -EREMOTE)
		report_error(
			inv, result == -ECONNREFUSED || result == -ETIMEDOUT ? EXIT_NO_SERVER : EXIT_FALSE,
			"%s",
			result == -EPROTO ? MSG_REPLY_UNEXPECTED : client_error(inv->connection->client));
}

static void choose_fields(struct show *show, bool json)
{
	const struct words *names = &show->inv->args.columns;

	if (names->count == 0 && json)
		fields_of_json(&show->fields);
	else if (names->count == 0)
		fields_default(&show->fields);
	for (size_t i = 0; i < names->count; i++)
		fields_add(&show->fields, names->items[i].text); /* get_check() has checked the name */
}

static bool show_is_quiet(const struct show *show)
{
	return show->inv->args.quiet && !report_is_json(show->inv);
}

void show_fields(struct show *show)
{
	choose_fields(show, report_is_json(show->inv));
	if (show->inv->silent || show_is_quiet(show))
		show->fields = (struct field_list){ .items = { field_find("id") }, .count = 1 };
	fields_plan(&show->fields, &show->wire);
}

static void show_begin_table(struct show *show, bool headings)
{
	bool quiet = show_is_quiet(show);

	table_init(&show->table, &show->fields, quiet ? 0 : table_terminal(STDOUT_FILENO),
	           headings && !quiet);
	show->table.server = show->inv->args.server;
}

void show_begin(struct invocation *inv, struct show *show)
{
	*show = (struct show){ .inv = inv };
	show_fields(show);
	show_begin_table(show, !inv->args.no_headers);
}

/* In the process of one of several servers: what the server says is passed on. */
static void show_pass(struct invocation *inv)
{
	struct show show = { .inv = inv, .passes = true };

	if (!invocation_connect(inv))
		return;
	show_fields(&show);
	show_list(&show);
}

void show_take(void *ctx, const struct several_part *part, const char *bytes, size_t length)
{
	struct show *show = ctx;
	const char *end;

	show->host = part->label;
	show->ids = part->ids;
	show->row = 0;
	for (; length > 0 && (end = memchr(bytes, '\0', length));
	     length -= (size_t)(end + 1 - bytes), bytes = end + 1) {
		if (show_reply(show, bytes, (size_t)(end - bytes)))
			report_error(show->inv, EXIT_FALSE, MSG_REPLY_UNEXPECTED);
	}
}

static void show_nowhere(void *ctx, size_t operand)
{
	struct show *show = ctx;

	show->found[operand] = true;
}

/* Those that are there are a table; the others are added to it without a heading. */
static void show_flush(void *ctx)
{
	struct show *show = ctx;
	struct invocation *inv = show->inv;

	if (inv->silent || report_is_json(inv) || (table_is_empty(&show->table) && show->headed))
		return;
	if (show->shown == 0 && inv->args.operands.count > 0)
		return;
	table_print(&show->table, stdout);
	table_release(&show->table);
	show_begin_table(show, false);
	show->headed = true;
}

static void show_several(struct invocation *inv, struct show *show)
{
	const struct words *ids = &inv->args.operands;
	const struct several_how how = {
		.run = show_pass,
		.take = show_take,
		.nowhere = show_nowhere,
		.flush = show_flush,
		.ctx = show,
	};

	show_begin(inv, show);
	show->found = alloc_zero(ids->count + 1, sizeof(*show->found));
	several_run(inv, &how);
	for (size_t i = 0; i < ids->count && inv->status != EXIT_USAGE; i++) {
		if (!show->found[i] && inv->status < EXIT_NO_SERVER)
			report_error(inv, EXIT_FALSE, MSG_TASK_NOT_FOUND, ids->items[i].text);
	}
	free(show->found);
}

void get_run(struct invocation *inv)
{
	struct show show;

	if (several_given(inv)) {
		show_several(inv, &show);
		table_release(&show.table);
		return;
	}
	if (!invocation_connect(inv))
		return;
	show_begin(inv, &show);
	show_list(&show);
	/* If none of the named tasks exists, no table is printed. */
	if (!inv->silent && !report_is_json(inv) && inv->status != EXIT_NO_SERVER &&
	    (show.shown > 0 || inv->args.operands.count == 0))
		table_print(&show.table, stdout);
	table_release(&show.table);
}

void show_run(struct invocation *inv)
{
	struct show show = { .inv = inv, .details = true };

	if (!selector_find(inv) || !invocation_connect(inv))
		return;
	if (report_is_json(inv))
		fields_of_json(&show.fields);
	else
		fields_of_details(&show.fields);
	fields_plan(&show.fields, &show.wire);
	table_init(&show.table, &show.fields, 0, false);
	show_list(&show);
	if (show.beside)
		connection_release(show.beside);
	table_release(&show.table);
}
