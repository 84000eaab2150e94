#include "tui/cli/selector.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

#include "engine/task/state.h"
#include "tui/cli/context.h"
#include "tui/cli/hints.h"
#include "tui/cli/report.h"
#include "tui/text/alloc.h"
#include "tui/text/messages.h"

#define SELECTORS(X) X(STATE) X(GROUP) X(NAME) X(ALL)
const struct option_set options_selectors = OPTION_SET(SELECTORS);

enum { SELECTOR_CHUNK = 1000 };

enum option_id selector_first(const struct invocation *inv)
{
	const struct arguments *args = &inv->args;

	OPTION_SET_EACH(id, &options_selectors) {
		bool other = inv->command->copies && args->operands.count > 0 &&
		             (id == OPT_NAME || id == OPT_GROUP);

		/* --all=no is as if it had not been given */
		if (arguments_given(args, id) && !other && (id != OPT_ALL || args->all))
			return (enum option_id)id;
	}
	return OPTION_TOTAL;
}

bool selector_given(const struct invocation *inv)
{
	return inv->command->selects && !inv->cmdlet && selector_first(inv) != OPTION_TOTAL;
}

const char *selector_help(enum option_id id)
{
	static const char *const texts[OPTION_TOTAL] = {
		[OPT_STATE] = ("tasks in STATE, or active, ended, all" MSG_OPTION_REPEATED),
		[OPT_GROUP] = "tasks of this group",
		[OPT_NAME] = "tasks whose whole name matches (*, ?, [a-z])",
		[OPT_ALL] = "all tasks",
	};

	return texts[id];
}

static bool selector_is_active(enum task_state state)
{
	return state != TASK_CREATED && !task_state_terminal(state);
}

/* The states that a word of --state stands for, as bits; 0: none. */
static unsigned selector_states(const char *word)
{
	bool active = strcasecmp(word, "active") == 0, ended = strcasecmp(word, "ended") == 0;
	unsigned states = 0;

	if (strcasecmp(word, "all") == 0)
		return ~0u;
	for (int state = 0; state < (int)TASK_STATE_COUNT; state++) {
		if ((active && selector_is_active((enum task_state)state)) ||
		    (ended && task_state_terminal((enum task_state)state)) || task_state_parse(word) == state)
			states |= 1u << state;
	}
	return states;
}

bool selector_takes_state(const char *word)
{
	return selector_states(word) != 0;
}

/* True if the command makes sense for a task in this state. */
static bool selector_fits(const struct invocation *inv, enum task_state state)
{
	switch (inv->command->selects) {
	case SELECTS_CREATED:
		return state == TASK_CREATED;
	case SELECTS_STARTED:
		return selector_is_active(state);
	case SELECTS_LIVE:
		return !task_state_terminal(state);
	case SELECTS_PAUSABLE:
		return state == TASK_QUEUED || state == TASK_CLAIMED || state == TASK_RUNNING;
	case SELECTS_PAUSED:
		/* of the queued ones those that are held */
		return state == TASK_QUEUED || state == TASK_CLAIMED || state == TASK_PAUSED;
	case SELECTS_UNCOMPLETED:
		return task_state_terminal(state) && (inv->args.states.count > 0 || state != TASK_COMPLETED);
	case SELECTS_ENDED:
		return task_state_terminal(state);
	default:
		return true;
	}
}

static int selector_fail(struct invocation *inv, enum option_id id, const char *text)
{
	invocation_blame(inv, text);
	report_error(inv, EXIT_USAGE, MSG_OPTION_VALUE, text, option_table[id].name, MSG_MUST_NOT_BE_EMPTY);
	return EXIT_USAGE;
}

int selector_check(struct invocation *inv)
{
	const struct arguments *args = &inv->args;

	for (size_t i = 0; i < args->states.count; i++) {
		const struct word *word = &args->states.items[i];

		if (word->unknown || selector_states(word->text))
			continue;
		if (!*word->text)
			return selector_fail(inv, OPT_STATE, word->text);
		invocation_blame(inv, word->text);
		report_error(inv, EXIT_USAGE, MSG_STATE_UNKNOWN, word->text, task_state_names());
		return EXIT_USAGE;
	}
	if (!selector_given(inv))
		return 0;
	if (args->group && !*args->group)
		return selector_fail(inv, OPT_GROUP, args->group);
	if (args->name && !*args->name)
		return selector_fail(inv, OPT_NAME, args->name);
	return 0;
}

bool selector_has_state(const struct invocation *inv, enum task_state state)
{
	const struct words *words = &inv->args.states;
	unsigned states = words->count ? 0 : ~0u;

	for (size_t i = 0; i < words->count; i++)
		states |= selector_states(words->items[i].text);
	return states & 1u << state;
}

bool selector_names_state(const struct invocation *inv, enum task_state state)
{
	const struct words *words = &inv->args.states;

	for (size_t i = 0; i < words->count; i++) {
		if (task_state_parse(words->items[i].text) == (int)state)
			return true;
	}
	return false;
}

static void selector_put_states(struct jsonw *w, const struct invocation *inv)
{
	const struct words *words = &inv->args.states;
	unsigned states = words->count ? 0 : ~0u;

	for (size_t i = 0; i < words->count; i++)
		states |= selector_states(words->items[i].text);
	jsonw_key(w, "states");
	jsonw_array(w);
	for (int state = 0; state < (int)TASK_STATE_COUNT; state++) {
		const char *name = task_state_name((enum task_state)state);

		/* Several states may have one name.  It is sent once, and the server knows the others. */
		if ((states & 1u << state) && selector_fits(inv, (enum task_state)state) &&
		    task_state_parse(name) == state)
			jsonw_string(w, name);
	}
	jsonw_end_array(w);
}

void selector_put(struct jsonw *w, const struct invocation *inv)
{
	const struct arguments *args = &inv->args;

	if (args->states.count > 0 || inv->command->selects != SELECTS_ANY)
		selector_put_states(w, inv);
	if (args->group) {
		jsonw_key(w, "group");
		jsonw_string(w, args->group);
	}
	if (args->name) {
		jsonw_key(w, "name");
		jsonw_string(w, args->name);
	}
}

/*
 * The tasks that were found.  Waiting ones come before running ones.  Otherwise, with several calls, the
 * first would free slots for tasks that the last would stop.
 */
struct finding {
	struct invocation *inv;
	struct words waiting, running;
	const char *own; /* the task that runs this program; NULL: none */
};

static void selector_request(struct invocation *inv)
{
	struct jsonw *w = &inv->request;

	jsonw_clear(w);
	jsonw_object(w);
	jsonw_key(w, "columns");
	jsonw_array(w);
	jsonw_string(w, "id");
	jsonw_string(w, "state");
	if (inv->command->selects == SELECTS_PAUSED)
		jsonw_string(w, "held");
	jsonw_end_array(w);
	selector_put(w, inv);
	jsonw_key(w, "chunk");
	jsonw_int(w, SELECTOR_CHUNK);
	jsonw_key(w, "compact");
	jsonw_bool(w, true);
	jsonw_end_object(w);
}

static void selector_take(struct finding *finding, const json_t *row)
{
	struct arguments *args = &finding->inv->args;
	const char *id = json_string_value(json_array_get(row, 0));
	const char *name = json_string_value(json_array_get(row, 1));
	int state = name ? task_state_parse(name) : -1;
	bool runs = state >= 0 && task_state_active((enum task_state)state);
	char *copy;

	if (state == TASK_QUEUED && finding->inv->command->selects == SELECTS_PAUSED &&
	    !json_is_true(json_array_get(row, 2)))
		return;
	if (!id || (finding->own && strcasecmp(id, finding->own) == 0))
		return;
	copy = alloc_string(id);
	words_add_text(&args->copies, copy);
	words_add_text(runs ? &finding->running : &finding->waiting, copy);
}

/* The replies to a List.  0; -EREMOTE: reported; -EPIPE. */
static int selector_receive(struct finding *finding)
{
	struct client *client = finding->inv->connection->client;
	bool more = true;

	while (more) {
		struct client_reply reply = { 0 };
		int result = client_receive(client, &reply, -1);
		const json_t *row;
		size_t i;

		if (result == -EINTR || result == -EAGAIN)
			continue;
		if (result)
			return result;
		more = reply.continues;
		if (reply.error) {
			report_reply_error(finding->inv, &reply);
			result = -EREMOTE;
		}
		json_array_foreach(json_object_get(reply.parameters, "rows"), i, row)
		{
			selector_take(finding, row);
		}
		client_reply_release(&reply);
		if (result)
			return result;
	}
	return 0;
}

static int selector_ask(struct finding *finding)
{
	struct invocation *inv = finding->inv;
	int result;

	selector_request(inv);
	inv->method = "List";
	report_call(inv, inv->method, &inv->request);
	do {
		words_clear(&finding->waiting);
		words_clear(&finding->running);
		result = client_send(inv->connection->client, inv->method, &inv->request, CLIENT_MORE);
		if (!result)
			result = selector_receive(finding);
	} while (result == -EPIPE && connection_again(inv->connection) == 0 && invocation_may_repeat(inv));
	if (result && result != -EREMOTE)
		report_error(inv, EXIT_NO_SERVER, MSG_SERVER_UNREACHABLE_WHY,
		             client_error(inv->connection->client));
	return result;
}

bool selector_find(struct invocation *inv)
{
	struct finding finding = { .inv = inv };
	struct words *operands = &inv->args.operands;
	int result;

	if (!selector_given(inv))
		return true;
	/* What-if starts no server. */
	if (!(inv->args.what_if ? invocation_connect_as(inv, CLIENT_START_NEVER) : invocation_connect(inv)))
		return false;
	if (inv->command->selects == SELECTS_STARTED)
		finding.own = connection_own_task(inv->connection);
	result = selector_ask(&finding);
	for (size_t i = 0; !result && i < finding.waiting.count; i++)
		words_add(operands, finding.waiting.items[i]);
	for (size_t i = 0; !result && i < finding.running.count; i++)
		words_add(operands, finding.running.items[i]);
	words_release(&finding.waiting);
	words_release(&finding.running);
	if (!result && operands->count == 0)
		hint_none_found(inv);
	return !result && operands->count > 0;
}
