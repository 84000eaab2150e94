#include "tui/view/header.h"

#include <stdio.h>
#include <string.h>

#include "tui/text/cells.h"
#include "tui/text/screen_messages.h"

/* Columns between two modes; from how many on it is said in full that the server is waited for. */
enum { HEADER_GAP = 2, HEADER_LONG = 32 };

/* Columns: of "+2" and the gap before it; the least of a filter that is cut for other modes, and for want of room. */
enum { HEADER_MORE = 3, HEADER_CUT = 8, HEADER_LEAST_CUT = 3 };

static const struct {
	const char *name, *brief;
	enum style style;
} header_filters[SHOWN_COUNT] = {
	[SHOWN_ALL] = { "All", "All", STYLE_STRONG },
	[SHOWN_ACTIVE] = { "Active", "Act", STYLE_STATE + TASK_RUNNING },
	[SHOWN_FAILED] = { "Failed", "Fail", STYLE_STATE + TASK_FAILED },
	[SHOWN_DONE] = { "Done", "Done", STYLE_STATE + TASK_COMPLETED },
	[SHOWN_CREATED] = { "Created", "New", STYLE_STATE + TASK_CREATED },
};

/* Adds the text after the others, with `gap` blanks in between, if it fits before `end`. */
static bool header_add(struct header *header, int *x, int end, int gap, enum style style, const char *text)
{
	struct header_piece *piece = &header->pieces[header->count];
	int width = (int)cells_width(text), before = header->count ? gap : 0;

	if (header->count == HEADER_PIECES_MAX || *x + before + width > end)
		return false;
	piece->x = *x + before;
	piece->style = style;
	piece->count = -1;
	cells_fit(text, SIZE_MAX, piece->text, sizeof(piece->text));
	header->count++;
	*x += before + width;
	return true;
}

void header_uptime(int64_t ms, char *buf, size_t size)
{
	long minutes = (long)((ms < 0 ? 0 : ms) / 60000);

	if (minutes < 60)
		snprintf(buf, size, "%ld min", minutes);
	else if (minutes < 24 * 60 && minutes % 60 == 0)
		snprintf(buf, size, "%ld h", minutes / 60);
	else if (minutes < 24 * 60)
		snprintf(buf, size, "%ld h %02ld min", minutes / 60, minutes % 60);
	else
		snprintf(buf, size, "%ld d %ld h", minutes / (24 * 60), minutes / 60 % 24);
}

/* "2h", for narrow terminals. */
static void header_uptime_brief(int64_t ms, char *buf, size_t size)
{
	long minutes = (long)((ms < 0 ? 0 : ms) / 60000);

	if (minutes < 60)
		snprintf(buf, size, "%ldm", minutes);
	else if (minutes < 24 * 60)
		snprintf(buf, size, "%ldh", minutes / 60);
	else
		snprintf(buf, size, "%ldd", minutes / (24 * 60));
}

bool header_shows(enum shown shown, enum task_state state)
{
	switch (shown) {
	case SHOWN_ACTIVE:
		return state != TASK_CREATED && !task_state_terminal(state);
	case SHOWN_FAILED:
		return state == TASK_FAILED;
	case SHOWN_DONE:
		return task_state_terminal(state) && state != TASK_FAILED;
	case SHOWN_CREATED:
		return state == TASK_CREATED;
	default:
		return true;
	}
}

long long header_count(const struct server_status *status, enum shown shown)
{
	long long count = 0;

	for (int state = 0; state < TASK_STATE_COUNT; state++) {
		if (header_shows(shown, (enum task_state)state))
			count += status->tasks[state];
	}
	return count;
}

/* True: all of them fit. */
static bool header_add_counts(struct header *header, int *x, int end, int gap,
                              const struct server_status *status, enum shown shown, bool brief)
{
	for (int i = 0; i < SHOWN_COUNT; i++) {
		long long count = header_count(status, (enum shown)i);
		enum style style = (enum shown)i == shown && i ? STYLE_NOTICE
		                   : count                     ? header_filters[i].style
		                                               : STYLE_DIM;
		char text[64];

		snprintf(text, sizeof(text), "[%d]%s %lld", i + 1,
		         brief ? header_filters[i].brief : header_filters[i].name, count);
		if (!header_add(header, x, end, i ? 1 : gap, style, text))
			return false;
		header->pieces[header->count - 1].count = i;
	}
	return true;
}

static void header_slots_text(const struct server_status *status, bool brief, char *buf, size_t size)
{
	const char *unit = brief ? "" : " slots";

	if (status->slots > 0)
		snprintf(buf, size, "%lld/%lld%s", (long long)status->used, (long long)status->slots, unit);
	else
		snprintf(buf, size, "%lld/%s%s", (long long)status->used, cells_in_utf8() ? "∞" : "-", unit);
}

/* How much is said, from all of it to the least. */
enum header_detail { HEADER_FULL, HEADER_BRIEF, HEADER_NO_UPTIME, HEADER_NO_SLOTS, HEADER_LEAST };

static bool header_try(struct header *header, const struct server_status *status, int64_t up,
                       enum shown shown, int width, enum header_detail detail)
{
	bool brief = detail > HEADER_FULL;
	int x = 0, gap = brief ? 1 : 2;
	char text[80], uptime[64] = "";

	header->count = 0;
	header_add(header, &x, width, 0, STYLE_STRONG, status->name ? status->name : "krtask");
	if (detail < HEADER_NO_SLOTS || detail == HEADER_LEAST) {
		header_slots_text(status, brief, text, sizeof(text));
		header_add(header, &x, width, gap, STYLE_NORMAL, text);
	}
	if (status->paused && !header_add(header, &x, width, gap, STYLE_NOTICE, MSG_SERVER_IS_PAUSED))
		return false;
	if (detail < HEADER_NO_UPTIME && status->started_ms) {
		(brief ? header_uptime_brief : header_uptime)(up, uptime, sizeof(uptime));
		snprintf(text, sizeof(text), "up %s", uptime);
		header_add(header, &x, width, gap, STYLE_NORMAL, text);
	}
	return header_add_counts(header, &x, width, gap + 1, status, shown, brief);
}

void header_line(struct header *header, const struct server_status *status, int64_t now_ms, enum shown shown,
                 int width)
{
	int64_t up = now_ms - status->started_ms;

	for (int detail = HEADER_FULL; detail <= HEADER_LEAST; detail++) {
		if (header_try(header, status, up, shown, width, (enum header_detail)detail))
			return;
	}
}

int header_count_at(const struct header *header, int x)
{
	for (size_t i = 0; i < header->count; i++) {
		const struct header_piece *piece = &header->pieces[i];

		if (piece->count >= 0 && x >= piece->x && x < piece->x + (int)cells_width(piece->text))
			return piece->count;
	}
	return -1;
}

/* "" if nothing is tagged. */
static void header_tags(const struct header_modes *modes, bool brief, char *buf, size_t size)
{
	*buf = '\0';
	if (modes->tagged && modes->hidden)
		snprintf(buf, size, brief ? MSG_TAGGED_HID_BRIEF : MSG_TAGGED_HIDDEN, modes->tagged,
		         modes->hidden);
	else if (modes->tagged)
		snprintf(buf, size, brief ? MSG_TAGGED_BRIEF : MSG_TAGGED, modes->tagged);
}

bool header_marks(struct header *header, const struct header_modes *modes, int width)
{
	const struct header_piece *last = header->count ? &header->pieces[header->count - 1] : NULL;
	int used = last ? last->x + (int)cells_width(last->text) : 0, wanted = 0, x;
	char tags[256];

	header_tags(modes, false, tags, sizeof(tags));
	if (*tags)
		wanted += HEADER_GAP + (int)cells_width(tags);
	if (modes->what_if)
		wanted += HEADER_GAP + (int)cells_width(MSG_WHAT_IF_MODE);
	if (used + wanted > width)
		return false;
	x = width - wanted;
	if (*tags)
		header_add(header, &x, width, HEADER_GAP, STYLE_NOTICE, tags);
	if (modes->what_if)
		header_add(header, &x, width, HEADER_GAP, STYLE_NOTICE, MSG_WHAT_IF_MODE);
	return true;
}

/* A line of modes that is being made. */
struct header_line {
	struct header *header;
	int x, begin, end;
	bool brief;
	size_t left_out; /* modes for which there was no room */
};

static void header_line_add(struct header_line *line, enum style style, const char *text)
{
	int gap = line->brief ? 1 : HEADER_GAP;

	line->left_out += !header_add(line->header, &line->x, line->end, gap, style, text);
}

/* Cuts it where it would come closer to the end than so many columns. */
static void header_line_add_fitted(struct header_line *line, int room, const char *text)
{
	int gap = line->brief ? 1 : HEADER_GAP, width = line->end - line->x - gap;
	char fitted[256] = "";

	if (width - room >= HEADER_CUT)
		width -= room;
	if (width >= HEADER_LEAST_CUT)
		cells_fit(text, (size_t)width, fitted, sizeof(fitted));
	if (*fitted)
		header_line_add(line, STYLE_NOTICE, fitted);
	else
		line->left_out++;
}

static void header_line_add_without(struct header_line *line, const struct header_modes *modes)
{
	char text[256];

	if (!modes->without)
		return;
	snprintf(text, sizeof(text), MSG_FILTER_WITHOUT, modes->without);
	header_line_add_fitted(line, 0, text);
}

/* The order, unless it is the usual one. */
static void header_order(const struct header_modes *modes, bool brief, char *buf, size_t size)
{
	*buf = '\0';
	if (!modes->active_first)
		snprintf(buf, size, "by %s%s%s", brief && modes->reverse ? "-" : "",
		         modes->sort ? modes->sort : "creation",
		         modes->reverse && !brief ? ", reversed" : "");
}

/* The states that are shown, and the words of the filter. */
static void header_line_add_filter(struct header_line *line, const struct header_modes *modes)
{
	const char *filter = modes->filter ? modes->filter : "";
	int gap = line->brief ? 1 : HEADER_GAP, room = 0;
	char text[256], order[64];

	header_order(modes, line->brief, order, sizeof(order));
	if (*order)
		room += gap + (int)cells_width(order);
	if (modes->tree)
		room += gap + (int)cells_width(MSG_TREE_MODE);
	if (modes->shown)
		snprintf(text, sizeof(text), line->brief ? MSG_FILTER_SHOWN_BRIEF : MSG_FILTER_SHOWN,
		         line->brief ? header_filters[modes->shown].brief : header_filters[modes->shown].name,
		         *filter ? " " : "", filter);
	else if (modes->filter)
		snprintf(text, sizeof(text), line->brief ? MSG_FILTER_BRIEF : MSG_FILTER, filter);
	else
		return;
	header_line_add_fitted(line, room, text);
}

void header_waiting(const char *server, unsigned seconds, int columns, char *buf, size_t size)
{
	const char *named = cells_in_utf8() ? MSG_WAITING_FOR : MSG_WAITING_FOR_PLAIN;

	if (server && snprintf(buf, size, named, server, seconds) < (int)size &&
	    (int)cells_width(buf) <= columns)
		return;
	if (columns < HEADER_LONG)
		snprintf(buf, size, MSG_WAITING_SHORT, seconds);
	else
		snprintf(buf, size, cells_in_utf8() ? MSG_WAITING : MSG_WAITING_PLAIN, seconds);
}

static void header_line_make(struct header_line *line, const struct header_modes *modes)
{
	char text[256];

	line->header->count = 0;
	line->x = line->begin;
	line->left_out = 0;
	if (line->begin > 0)
		header_line_add(line, STYLE_NORMAL, "");
	if (modes->waiting) {
		header_waiting(line->brief ? NULL : modes->awaited, modes->waiting,
		               line->brief ? 0 : line->end - line->begin, text, sizeof(text));
		header_line_add(line, STYLE_BANNER, text);
	}
	if (modes->what_if)
		header_line_add(line, STYLE_NOTICE, MSG_WHAT_IF_MODE);
	header_tags(modes, line->brief, text, sizeof(text));
	if (*text)
		header_line_add(line, STYLE_NOTICE, text);
	header_line_add_without(line, modes);
	header_line_add_filter(line, modes);
	if (modes->says_none && !modes->shown && !modes->filter) {
		snprintf(text, sizeof(text), MSG_FILTER, "-");
		header_line_add(line, STYLE_DIM, text);
	}
	if (modes->tree)
		header_line_add(line, STYLE_STRONG, MSG_TREE_MODE);
	header_order(modes, line->brief, text, sizeof(text));
	if (*text)
		header_line_add(line, STYLE_STRONG, text);
}

/* If they do not fit, they are said in brief, and if these do not fit either, how many are missing. */
void header_modes(struct header *header, const struct header_modes *modes, int begin, int end)
{
	struct header_line line = { .header = header, .begin = begin, .end = end };
	char more[32];

	header_line_make(&line, modes);
	if (!line.left_out)
		return;
	line.brief = true;
	header_line_make(&line, modes);
	if (!line.left_out)
		return;
	line.end -= HEADER_MORE;
	header_line_make(&line, modes);
	line.end = end;
	snprintf(more, sizeof(more), MSG_MODES_MORE, line.left_out);
	header_line_add(&line, STYLE_NOTICE, more);
}
