#include "tui/screen/groups_view.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "engine/task/group.h"
#include "tui/confirm/confirm.h"
#include "tui/screen/app.h"
#include "tui/screen/ask_tasks.h"
#include "tui/screen/draw.h"
#include "tui/screen/find.h"
#include "tui/screen/groups_draw.h"
#include "tui/screen/help_view.h"
#include "tui/screen/keys.h"
#include "tui/screen/menu_view.h"
#include "tui/screen/prompt_view.h"
#include "tui/text/alloc.h"
#include "tui/text/screen_messages.h"
#include "tui/view/group_table.h"

enum { WHEEL_ROWS = 3, LISTED_MAX = 500 };

struct groups_view {
	struct view view;
	struct group_table groups;
	struct history numbers;
	bool asked, again;             /* a GroupList is outstanding; something has changed since */
	bool drawn;                    /* with the latest list */
	char target[TASK_ID_MAX + 1];  /* the group of the action that is asked about or under way */
	enum confirm_operation asking; /* what is asked about */
	struct ask_tasks sure;         /* the question */
};

/* What is said when it was done. */
enum groups_deed {
	GROUPS_PAUSE,
	GROUPS_PAUSE_ALL,
	GROUPS_RESUME,
	GROUPS_RESUME_ALL,
	GROUPS_REMOVE,
	GROUPS_SET
};
static const struct {
	const char *method, *done;
	bool running;
} groups_deeds[] = {
	[GROUPS_PAUSE] = { "GroupPause", "paused", false },
	[GROUPS_PAUSE_ALL] = { "GroupPause", "paused, with what runs in it", true },
	[GROUPS_RESUME] = { "GroupResume", "resumed", false },
	[GROUPS_RESUME_ALL] = { "GroupResume", "resumed, with what was paused in it", true },
	[GROUPS_REMOVE] = { "GroupRemove", "removed", false },
	[GROUPS_SET] = { "GroupSet", "slots changed", false },
};

static const struct view_class groups_view_class;

static struct groups_view *groups_view_of(struct view *view)
{
	return (struct groups_view *)view;
}

/* --- what there is */

static void groups_view_ask(struct view *view);

static void groups_view_answer(void *ctx, size_t tag, const struct client_reply *reply)
{
	struct groups_view *page = ctx;

	(void)tag;
	page->asked = false;
	if (!reply)
		return; /* there is news when there is a connection again */
	if (reply->error)
		app_say(page->view.app, app_error(reply), true);
	else
		group_table_take(&page->groups, reply->parameters);
	page->drawn = false;
	if (page->again)
		groups_view_ask(&page->view);
}

static void groups_view_ask(struct view *view)
{
	struct groups_view *page = groups_view_of(view);
	struct jsonw params = JSONW_INIT;

	page->again = page->asked;
	if (page->asked)
		return;
	page->asked = true;
	jsonw_object(&params);
	jsonw_end_object(&params);
	feed_call(view->app->feed, "GroupList", &params, groups_view_answer, page, 0);
}

/* --- drawing */

static void groups_view_draw(struct view *view)
{
	struct groups_view *page = groups_view_of(view);
	struct group_table *groups = &page->groups;
	char number[48];

	group_table_resize(groups, draw_body_lines() - groups_draw_top() + 1);
	snprintf(number, sizeof(number), "%zu/%zu", groups->count ? groups->cursor + 1 : 0, groups->count);
	draw_title_of_server(view->app, view->app->options.what_if ? "Groups  " MSG_WHAT_IF_MODE : "Groups",
	                     groups->known ? number : "");
	groups_draw(groups);
	draw_bottom(view);
	page->drawn = true;
}

static bool groups_view_knows(const struct view *view)
{
	return !((const struct groups_view *)view)->groups.fell;
}

static void groups_view_shown(struct view *view)
{
	struct groups_view *page = groups_view_of(view);

	page->groups.fell &= !page->drawn;
}

/* --- moving */

static void groups_view_move(struct view *view, int rows)
{
	group_table_move(&groups_view_of(view)->groups, rows);
}

static void groups_view_up(struct view *view)
{
	groups_view_move(view, -1);
}

static void groups_view_down(struct view *view)
{
	groups_view_move(view, 1);
}

static void groups_view_page_up(struct view *view)
{
	groups_view_move(view, -groups_view_of(view)->groups.height);
}

static void groups_view_page_down(struct view *view)
{
	groups_view_move(view, groups_view_of(view)->groups.height);
}

static void groups_view_choose(struct view *view, size_t at)
{
	struct group_table *groups = &groups_view_of(view)->groups;

	groups->cursor = at;
	groups->fell = false;
	group_table_move(groups, 0);
}

static void groups_view_first(struct view *view)
{
	groups_view_choose(view, 0);
}

static void groups_view_last(struct view *view)
{
	size_t count = groups_view_of(view)->groups.count;

	groups_view_choose(view, count ? count - 1 : 0);
}

/* Shows the tasks of the selected group in the table. */
static void groups_view_tasks(struct view *view)
{
	const struct group_row *row = group_table_selected(&groups_view_of(view)->groups);
	struct app *app = view->app;
	char *filter;

	if (!row)
		return;
	filter = alloc_format("group:%s", row->cells[GROUPS_NAME]);
	app_close(view);
	find_filter(app, filter);
	free(filter);
}

/* A click on the selected group opens it. */
static void groups_view_mouse(struct view *view, const struct terminal_event *event)
{
	struct group_table *groups = &groups_view_of(view)->groups;
	size_t at = groups->top + (size_t)(event->y - groups_draw_top());

	if (event->key != TERMINAL_CLICK)
		groups_view_move(view, event->key == TERMINAL_WHEEL_UP ? -WHEEL_ROWS : WHEEL_ROWS);
	else if (event->y < groups_draw_top() || at >= groups->count)
		return;
	else if (at == groups->cursor && !groups->fell)
		groups_view_tasks(view);
	else
		groups_view_choose(view, at);
}

/* --- what is done with them */

static void groups_view_done(void *ctx, size_t deed, const struct client_reply *reply)
{
	struct groups_view *page = ctx;
	struct app *app = page->view.app;

	if (!reply || reply->error)
		app_say(app, reply ? app_error(reply) : alloc_string(MSG_REPLY_LOST), true);
	else
		app_say(app, alloc_format(MSG_GROUP_DONE, page->target, groups_deeds[deed].done), false);
	groups_view_ask(&page->view);
}

static void groups_view_send(struct groups_view *page, enum groups_deed deed, int64_t slots)
{
	struct jsonw params = JSONW_INIT;

	jsonw_object(&params);
	jsonw_key(&params, "name");
	jsonw_string(&params, page->target);
	if (deed == GROUPS_SET) {
		jsonw_key(&params, "slots");
		jsonw_int(&params, slots);
	}
	if (groups_deeds[deed].running) {
		jsonw_key(&params, "running");
		jsonw_bool(&params, true);
	}
	jsonw_end_object(&params);
	feed_call(page->view.app->feed, groups_deeds[deed].method, &params, groups_view_done, page, deed);
}

/* The selected group becomes that of the action.  NULL: there is none. */
static const struct group_row *groups_view_target(struct groups_view *page)
{
	const struct group_row *row = group_table_selected(&page->groups);

	if (row)
		snprintf(page->target, sizeof(page->target), "%s", row->cells[GROUPS_NAME]);
	return row;
}

static const struct menu_item groups_pause_menu[] = {
	{ 'p', "nothing more starts in it" },
	{ 'r', "and what runs in it is paused too" },
};
static const struct menu_item groups_resume_menu[] = {
	{ 'p', "its tasks start again" },
	{ 'r', "and what is paused in it is resumed too" },
};

static void groups_view_paused(void *ctx, size_t item)
{
	groups_view_send(ctx, item ? GROUPS_PAUSE_ALL : GROUPS_PAUSE, 0);
}

static void groups_view_resumed(void *ctx, size_t item)
{
	groups_view_send(ctx, item ? GROUPS_RESUME_ALL : GROUPS_RESUME, 0);
}

/* Does it, after asking which tasks it is for, if there are any of them. */
static void groups_view_act(struct groups_view *page)
{
	const struct group_row *row = group_table_named(&page->groups, page->target);
	struct app *app = page->view.app;

	if (page->asking == OPERATION_REMOVE)
		groups_view_send(page, GROUPS_REMOVE, 0);
	else if (page->asking == OPERATION_PAUSE && row && row->running > 0)
		menu_view_open(app, alloc_format(MSG_GROUP_PAUSE, page->target), groups_pause_menu, 2,
		               groups_view_paused, page);
	else if (page->asking == OPERATION_RESUME && row && row->stopped > 0)
		menu_view_open(app, alloc_format(MSG_GROUP_RESUME, page->target), groups_resume_menu, 2,
		               groups_view_resumed, page);
	else
		groups_view_send(page, page->asking == OPERATION_PAUSE ? GROUPS_PAUSE : GROUPS_RESUME, 0);
}

static void groups_view_sure(void *ctx, enum confirm_choice choice)
{
	if (choice == CHOICE_YES)
		groups_view_act(ctx);
}

/* With the tasks that wait or run in it. */
static void groups_view_sure_ask(struct groups_view *page, char *text)
{
	char *filter = alloc_format("group:%s state:active", page->target);
	struct jsonw params = JSONW_INIT;

	jsonw_object(&params);
	jsonw_key(&params, "filter");
	jsonw_string(&params, filter);
	jsonw_key(&params, "rows");
	jsonw_int(&params, LISTED_MAX);
	ask_tasks_begin(&page->sure, page->view.app, text, groups_view_sure, page);
	ask_tasks_of(&page->sure, page->view.app->host, &params);
	ask_tasks_end(&page->sure);
	free(filter);
}

/* As for tasks: what-if mode only tells, and what has the impact is asked about. */
static void groups_view_begin(struct groups_view *page, enum confirm_operation operation)
{
	struct app *app = page->view.app;
	const char *name = confirm_operation_name(operation);
	struct confirm confirm;

	page->asking = operation;
	confirm_init(&confirm, &app->options);
	switch (confirm_next(&confirm, operation)) {
	case CONFIRM_DO:
		groups_view_act(page);
		break;
	case CONFIRM_ASK:
		groups_view_sure_ask(page, alloc_format(MSG_GROUP_SURE, name, page->target));
		break;
	case CONFIRM_WHAT_IF:
		app_say(app, confirm_what_if_of(name, "Group ", page->target), false);
		break;
	default:
		break;
	}
}

static void groups_view_pause(struct view *view)
{
	struct groups_view *page = groups_view_of(view);
	const struct group_row *row = groups_view_target(page);

	if (row)
		groups_view_begin(page, row->paused ? OPERATION_RESUME : OPERATION_PAUSE);
}

static void groups_view_remove(struct view *view)
{
	struct groups_view *page = groups_view_of(view);

	if (!groups_view_target(page))
		return;
	if (strcasecmp(page->target, "default") == 0)
		app_say(view->app, alloc_string(MSG_GROUP_STAYS), true); /* there is nothing to ask */
	else
		groups_view_begin(page, OPERATION_REMOVE);
}

/* 0: no limit. */
static void groups_view_set(struct groups_view *page, int64_t slots)
{
	struct app *app = page->view.app;

	if (app->options.what_if)
		app_say(app, confirm_what_if_of("Set", "Group ", page->target), false);
	else
		groups_view_send(page, GROUPS_SET, slots);
}

static void groups_view_change(struct view *view, int by)
{
	struct groups_view *page = groups_view_of(view);
	const struct group_row *row = groups_view_target(page);

	if (!row)
		return;
	if (row->slots == 0 || row->slots + by < 1) {
		app_say(view->app,
		        alloc_format(row->slots ? MSG_GROUP_LEAST : MSG_GROUP_UNLIMITED, page->target), true);
		return;
	}
	groups_view_set(page, row->slots + by);
	if (!view->app->options.what_if)
		page->groups.rows[page->groups.cursor].slots += by; /* the next key counts from there */
}

static void groups_view_more(struct view *view)
{
	groups_view_change(view, 1);
}

static void groups_view_fewer(struct view *view)
{
	groups_view_change(view, -1);
}

static void groups_view_slots(struct app *app, const char *text)
{
	struct view *view = app_find(app, &groups_view_class);
	char *end = NULL;
	long long slots;

	if (!view || !*text)
		return;
	errno = 0;
	slots = strcasecmp(text, "none") == 0 ? 0 : strtoll(text, &end, 10);
	if (errno || (end && (end == text || *end)) || slots < 0)
		app_say(app, alloc_format(MSG_OPTION_VALUE, text, "slots", MSG_MUST_BE_SLOTS), true);
	else if (slots > GROUP_SLOTS_MAX)
		app_say(app, alloc_format(MSG_SLOTS_TOO_MANY, slots, GROUP_SLOTS_MAX), true);
	else
		groups_view_set(groups_view_of(view), slots);
}

static const struct prompt groups_view_slots_prompt = { .label = "Slots: ", .enter = groups_view_slots };

static void groups_view_prompt(struct view *view)
{
	struct groups_view *page = groups_view_of(view);
	const struct group_row *row = groups_view_target(page);

	if (row)
		prompt_view_open(view->app, &groups_view_slots_prompt, &page->numbers, "");
}

static void groups_view_what_if(struct view *view)
{
	view->app->options.what_if = !view->app->options.what_if;
}

static void groups_view_release(struct view *view)
{
	struct groups_view *page = groups_view_of(view);

	feed_forget(view->app->feed, view);
	ask_tasks_release(&page->sure);
	group_table_release(&page->groups);
	history_release(&page->numbers);
}

static const struct key groups_view_keys[] = {
	{ { '?', TERMINAL_F1 }, "?", "Help", "show this help; also F1", help_view_open, false },
	{ { 'q', TERMINAL_ESCAPE, TERMINAL_TAB, TERMINAL_F10 },
	  "q",
	  "Back",
	  "leave the groups; also Esc and Tab",
	  app_close,
	  false },
	{ { TERMINAL_ENTER }, "Enter", "Tasks", "show the tasks of the group", groups_view_tasks, true },
	{ { 'p' }, "p", "Pause", "pause the group, or resume it", groups_view_pause, true },
	{ { '+', '=' }, "+", "More", "one slot more", groups_view_more, true },
	{ { '-' }, "-", "Fewer", "one slot less", groups_view_fewer, true },
	{ { 's' }, "s", "Slots", "set its slots; none: no limit", groups_view_prompt, true },
	{ { 'r', TERMINAL_DELETE }, "r", "Remove", "remove it, if it is empty", groups_view_remove, true },
	{ { 'w' }, "w", "What-if", "turn what-if mode on or off", groups_view_what_if, false },
	{ { TERMINAL_UP, 'k' }, "Up k", NULL, "up a row", groups_view_up, false },
	{ { TERMINAL_DOWN, 'j' }, "Down j", NULL, "down a row", groups_view_down, false },
	{ { TERMINAL_PAGE_UP, CONTROL('B'), CONTROL('U') },
	  "PgUp",
	  NULL,
	  "up a page; also C-b and C-u",
	  groups_view_page_up,
	  false },
	{ { TERMINAL_PAGE_DOWN, CONTROL('F'), CONTROL('D') },
	  "PgDn",
	  NULL,
	  "down a page; also C-f and C-d",
	  groups_view_page_down,
	  false },
	{ { TERMINAL_HOME, 'g' }, "Home g", NULL, "to the first group", groups_view_first, false },
	{ { TERMINAL_END, 'G' }, "End G", NULL, "to the last group", groups_view_last, false },
	KEYS_END,
};

static const struct view_class groups_view_class = {
	.title = "Groups",
	.keys = groups_view_keys,
	.opens = "s",
	.draw = groups_view_draw,
	.shown = groups_view_shown,
	.knows = groups_view_knows,
	.mouse = groups_view_mouse,
	.news = groups_view_ask,
	.release = groups_view_release,
};

void groups_view_open(struct view *view)
{
	struct groups_view *page = alloc_zero(1, sizeof(*page));

	app_open(view->app, &page->view, &groups_view_class);
	groups_view_ask(&page->view);
}
