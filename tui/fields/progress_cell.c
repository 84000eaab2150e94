#include "tui/fields/progress_cell.h"

#include <stdio.h>
#include <string.h>

#include "engine/task/messages.h"
#include "engine/task/signals.h"
#include "tui/fields/format.h"
#include "tui/fields/pair.h"
#include "tui/fields/rate.h"
#include "tui/text/cells.h"
#include "tui/text/messages.h"
#include "tui/text/screen_messages.h"

static const struct slice progress_cell_nothing = { .text = "" };

static struct slice progress_cell_made(const struct text *text)
{
	return (struct slice){ .text = text->data, .length = text->length };
}

/*
 * The columns of a bar, which is such a part of the cell, alike in all rows; four with the percentage follow it.  A
 * message with fewer than four columns is useless.
 */
enum { BAR_MIN = 4, BAR_MAX = 10, BAR_PART = 4, PERCENT_WIDTH = 4, MESSAGE_MIN = 4 };

/*
 * Adds the bar, if there is room for one, and the percentage.  Returns the columns of both.  *bar is the
 * number of bytes of the bar.
 */
static size_t progress_cell_add_percent(struct text *scratch, int percent, size_t width, size_t *bar)
{
	char buffer[FORMAT_SHORT * 4];
	size_t columns = width / BAR_PART > BAR_MIN ? width / BAR_PART : BAR_MIN;

	*bar = 0;
	if (columns > BAR_MAX)
		columns = BAR_MAX;
	if (width < BAR_MIN + PERCENT_WIDTH || cells_plain())
		columns = 0;
	if (columns) {
		format_bar(percent, columns, buffer, sizeof(buffer));
		*bar = strlen(buffer);
		text_add(scratch, buffer, *bar);
	}
	snprintf(buffer, sizeof(buffer), "%*d%%", width ? PERCENT_WIDTH - 1 : 0, percent);
	text_add_string(scratch, buffer);
	return columns + PERCENT_WIDTH;
}

/* Behind what only says how it ended, which is said elsewhere; that is all of some messages. */
static struct slice progress_cell_beside(struct slice message)
{
	static const char *const plain[] = { MSG_ENDED_WITH_STATUS, MSG_ENDED_BY_SIGNAL, MSG_CANCELLED };
	const char *end = memmem(message.text, message.length, "; ", 2);
	size_t first = end ? (size_t)(end - message.text) : message.length;

	for (size_t i = 0; i < sizeof(plain) / sizeof(*plain); i++) {
		size_t fixed = strcspn(plain[i], "%");
		bool whole = !plain[i][fixed];

		if (first < fixed || memcmp(message.text, plain[i], fixed) != 0 || (whole && first != fixed))
			continue;
		return end ? (struct slice){ .text = end + 2, .length = message.length - first - 2 }
		           : progress_cell_nothing;
	}
	return message;
}

/* How it ended, if that is not 0 and is not seen elsewhere, and what is known besides, or was said last. */
static struct slice progress_cell_end(const struct value *values, const struct field_look *look,
                                      struct text *scratch)
{
	bool killed = !value_is_null(&values[5]);
	bool failed = killed || (!value_is_null(&values[4]) && value_integer(&values[4]) != 0);
	struct text piece = { 0 };
	struct slice message = { .length = 0 };

	message.text = value_string(&values[2], &piece, &message.length);
	message = message.length ? progress_cell_beside(message) : progress_cell_nothing;
	if (!message.length)
		message = look->said;
	text_clear(scratch);
	if (killed && !(message.length && look->exit_seen))
		text_format(scratch, MSG_CELL_SIGNAL, signal_name((int)value_integer(&values[5])));
	else if (failed && !(message.length && look->exit_seen))
		text_format(scratch, MSG_CELL_EXIT, (int)value_integer(&values[4]));
	if (scratch->length && message.length)
		text_add_string(scratch, ": ");
	if (message.length)
		text_add(scratch, message.text, message.length);
	text_release(&piece);
	return progress_cell_made(scratch);
}

/* A message of any kind. */
static struct slice progress_cell_plain(const struct value *value, struct text *scratch)
{
	struct slice slice = { .length = 0 };

	slice.text = value_string(value, scratch, &slice.length);
	return slice.text ? slice : progress_cell_nothing;
}

/* Why it does not run yet. */
static struct slice progress_cell_reason(const struct value *value, const struct field_look *look,
                                         struct text *scratch)
{
	struct text piece = { 0 };
	struct slice slice = progress_cell_plain(value, look->server ? &piece : scratch);

	if (look->server && slice.length) {
		text_clear(scratch);
		format_reason(scratch, slice.text, slice.length, look->server);
		slice = progress_cell_made(scratch);
	}
	text_release(&piece);
	return slice;
}

double progress_cell_share(const struct value *values, const struct field_look *look)
{
	int64_t percent = value_integer(values);
	struct pair pair;

	if (value_is_true(&values[1]))
		return percent < 0 ? 0 : percent > 100 ? 1 : (double)percent / 100;
	if (look->ended || look->waits || !pair_find(look->said.text, look->said.length, &pair))
		return -1;
	return pair.part / pair.whole;
}

/* Adds what it says, and that it has said nothing for long. */
static void progress_cell_add_message(struct text *scratch, struct slice message, int64_t silent_ms)
{
	int minutes = (int)(silent_ms / 60000);

	if (scratch->length)
		text_add(scratch, " ", 1);
	if (minutes >= PROGRESS_CELL_SILENT_HOURS * 60)
		text_format(scratch, MSG_SILENT_HOURS, minutes / 60);
	else if (minutes >= PROGRESS_CELL_SILENT_MINUTES)
		text_format(scratch, MSG_SILENT_MINUTES, minutes);
	if (minutes >= PROGRESS_CELL_SILENT_MINUTES && message.length)
		text_add_string(scratch, ": ");
	if (message.length)
		text_add(scratch, message.text, message.length);
}

/* How fast sizes grow, before what it says, if that does not say it. */
static struct slice progress_cell_speed(struct slice message, const struct field_look *look,
                                        struct text *scratch)
{
	char speed[FORMAT_SHORT];
	struct pair pair;

	if (look->rate <= 0 || !pair_find(message.text, message.length, &pair) || !pair.sizes)
		return message;
	format_bytes((int64_t)(pair.whole * look->rate * 1000), speed, sizeof(speed));
	text_format(scratch, MSG_CELL_SPEED, speed, (int)message.length, message.text);
	return progress_cell_made(scratch);
}

/* Of a line with a speed only that, and the time that is left: the bar says the rest. */
static struct slice progress_cell_brief(struct slice message, const struct field_look *look,
                                        struct text *scratch)
{
	struct rate rate;

	text_clear(scratch);
	if (!rate_find(message.text, message.length, &rate))
		return progress_cell_speed(message, look, scratch);
	text_add(scratch, rate.speed, rate.speed_length);
	if (rate.left_length)
		text_format(scratch, MSG_CELL_LEFT, (int)rate.left_length, rate.left);
	return progress_cell_made(scratch);
}

/* What runs and does not tell how far it is has come as far as its children.  Only the screen shows that, which follows them. */
static void progress_cell_add_children(struct text *scratch, const struct value *values, size_t width)
{
	int64_t children = width ? value_integer(&values[6]) : 0;

	if (children > 0)
		text_format(scratch, children > 1 ? MSG_CELL_CHILDREN : MSG_CELL_CHILD,
		            (int)value_integer(&values[7]), (int)children);
}

/* It does not get on, or how it ended is known.  What it said last is no speed, and promises no time that is left. */
static bool progress_cell_stands(const struct value *values, const struct field_look *look)
{
	return look->halted || !value_is_null(&values[4]) || !value_is_null(&values[5]);
}

/* While it runs, or where nobody says that it does not. */
static struct slice progress_cell_running(const struct value *values, const struct field_look *look,
                                          struct text *scratch)
{
	double share = progress_cell_share(values, look);
	bool silent = look->silent_ms >= PROGRESS_CELL_SILENT_MINUTES * INT64_C(60000);
	struct text piece = { 0 }, brief = { 0 };
	struct slice message = progress_cell_plain(&values[2], &piece), slice;
	size_t used = 0, bar = 0;

	if (!message.length)
		message = look->said;
	text_clear(scratch);
	if (share >= 0)
		used = progress_cell_add_percent(scratch, (int)(share * 100 + 1e-9), look->width, &bar);
	else
		progress_cell_add_children(scratch, values, look->width);
	if (share >= 0 && message.length)
		message = progress_cell_stands(values, look) ? message
		                                             : progress_cell_brief(message, look, &brief);
	else if (scratch->length && (message.length || silent))
		text_add_string(scratch, ":");
	if ((message.length || silent) && (!used || !look->width || look->width > used + MESSAGE_MIN))
		progress_cell_add_message(scratch, message, look->silent_ms);
	text_release(&piece);
	text_release(&brief);
	slice = progress_cell_made(scratch);
	slice.tinted = bar;
	return slice;
}

struct slice progress_cell_text(const struct value *values, const struct field_look *look,
                                struct text *scratch)
{
	bool waits = look->waits || (!value_is_true(&values[1]) && !value_is_null(&values[3]));

	if (look->ended)
		return progress_cell_end(values, look, scratch);
	/* If it does not run yet: why.  Between attempts this is more than how the last one ended. */
	if (waits)
		return progress_cell_reason(&values[value_is_null(&values[3]) ? 2 : 3], look, scratch);
	return progress_cell_running(values, look, scratch);
}

/* Milliseconds that are left as the task itself says, which knows more than we do; -1: it does not. */
static int64_t progress_cell_left_said(const struct value *message, const struct field_look *look)
{
	struct text piece = { 0 };
	struct slice said = progress_cell_plain(message, &piece);
	int64_t left;

	if (!said.length)
		said = look->said;
	left = said.length ? rate_left(said.text, said.length) : -1;
	text_release(&piece);
	return left;
}

/* Longer times, as of 1/99999999999999999999, are said to be so long. */
static int64_t progress_cell_bounded(double milliseconds)
{
	static const int64_t most = INT64_C(1000000000000);

	return milliseconds < (double)most ? (int64_t)milliseconds : most;
}

/* As fast as lately; if that would have been over by now, as fast as since its start. */
static int64_t progress_cell_left_measured(double share, int64_t ran, const struct field_look *look)
{
	int64_t left = look->rate > 0 ? progress_cell_bounded((1 - share) / look->rate) - look->age_ms : 0;

	return left > 0 ? left : progress_cell_bounded((double)ran * (1 - share) / share);
}

struct slice progress_cell_eta(const struct value *values, const struct field_look *look,
                               struct text *scratch)
{
	double share = progress_cell_share(values, look);
	int64_t ran = value_milliseconds(&values[2]) + look->age_ms, left;
	char buffer[FORMAT_SHORT];

	if (look->ended || look->waits || look->halted || !value_integer(&values[3]) || ran <= 0)
		return progress_cell_nothing;
	/* Our clock shows whole seconds, so the row may be younger than nothing. */
	left = progress_cell_left_said(&values[4], look);
	left = left >= 0 ? left - look->age_ms : 0;
	if (left <= 0 && (share <= 0 || share >= 1))
		return progress_cell_nothing;
	if (left <= 0)
		left = progress_cell_left_measured(share, ran, look);
	left = (left + 500) / 1000 * 1000;
	if (left < 60000)
		snprintf(buffer, sizeof(buffer), "%ds", (int)(left / 1000));
	else
		format_elapsed(left, buffer, sizeof(buffer));
	text_clear(scratch);
	text_add_string(scratch, buffer);
	return progress_cell_made(scratch);
}
