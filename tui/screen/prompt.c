#include <stdlib.h>

#include "tui/screen/app.h"
#include "tui/text/alloc.h"

/* A line has no more characters visible than a terminal has columns, of so many bytes with what combines. */
enum { SHOWN_SIZE = 8192, UNDER_SIZE = 64 };

static const struct prompt {
	const char *label;
	void (*enter)(struct app *app, const char *line);
	void (*escape)(struct app *app,
	               const char *line); /* with an empty one; NULL: nothing is to be done */
} prompts[PROMPT_KINDS] = {
	[PROMPT_COMMAND] = { ":", command_run, NULL },
	[PROMPT_SEARCH] = { "/", find_search, NULL },
	[PROMPT_FILTER] = { "Filter: ", find_filter, find_filter },
};

static const struct edit_row {
	int codes[4];
	const char *name, *help;
	enum edit_command command;
} edit_rows[] = {
	{ { TERMINAL_LEFT, CONTROL('B') }, "Left C-b", "back a character", EDIT_BACK },
	{ { TERMINAL_RIGHT, CONTROL('F') }, "Right C-f", "forward a character", EDIT_FORWARD },
	{ { TERMINAL_HOME, CONTROL('A') }, "Home C-a", "to the beginning", EDIT_BEGINNING },
	{ { TERMINAL_END, CONTROL('E') }, "End C-e", "to the end", EDIT_END },
	{ { TERMINAL_BACKSPACE, CONTROL('H'), 0x7f }, "Bksp C-h", "erase the character before", EDIT_ERASE },
	{ { TERMINAL_DELETE, CONTROL('D') }, "Del C-d", "erase the character here", EDIT_DELETE },
	{ { CONTROL('U') }, "C-u", "cut all that is before", EDIT_CUT_LINE },
	{ { CONTROL('K') }, "C-k", "cut the rest", EDIT_CUT_REST },
	{ { CONTROL('W') }, "C-w", "cut the word before", EDIT_CUT_WORD },
	{ { CONTROL('Y') }, "C-y", "put back what was cut", EDIT_PASTE },
	{ { TERMINAL_UP, CONTROL('P') }, "Up C-p", "the line entered before", EDIT_OLDER },
	{ { TERMINAL_DOWN, CONTROL('N') }, "Down C-n", "the line entered after", EDIT_NEWER },
};
enum { EDIT_ROWS = sizeof(edit_rows) / sizeof(*edit_rows) };

bool edit_key(struct edit *edit, const struct history *history, const struct terminal_event *event)
{
	for (size_t i = 0; i < EDIT_ROWS; i++) {
		const struct edit_row *row = &edit_rows[i];

		for (size_t k = 0; k < sizeof(row->codes) / sizeof(*row->codes) && row->codes[k]; k++) {
			if (row->codes[k] == event->key) {
				edit_do(edit, row->command, history);
				return true;
			}
		}
	}
	return edit_type(edit, event->key);
}

void edit_draw(struct edit *edit, int y, int x, int width, bool cursor)
{
	char shown[SHOWN_SIZE], under[UNDER_SIZE];
	int column;

	if (width < 1)
		return;
	column = edit_show(edit, width, shown, sizeof(shown), under, sizeof(under));
	terminal_put(y, x, STYLE_NORMAL, shown);
	if (cursor)
		terminal_put(y, x + column, STYLE_SELECTED, under);
}

void edit_help(struct pager *pager)
{
	for (size_t i = 0; i < EDIT_ROWS; i++)
		pager_add(pager, STYLE_KEY, edit_rows[i].name, STYLE_NORMAL, edit_rows[i].help);
}

void prompt_open(struct app *app, enum prompt_kind kind)
{
	prompt_close(app);
	app->prompting = true;
	app->prompt = kind;
}

void prompt_close(struct app *app)
{
	app->prompting = false;
	edit_release(&app->edit);
}

static void enter(struct app *app)
{
	char *line = alloc_string(edit_text(&app->edit));

	history_add(&app->histories[app->prompt], line);
	prompt_close(app);
	prompts[app->prompt].enter(app, line);
	free(line);
}

static void escape(struct app *app)
{
	prompt_close(app);
	if (prompts[app->prompt].escape)
		prompts[app->prompt].escape(app, "");
}

static void older(struct app *app)
{
	edit_do(&app->edit, EDIT_OLDER, &app->histories[app->prompt]);
}

const struct key prompt_keys[] = {
	{ { TERMINAL_ENTER }, "Enter", "Do it", "take the line", enter, false },
	{ { TERMINAL_ESCAPE }, "Esc", "Leave", "leave it (Ctrl-C too)", escape, false },
	{ { TERMINAL_UP }, "Up", "History", NULL, older, false },
	{ { 0 }, NULL, NULL, NULL, NULL, false },
};

void prompt_key(struct app *app, const struct terminal_event *event)
{
	for (const struct key *key = prompt_keys; key->codes[0]; key++) {
		if (key->codes[0] == event->key) {
			key->run(app);
			return;
		}
	}
	if (event->key != TERMINAL_OTHER)
		edit_key(&app->edit, &app->histories[app->prompt], event);
}

void prompt_draw(struct app *app, int y)
{
	int x = terminal_put(y, 0, STYLE_KEY, prompts[app->prompt].label);

	edit_draw(&app->edit, y, x, terminal_columns() - x, true);
}
