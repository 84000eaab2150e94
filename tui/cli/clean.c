/*
 * clean: removes what has ended.  A family is removed as a whole or not at all.
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <uthash.h>

#include "engine/task/glob.h"
#include "engine/task/group.h"
#include "engine/task/state.h"
#include "tui/cli/commands.h"
#include "tui/cli/context.h"
#include "tui/cli/report.h"
#include "tui/cli/selector.h"
#include "tui/text/alloc.h"
#include "tui/text/messages.h"

enum { CLEAN_ROWS = 5000 };

/* A task, in order of creation: a parent comes before its children. */
struct clean_task {
	char *id;                /* owned */
	struct clean_task *root; /* of its family; itself if it has no parent */
	size_t family;           /* of a root: how many there are */
	bool stays;              /* of a root: one of them is not to be removed */
	UT_hash_handle hh;
};

struct cleaning {
	struct invocation *inv;
	struct clean_task *tasks; /* by id, in order */
	size_t kept;
	double before;   /* milliseconds since 1970: younger ones stay */
	json_int_t seen; /* the number of the latest end that the user has seen */
};

static const char *clean_text(const json_t *row, size_t at)
{
	const char *text = json_string_value(json_array_get(row, at));

	return text ? text : "";
}

/* As the selectors say.  Not what others wait for.  Failed ones that nobody has seen only if --state names Failed. */
static bool clean_wants(struct cleaning *cleaning, const json_t *row)
{
	const struct arguments *args = &cleaning->inv->args;
	const char *group = *clean_text(row, 4) ? clean_text(row, 4) : NULL;
	int state = task_state_parse(clean_text(row, 2));

	if (state < 0 || !task_state_terminal((enum task_state)state) ||
	    !selector_has_state(cleaning->inv, (enum task_state)state) ||
	    (args->group && !group_is_meant(group, args->group)) ||
	    (args->name && !glob_matches(args->name, clean_text(row, 3))) ||
	    json_number_value(json_array_get(row, 5)) > cleaning->before ||
	    json_is_true(json_array_get(row, 6)))
		return false;
	if (state != TASK_FAILED || selector_names_state(cleaning->inv, TASK_FAILED) ||
	    json_integer_value(json_array_get(row, 7)) <= cleaning->seen)
		return true;
	cleaning->kept++;
	return false;
}

static void clean_take(struct cleaning *cleaning, const json_t *row)
{
	struct clean_task *task = alloc_zero(1, sizeof(*task)), *parent = NULL;
	const char *above = clean_text(row, 1);

	task->id = alloc_string(clean_text(row, 0));
	HASH_FIND_STR(cleaning->tasks, above, parent);
	task->root = parent ? parent->root : task;
	task->root->family++;
	task->root->stays |= !clean_wants(cleaning, row);
	HASH_ADD_KEYPTR(hh, cleaning->tasks, task->id, strlen(task->id), task);
}

/* Rows from that one on: how many came; -1: reported. */
static int clean_ask(struct cleaning *cleaning, size_t offset)
{
	static const char *const columns[] = { "id",    "parentId", "state",   "name",
		                               "group", "endedMs",  "awaited", "endNumber" };
	struct jsonw *w = &cleaning->inv->request;
	struct client_reply reply = { 0 };
	const json_t *rows, *row;
	size_t i;
	int count;

	jsonw_clear(w);
	jsonw_object(w);
	jsonw_key(w, "columns");
	jsonw_array(w);
	for (size_t k = 0; k < sizeof(columns) / sizeof(*columns); k++)
		jsonw_string(w, columns[k]);
	jsonw_end_array(w);
	jsonw_key(w, "offset");
	jsonw_uint(w, offset);
	jsonw_key(w, "rows");
	jsonw_int(w, CLEAN_ROWS);
	jsonw_key(w, "compact");
	jsonw_bool(w, true);
	jsonw_end_object(w);
	if (!invocation_call(cleaning->inv, "List", w, true, &reply))
		return -1;
	rows = json_object_get(reply.parameters, "rows");
	count = (int)json_array_size(rows);
	json_array_foreach(rows, i, row)
	{
		clean_take(cleaning, row);
	}
	client_reply_release(&reply);
	return count;
}

static void clean_report(struct invocation *inv, size_t removed, size_t kept)
{
	char *line, *away;

	if (report_is_json(inv)) {
		struct jsonw *w = report_json(inv);

		jsonw_object(w);
		jsonw_key(w, "removed");
		jsonw_uint(w, removed);
		jsonw_key(w, "kept");
		jsonw_uint(w, kept);
		jsonw_end_object(w);
		report_json_end(inv);
		return;
	}
	away = invocation_words(inv, "away");
	line = kept ? alloc_format(MSG_CLEANED_KEPT, removed, kept, away)
	            : alloc_format(MSG_CLEANED, removed);
	report_line(inv, line);
	free(line);
	free(away);
}

/* The roots of the families that go are the operands, with the sizes of those. */
static void clean_remove(struct cleaning *cleaning)
{
	struct invocation *inv = cleaning->inv;
	struct clean_task *task, *next;
	size_t count = 0;

	inv->families = alloc_zero(HASH_COUNT(cleaning->tasks) + 1, sizeof(*inv->families));
	HASH_ITER(hh, cleaning->tasks, task, next)
	{
		if (task->root != task || task->stays)
			continue;
		words_add_text(&inv->args.operands, task->id);
		inv->families[count++] = task->family;
	}
	operation_run_found(inv);
	if (!inv->args.what_if)
		clean_report(inv, inv->removed, cleaning->kept);
	free(inv->families);
	inv->families = NULL;
}

/* False: reported. */
static bool clean_ask_seen(struct cleaning *cleaning)
{
	struct jsonw *w = &cleaning->inv->request;
	struct client_reply reply = { 0 };

	jsonw_clear(w);
	jsonw_object(w);
	jsonw_key(w, "rows");
	jsonw_int(w, 0);
	jsonw_end_object(w);
	if (!invocation_call(cleaning->inv, "Away", w, true, &reply))
		return false;
	cleaning->seen = json_integer_value(json_object_get(reply.parameters, "seen"));
	client_reply_release(&reply);
	return true;
}

void clean_run(struct invocation *inv)
{
	struct cleaning cleaning = { .inv = inv };
	struct clean_task *task, *next;
	struct timespec now;
	size_t offset = 0;
	int count;

	if (!(inv->args.what_if ? invocation_connect_as(inv, CLIENT_START_NEVER) : invocation_connect(inv)))
		return;
	clock_gettime(CLOCK_REALTIME, &now);
	cleaning.before = ((double)now.tv_sec - inv->args.older) * 1000 + (double)now.tv_nsec / 1e6;
	if (!arguments_given(&inv->args, OPT_OLDER))
		cleaning.before = 1e18;
	if (!clean_ask_seen(&cleaning))
		return;
	while ((count = clean_ask(&cleaning, offset)) == CLEAN_ROWS)
		offset += CLEAN_ROWS;
	if (count >= 0)
		clean_remove(&cleaning);
	words_clear(&inv->args.operands);
	HASH_ITER(hh, cleaning.tasks, task, next)
	{
		HASH_DEL(cleaning.tasks, task);
		free(task->id);
		free(task);
	}
}
