/*
 * watch: prints the table again and again.
 *
 * Of several servers each has a process that asks it as often, and stays connected.  It passes on, a line each: replies, each with
 * a NUL behind it; a status after "!", if there are none; and what it has to say, of which only the first line of an outage is
 * told.  A table is of those that answer.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "tui/cli/commands.h"
#include "tui/cli/context.h"
#include "tui/cli/report.h"
#include "tui/cli/several.h"
#include "tui/cli/show.h"
#include "tui/text/alloc.h"
#include "tui/text/text.h"

/* Seconds between two tables, as with watch(1). */
static const double watch_least = 0.1;

enum {
	WATCH_QUIET_MS = 1000, /* the first table is printed without those that say nothing so long */
	WATCH_OLD_MS = 5000,   /* rows are shown so long after they should have come anew */
};

struct watched {
	const char *label;
	const struct words *ids;
	struct text rows;
	int64_t heard; /* its rows came then, or that there are none; 0: nothing came */
	int status;
	bool told; /* what is wrong */
};

struct watch {
	struct invocation *inv;
	struct watched *list;
	size_t count, size;
	int64_t delay, due; /* milliseconds between tables; time of the next one */
	int64_t news;       /* one of them was heard for the first time then */
	int64_t printed;    /* tables */
};

static double watch_delay(const struct invocation *inv)
{
	return inv->args.delay < watch_least ? watch_least : inv->args.delay;
}

static void watch_pause(const struct invocation *inv)
{
	double delay = watch_delay(inv);
	struct timespec pause = { (time_t)delay, (long)((delay - (double)(time_t)delay) * 1e9) };

	nanosleep(&pause, NULL);
}

/* True if there are to be no more after so many tables. */
static bool watch_is_enough(const struct invocation *inv, int64_t printed)
{
	return arguments_given(&inv->args, OPT_COUNT) && printed >= inv->args.count;
}

static void watch_print(struct invocation *inv, struct show *show)
{
	time_t now = time(NULL);
	struct tm local;
	char clock[16];

	if (!report_is_json(inv)) {
		localtime_r(&now, &local);
		strftime(clock, sizeof(clock), "%H:%M:%S", &local);
		if (!inv->args.quiet)
			printf("krtask - %s, %lld %s\n", clock, (long long)show->total,
			       text_plural(show->total, "task", "tasks"));
		table_print(&show->table, stdout);
	}
	context_flush(inv->context);
}

static bool watch_is_connected(const struct invocation *inv)
{
	return inv->connection && inv->connection->client;
}

/* In the process of one of several servers, which ends with the one that began it. */
static void watch_pass(struct invocation *inv)
{
	dup2(STDOUT_FILENO, STDERR_FILENO);
	while (inv->status != EXIT_USAGE && !inv->context->output_failed) {
		struct show show = { .inv = inv, .passes = true };

		inv->status = 0;
		if (watch_is_connected(inv) || invocation_connect(inv)) {
			show_fields(&show);
			show_list(&show);
		}
		several_connected(inv); /* or not: others may try */
		if (inv->status && inv->connection)
			connection_end(inv->connection);
		if (inv->status)
			printf("!%d", inv->status);
		putchar('\n');
		context_flush(inv->context);
		watch_pause(inv);
	}
}

static bool watch_shows(const struct watch *watch, const struct watched *server, int64_t now)
{
	return server->heard && !server->status && !server->told &&
	       now - server->heard <= watch->delay + WATCH_OLD_MS;
}

static void watch_say(struct watch *watch, struct watched *server, const char *line, size_t length)
{
	if (server->told)
		return;
	server->told = true;
	context_flush(watch->inv->context);
	fprintf(stderr, "%.*s\n", (int)length, line);
}

/* A line that the process of a server has passed on. */
static void watch_take_line(struct watch *watch, struct watched *server, const char *line, size_t length)
{
	bool rows = length > 0 && *line == '{', none = length > 0 && *line == '!';

	if (!rows && !none) {
		watch_say(watch, server, line, length);
		return;
	}
	text_release(&server->rows);
	server->rows = (struct text)TEXT_INIT;
	server->status = none ? (int)strtol(line + 1, NULL, 10) : 0;
	server->told &= none;
	if (!server->heard)
		watch->news = connection_clock();
	server->heard = connection_clock();
	if (rows)
		text_add(&server->rows, line, length);
}

static struct watched *watch_server(struct watch *watch, const struct several_part *part)
{
	watch->list = alloc_room(watch->list, &watch->size, part->index + 1, sizeof(*watch->list));
	while (watch->count <= part->index)
		watch->list[watch->count++] = (struct watched){ .rows = TEXT_INIT };
	watch->list[part->index].label = part->label;
	watch->list[part->index].ids = part->ids;
	return &watch->list[part->index];
}

static void watch_take(void *ctx, const struct several_part *part, const char *bytes, size_t length)
{
	struct watch *watch = ctx;
	struct watched *server = watch_server(watch, part);
	const char *end;

	for (; length > 0 && (end = memchr(bytes, '\n', length));
	     length -= (size_t)(end + 1 - bytes), bytes = end + 1)
		watch_take_line(watch, server, bytes, (size_t)(end - bytes));
}

/* Of those that answer; if none does, none. */
static void watch_table(struct watch *watch, int64_t now)
{
	struct invocation *inv = watch->inv;
	struct show show;
	bool any = false;

	show_begin(inv, &show);
	for (size_t i = 0; i < watch->count; i++) {
		struct watched *server = &watch->list[i];
		struct several_part part = { .index = i, .label = server->label, .ids = server->ids };

		if (!watch_shows(watch, server, now))
			continue;
		if (!any && watch->printed > 0 && !report_is_json(inv))
			putchar('\n');
		any = true;
		show_take(&show, &part, server->rows.data, server->rows.length);
	}
	if (any)
		watch_print(inv, &show);
	table_release(&show.table);
	watch->printed++;
}

static bool watch_is_last(const struct watch *watch)
{
	return watch_is_enough(watch->inv, watch->printed + 1);
}

/* The first table waits a little for all of them, and the last until something is known of each. */
static int watch_wait(const struct watch *watch, size_t servers, int64_t now)
{
	int64_t until = watch->due, quiet = watch->news + WATCH_QUIET_MS;
	size_t heard = 0;

	for (size_t i = 0; i < watch->count; i++)
		heard += watch->list[i].heard > 0;
	if (heard < servers && watch_is_last(watch))
		return WATCH_QUIET_MS;
	if (heard < servers && watch->printed == 0 && until < quiet)
		until = quiet;
	return until > now ? (int)(until - now) : 0;
}

static int watch_turn(void *ctx, size_t servers)
{
	struct watch *watch = ctx;
	int64_t now = connection_clock();
	int wait = watch_wait(watch, servers, now);

	if (watch->inv->status || watch->inv->context->output_failed ||
	    watch_is_enough(watch->inv, watch->printed))
		return -1;
	if (wait > 0)
		return wait;
	watch_table(watch, now);
	watch->due = now + watch->delay;
	return watch_is_enough(watch->inv, watch->printed) ? -1 : (int)watch->delay;
}

static void watch_several(struct invocation *inv)
{
	struct watch watch = { .inv = inv,
		               .delay = (int64_t)(watch_delay(inv) * 1000),
		               .news = connection_clock() };
	const struct several_how how = {
		.run = watch_pass, .take = watch_take, .turn = watch_turn, .ctx = &watch, .lines = true
	};

	several_run(inv, &how);
	for (size_t i = 0; i < watch.count; i++) {
		int status = watch.list[i].status ? watch.list[i].status
		             : watch.list[i].told ? EXIT_NO_SERVER
		                                  : 0;

		inv->status = inv->status < status ? status : inv->status;
		text_release(&watch.list[i].rows);
	}
	free(watch.list);
}

static void watch_one(struct invocation *inv)
{
	for (int64_t i = 0; !watch_is_enough(inv, i) && !inv->status && !ferror(stdout); i++) {
		struct show show;

		if (i > 0) {
			watch_pause(inv);
			if (!report_is_json(inv))
				putchar('\n');
		}
		show_begin(inv, &show);
		show_list(&show);
		if (inv->status != EXIT_NO_SERVER)
			watch_print(inv, &show);
		table_release(&show.table);
	}
}

void watch_run(struct invocation *inv)
{
	if (several_given(inv))
		watch_several(inv);
	else if (invocation_connect(inv))
		watch_one(inv);
}
