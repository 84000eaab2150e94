#include "tui/screen/log_view.h"

#include <stdlib.h>
#include <string.h>

#include "tui/screen/app.h"
#include "tui/screen/draw.h"
#include "tui/screen/help_view.h"
#include "tui/screen/keys.h"
#include "tui/screen/log_draw.h"
#include "tui/screen/log_save.h"
#include "tui/screen/log_source.h"
#include "tui/screen/log_words.h"
#include "tui/screen/prompt_view.h"
#include "tui/text/alloc.h"
#include "tui/text/screen_messages.h"
#include "tui/view/shell_line.h"

enum { SIDE_STEP = 8, WHEEL_LINES = 3 };

struct log_view {
	struct view view;
	struct log_source source;
	struct log_save save;
	struct history searches, filters, files;
	struct reader_place before; /* where the last `E' was pressed */
	bool followed;              /* the end was, then */
	bool first_error;           /* what is searched for is what `E' looks for */
};

/* What `E' looks for. */
#define ERROR_PATTERN                                                                                           \
	"(^|[^[:alnum:]_])(error|errors|failed|failure|fatal|panic|panicked|exception|traceback|abort|aborted|" \
	"segmentation fault|undefined reference)($|[^[:alnum:]_])"

static struct log_view *log_view_of(struct view *view)
{
	return (struct log_view *)view;
}

static struct reader *log_view_reader(struct view *view)
{
	return &log_view_of(view)->source.reader;
}

static void log_view_release(struct view *view)
{
	struct log_view *log = log_view_of(view);

	log_save_release(&log->save);
	log_source_close(&log->source);
	history_release(&log->searches);
	history_release(&log->filters);
	history_release(&log->files);
}

/* --- drawing */

static void log_view_draw(struct view *view)
{
	struct log_view *log = log_view_of(view);
	struct reader *reader = &log->source.reader;
	const char *trouble = log_source_trouble(&log->source);
	char *right = log_words_place(&log->source), *left = log_words_heading(&log->source, right);
	char *nothing = log_words_nothing(&log->source);

	for (int i = 0; i < reader->count; i++)
		log_draw_row(reader, &reader->rows[i], i + 1);
	draw_title(left, right);
	if (nothing)
		terminal_put(1, 0, STYLE_DIM, nothing);
	else if (pattern_given(&reader->filter) && !reader->count && reader->filtered == reader->book.size)
		terminal_put(1, 0, STYLE_DIM,
		             reader->filter.wrong ? MSG_LOG_FILTER_NONE_WRONG : MSG_LOG_FILTER_NONE);
	draw_bottom(view);
	if (trouble)
		terminal_put(terminal_lines() > 2 ? 1 : 0, 0, STYLE_BANNER, trouble);
	free(left);
	free(right);
	free(nothing);
}

/* Who looked for an error, and there is none, is where that was asked for. */
static void log_view_say_not_found(struct log_view *log)
{
	struct reader *reader = &log->source.reader;
	const char *text = reader->pattern.text;

	if (strcmp(text, ERROR_PATTERN) != 0) {
		app_say(log->view.app,
		        alloc_format(reader->pattern.wrong ? MSG_LOG_NOT_FOUND_WRONG : MSG_LOG_NOT_FOUND,
		                     text),
		        true);
		return;
	}
	app_say(log->view.app, log_words_no_error(&log->source, log->first_error), true);
	if (!log->first_error)
		return;
	reader->top = log->before;
	reader_follow(reader, log->followed);
}

/* Of the lines that match, more may be there than are shown. */
static void log_view_say_full(struct view *view)
{
	app_say(view->app, alloc_format(MSG_LOG_FILTER_END, READER_MATCHES_MAX), false);
}

static void log_view_turn(struct view *view)
{
	struct log_view *log = log_view_of(view);
	struct reader *reader = &log->source.reader;
	bool full = reader_filter_full(reader);

	reader_turn(reader, terminal_columns(), draw_body_lines());
	if (reader_filter_full(reader) && !full)
		log_view_say_full(view);
	log_source_resume(&log->source);
	log_source_read(&log->source);
	if (reader->failed)
		log_view_say_not_found(log);
	reader->failed = false;
	log->first_error &= reader->search != READER_NO_SEARCH;
}

static int log_view_wait(const struct view *view)
{
	const struct log_source *source = &((const struct log_view *)view)->source;

	return source->reader.busy ? 0 : log_source_wait(source);
}

static void log_view_news(struct view *view)
{
	struct log_source *source = &log_view_of(view)->source;

	if (!source->over)
		log_source_look(source);
}

/* --- moving */

static void log_view_up(struct view *view)
{
	reader_scroll(log_view_reader(view), -1);
}

static void log_view_down(struct view *view)
{
	reader_scroll(log_view_reader(view), 1);
}

static void log_view_page_up(struct view *view)
{
	reader_scroll(log_view_reader(view), -log_view_reader(view)->height);
}

static void log_view_page_down(struct view *view)
{
	reader_scroll(log_view_reader(view), log_view_reader(view)->height);
}

static void log_view_half_up(struct view *view)
{
	reader_scroll(log_view_reader(view), -(log_view_reader(view)->height + 1) / 2);
}

static void log_view_half_down(struct view *view)
{
	reader_scroll(log_view_reader(view), (log_view_reader(view)->height + 1) / 2);
}

static void log_view_first(struct view *view)
{
	reader_scroll(log_view_reader(view), INT64_MIN);
}

static void log_view_last(struct view *view)
{
	struct reader *reader = log_view_reader(view);

	reader_scroll(reader, INT64_MAX);
	if (reader_filter_full(reader))
		log_view_say_full(view);
}

static void log_view_left(struct view *view)
{
	reader_side(log_view_reader(view), -SIDE_STEP);
}

static void log_view_right(struct view *view)
{
	reader_side(log_view_reader(view), SIDE_STEP);
}

static void log_view_wrap(struct view *view)
{
	reader_wrap(log_view_reader(view));
}

static void log_view_follow(struct view *view)
{
	reader_follow(log_view_reader(view), !log_view_reader(view)->follow);
}

static void log_view_mouse(struct view *view, const struct terminal_event *event)
{
	if (event->key != TERMINAL_CLICK)
		reader_scroll(log_view_reader(view),
		              event->key == TERMINAL_WHEEL_UP ? -WHEEL_LINES : WHEEL_LINES);
}

/* --- searching */

static struct view *log_view_top(const struct app *app)
{
	return app_find(app, &log_view_class);
}

/* What is no regular expression is looked for as it stands. */
static void log_view_judge(struct app *app, const struct pattern *pattern)
{
	if (pattern->wrong)
		app_say(app, alloc_format(MSG_LOG_WRONG, pattern->text), true);
}

static void log_view_search(struct app *app, const char *text)
{
	struct reader *reader = log_view_reader(log_view_top(app));

	reader_search(reader, text, READER_FORWARD);
	log_view_judge(app, &reader->pattern);
}

static void log_view_search_back(struct app *app, const char *text)
{
	struct reader *reader = log_view_reader(log_view_top(app));

	reader_search(reader, text, READER_BACKWARD);
	log_view_judge(app, &reader->pattern);
}

static void log_view_filter(struct app *app, const char *text)
{
	struct reader *reader = log_view_reader(log_view_top(app));

	reader_filter(reader, text);
	log_view_judge(app, &reader->filter);
}

static void log_view_save(struct app *app, const char *path)
{
	struct log_view *log = log_view_of(log_view_top(app));

	char *whole = shell_line_path(path, getenv("HOME"));

	if (*path)
		log_save_begin(&log->save, &log->source, whole);
	free(whole);
}

static const struct prompt log_view_prompts[] = {
	{ .label = "/", .enter = log_view_search },
	{ .label = "?", .enter = log_view_search_back },
	{ .label = "&", .enter = log_view_filter },
	{ .label = "Save as: ", .enter = log_view_save },
};

static void log_view_prompt_search(struct view *view)
{
	prompt_view_open(view->app, &log_view_prompts[0], &log_view_of(view)->searches, "");
}

static void log_view_prompt_back(struct view *view)
{
	prompt_view_open(view->app, &log_view_prompts[1], &log_view_of(view)->searches, "");
}

static void log_view_prompt_filter(struct view *view)
{
	prompt_view_open(view->app, &log_view_prompts[2], &log_view_of(view)->filters, "");
}

static void log_view_prompt_save(struct view *view)
{
	struct log_view *log = log_view_of(view);
	char *name = alloc_format("%s.%s", log->source.id, log_source_name(&log->source, false));

	prompt_view_open(view->app, &log_view_prompts[3], &log->files, name);
	free(name);
}

static void log_view_edit(struct view *view)
{
	log_save_edit(&log_view_of(view)->source);
}

static void log_view_page(struct view *view)
{
	log_save_page(&log_view_of(view)->source);
}

static void log_view_again(struct view *view, bool opposite)
{
	if (!reader_search_again(log_view_reader(view), opposite))
		app_say(view->app, alloc_string(MSG_FIND_NOTHING), false);
}

static void log_view_next(struct view *view)
{
	log_view_again(view, false);
}

static void log_view_previous(struct view *view)
{
	log_view_again(view, true);
}

static void log_view_error(struct view *view)
{
	struct log_view *log = log_view_of(view);
	struct reader *reader = log_view_reader(view);

	log->before = reader->top;
	log->followed = reader->follow;
	log->first_error = true;
	reader_scroll(reader, INT64_MIN);
	reader_search(reader, ERROR_PATTERN, READER_FORWARD);
}

/* --- what is shown */

static void log_view_stream(struct view *view)
{
	log_source_switch(&log_view_of(view)->source);
}

static void log_view_attempt(struct view *view, int by)
{
	if (!log_source_attempt(&log_view_of(view)->source, by))
		app_say(view->app, alloc_string(by < 0 ? MSG_LOG_FIRST_ATTEMPT : MSG_LOG_LAST_ATTEMPT),
		        false);
}

static void log_view_earlier(struct view *view)
{
	log_view_attempt(view, -1);
}

static void log_view_later(struct view *view)
{
	log_view_attempt(view, 1);
}

/* Esc ends a search that goes on, then shows all lines again, then leaves. */
static void log_view_escape(struct view *view)
{
	struct reader *reader = log_view_reader(view);

	if (reader->search)
		reader_search_end(reader);
	else if (pattern_given(&reader->filter))
		reader_filter(reader, "");
	else
		app_close(view);
}

static const struct key log_view_keys[] = {
	{ { TERMINAL_F1, 'h' }, "h", "Help", "show this help; also F1", help_view_open, false },
	{ { 'q', TERMINAL_F10 }, "q", "Back", "leave the log; also F10", app_close, false },
	{ { TERMINAL_ESCAPE },
	  "Esc",
	  NULL,
	  "end a search that goes on, or else show all lines, or else leave the log",
	  log_view_escape,
	  false },
	{ { 'F' }, "F", "Follow", "follow the end, or stay here", log_view_follow, false },
	{ { '\t' }, "Tab", "Stream", "switch between stdout and stderr", log_view_stream, false },
	{ { '/' }, "/", "Search", "search forward for a regular expression", log_view_prompt_search, false },
	{ { '?' }, "?", NULL, "search backward", log_view_prompt_back, false },
	{ { 'n' }, "n", "Next", "the next line found", log_view_next, false },
	{ { 'N' }, "N", NULL, "the one before", log_view_previous, false },
	{ { '&' },
	  "&",
	  "Filter",
	  "show only lines with a regular expression; empty: all",
	  log_view_prompt_filter,
	  false },
	{ { 'E' }, "E", "Error", "to the first line that tells of an error", log_view_error, false },
	{ { 'w' }, "w", "Wrap", "wrap long lines, or cut them", log_view_wrap, false },
	{ { 's' }, "s", "Save", "write the output to a new file", log_view_prompt_save, false },
	{ { 'v' }, "v", NULL, "show the output in $VISUAL or $EDITOR", log_view_edit, false },
	{ { '|' }, "|", NULL, "show the output with $PAGER", log_view_page, false },
	{ { '[' }, "[", NULL, "the attempt before", log_view_earlier, false },
	{ { ']' }, "]", NULL, "the attempt after it", log_view_later, false },
	{ { TERMINAL_UP, 'k', 'y' }, "Up k y", NULL, "up a line", log_view_up, false },
	{ { TERMINAL_DOWN, 'j', 'e', TERMINAL_ENTER },
	  "Down j e",
	  NULL,
	  "down a line",
	  log_view_down,
	  false },
	{ { TERMINAL_PAGE_UP, 'b', CONTROL('B') }, "PgUp b", NULL, "up a page", log_view_page_up, false },
	{ { TERMINAL_PAGE_DOWN, 'f', ' ', CONTROL('F') },
	  "PgDn f",
	  NULL,
	  "down a page; also Space",
	  log_view_page_down,
	  false },
	{ { 'u', CONTROL('U') }, "u", NULL, "up half a page", log_view_half_up, false },
	{ { 'd', CONTROL('D') }, "d", NULL, "down half a page", log_view_half_down, false },
	{ { TERMINAL_HOME, 'g', '<' }, "Home g", NULL, "to the first line; also <", log_view_first, false },
	{ { TERMINAL_END, 'G', '>' },
	  "End G",
	  NULL,
	  "to the end, and follow it; also >",
	  log_view_last,
	  false },
	{ { TERMINAL_LEFT }, "Left", NULL, "scroll left", log_view_left, false },
	{ { TERMINAL_RIGHT }, "Right", NULL, "scroll right", log_view_right, false },
	KEYS_END,
};

const struct view_class log_view_class = {
	.title = "Log",
	.keys = log_view_keys,
	.opens = "/?&s",
	.draw = log_view_draw,
	.mouse = log_view_mouse,
	.turn = log_view_turn,
	.news = log_view_news,
	.wait = log_view_wait,
	.release = log_view_release,
};

void log_view_open(struct app *app, const char *id)
{
	struct log_view *log = alloc_zero(1, sizeof(*log));

	app_open(app, &log->view, &log_view_class);
	log_source_open(&log->source, app, id);
}
