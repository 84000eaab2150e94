#include "tui/screen/draw.h"

#include <stdlib.h>

#include "tui/screen/app.h"
#include "tui/screen/host.h"
#include "tui/screen/keys.h"
#include "tui/screen/table_view.h"
#include "tui/screen/typed_command.h"
#include "tui/text/alloc.h"
#include "tui/text/cells.h"
#include "tui/text/screen_messages.h"
#include "tui/view/header.h"

/*
 * On a screen with fewer lines, the message and the keys share a line; with fewer of the others, a box may need all of
 * them.
 */
enum { TALL = 8, ROOMY = 14 };

int draw_bottom_lines(void)
{
	return terminal_lines() >= TALL ? 2 : 1;
}

void draw_title(const char *left, const char *right)
{
	int columns = terminal_columns(), width = (int)cells_width(right), x;

	terminal_fill(0, 0, columns, STYLE_HEADING);
	x = terminal_put(0, columns > 1, STYLE_HEADING, left);
	if (x + 2 + width < columns)
		terminal_put(0, columns - width - 1, STYLE_HEADING, right);
}

void draw_title_of_server(const struct app *app, const char *left, const char *right)
{
	char *named = host_several(app) ? alloc_format("%s: %s", app->host->label, left) : NULL;

	draw_title(named ? named : left, right);
	free(named);
}

/* The server that is late, of those that the view shows; NULL: none is. */
static const struct host *draw_late(const struct view *view)
{
	const struct host *host = view->app->host;

	if (view->class == &table_view_class)
		return host_late(view->app);
	return feed_waiting(&host->feed) ? host : NULL;
}

/* At the right end, apart from what else stands there. */
static void draw_at_end(int y, const char *text)
{
	int x = terminal_columns() - (int)cells_width(text);

	if (x > 0)
		terminal_put(y, x - 1, STYLE_NORMAL, " ");
	terminal_put(y, x, STYLE_BANNER, text);
}

/* room: columns, for the longest form that fits in there; a shorter one may cover what else is in the line. */
static void draw_waiting_for(const struct host *late, int y, int room)
{
	const char *name = host_several(late->app) ? late->label : NULL;
	char text[64];

	header_waiting(name, feed_waiting(&late->feed), room, text, sizeof(text));
	draw_at_end(y, text);
}

/* Beside what stands there. */
static int draw_room(int used)
{
	int columns = terminal_columns(), rest = columns - 1 - used;

	return rest < columns / 2 ? rest : columns / 2;
}

/*
 * That the server is late, or gone, stands at the right end, except in the table, which says it among its modes if they are
 * shown.  used: columns of the message, or of the command that is running; 0: there is neither.
 */
static void draw_waiting(const struct view *view, int y, int used)
{
	const struct host *late = draw_late(view);
	bool page = view->class != &table_view_class;

	if (late && (page || used))
		draw_waiting_for(late, y, draw_room(used));
	else if (page && !channel_up(&view->app->host->feed.calls)) /* the table has a banner for that */
		draw_at_end(y, MSG_RECONNECTING_SHORT);
}

void draw_waiting_above(const struct app *app)
{
	if (feed_waiting(app->feed) && terminal_lines() >= ROOMY)
		draw_waiting_for(app->host, 0, terminal_columns() / 2);
}

void draw_bottom(const struct view *view)
{
	const struct app *app = view->app;
	int y = terminal_lines() - 1, columns = terminal_columns();
	enum style style = app->message_bad ? STYLE_BANNER : STYLE_STRONG;
	bool shared = draw_bottom_lines() == 1;
	int used = 0;
	const char *running =
		view->class == &typed_command_view_class ? NULL : typed_command_running(app->command);

	if (!shared || !(app->message || running))
		keys_draw(view->class->keys, y);
	y -= shared ? 0 : 1;
	if (app->message) {
		terminal_fill(y, 0, columns, STYLE_NORMAL);
		used = terminal_put(y, 0, style, app->message);
	} else if (running) {
		used = terminal_put(y, 0, STYLE_NOTICE, MSG_COMMAND_INTERRUPTS) + 1;
		used = terminal_put(y, used, STYLE_NORMAL, running);
	}
	draw_waiting(view, y, used);
}

void draw_notice(const struct app *app, int y)
{
	if (!app->notice || y < 0)
		return;
	terminal_fill(y, 0, terminal_columns(), STYLE_NORMAL);
	terminal_put(y, 0, STYLE_BANNER, app->notice);
}

int draw_body_lines(void)
{
	int lines = terminal_lines() - 1 - draw_bottom_lines();

	return lines > 0 ? lines : 1;
}

void draw_heading(int y, const char *text)
{
	const char *rule = cells_plain() ? " " : cells_in_utf8() ? "\xe2\x94\x80" : "-";
	int x = 0;

	while (x < terminal_columns())
		x = terminal_put(y, x, STYLE_DIM, rule);
	x = terminal_put(y, 2, STYLE_STRONG, " ");
	terminal_put(y, terminal_put(y, x, STYLE_STRONG, text), STYLE_STRONG, " ");
}
