#include "tui/view/header.h"

#include <stdio.h>
#include <string.h>

#include "tui/text/cells.h"
#include "tui/text/messages.h"

enum { NARROW = 60 };

/* Adds the text after the others, with `gap` blanks in between, if it fits before `end`. */
static bool header_add(struct header *header, int *x, int end, int gap, enum style style, const char *text)
{
	struct header_piece *piece = &header->pieces[header->count];
	int width = (int)cells_width(text);

	if (header->count == HEADER_PIECES_MAX || *x + gap + width > end)
		return false;
	piece->x = *x + gap;
	piece->style = style;
	cells_fit(text, SIZE_MAX, piece->text, sizeof(piece->text));
	header->count++;
	*x += gap + width;
	return true;
}

void header_uptime(int64_t ms, char *buf, size_t size)
{
	long minutes = (long)((ms < 0 ? 0 : ms) / 60000);

	if (minutes < 60)
		snprintf(buf, size, "%ld min", minutes);
	else if (minutes < 24 * 60)
		snprintf(buf, size, "%ld h %02ld min", minutes / 60, minutes % 60);
	else
		snprintf(buf, size, "%ld d %ld h", minutes / (24 * 60), minutes / 60 % 24);
}

static void header_slots_text(const struct server_status *status, char *buf, size_t size)
{
	if (status->slots > 0)
		snprintf(buf, size, "%lld/%lld slots", (long long)status->used, (long long)status->slots);
	else
		snprintf(buf, size, "%lld/%s slots", (long long)status->used, cells_in_utf8() ? "∞" : "-");
}

static void header_add_modes(struct header *header, int *x, int end, const struct header_modes *modes)
{
	char text[256], fitted[256];

	if (modes->tagged) {
		if (modes->hidden)
			snprintf(text, sizeof(text), MSG_TAGGED_HIDDEN, modes->tagged, modes->hidden);
		else
			snprintf(text, sizeof(text), MSG_TAGGED, modes->tagged);
		header_add(header, x, end, 2, STYLE_NOTICE, text);
	}
	if (modes->filter) {
		snprintf(text, sizeof(text), "filter: %s", modes->filter);
		if (end - *x > 4) {
			cells_fit(text, (size_t)(end - *x - 2), fitted, sizeof(fitted));
			header_add(header, x, end, 2, STYLE_NOTICE, fitted);
		}
	}
	if (!modes->active_first) {
		snprintf(text, sizeof(text), "by %s%s", modes->sort ? modes->sort : "creation",
		         modes->reverse ? ", reversed" : "");
		header_add(header, x, end, 2, STYLE_STRONG, text);
	}
}

void header_server(struct header *header, const struct server_status *status, int64_t now_ms,
                   const struct header_modes *modes, int width)
{
	char slots[64], uptime[64] = "";
	const char *name = status->name ? status->name : "krtask";
	int x = 0, end = width, mode = modes->what_if ? (int)strlen(" WHAT-IF ") : 0;

	bool first = modes->hidden && width < NARROW; /* hidden tagged tasks must always be mentioned */

	header->count = 0;
	if (mode < end)
		end -= mode;
	if (first)
		header_add_modes(header, &x, end, modes);
	header_add(header, &x, end, 1, STYLE_STRONG, name);
	header_slots_text(status, slots, sizeof(slots));
	header_add(header, &x, end, 2, STYLE_NORMAL, slots);
	if (status->paused)
		header_add(header, &x, end, 2, STYLE_NOTICE, MSG_SERVER_IS_PAUSED);
	if (!first)
		header_add_modes(header, &x, end, modes);
	if (status->started_ms) {
		header_uptime(now_ms - status->started_ms, uptime, sizeof(uptime));
		char text[80];

		snprintf(text, sizeof(text), "up %s", uptime);
		header_add(header, &x, end, 2, STYLE_NORMAL, text);
	}
	if (status->address)
		header_add(header, &x, end, 2, STYLE_DIM, status->address);
	x = end;
	if (modes->what_if)
		header_add(header, &x, width, 0, STYLE_NOTICE, " WHAT-IF ");
}

/* The order in which a task passes its states.  Claimed is shown as Queued. */
static const enum task_state shown[] = { TASK_RUNNING, TASK_QUEUED,    TASK_PAUSED, TASK_STOPPING,
	                                 TASK_CREATED, TASK_COMPLETED, TASK_FAILED, TASK_STOPPED };

/* What few use is there once a task is. */
static bool header_shows_always(enum task_state state)
{
	return state != TASK_PAUSED;
}

static int header_count_text(const struct server_status *status, enum task_state state, char *text,
                             size_t size)
{
	return snprintf(text, size, "%s %lld", task_state_name(state), (long long)status->tasks[state]);
}

/* What the states with tasks leave of the line to the others.  On narrow terminals: nothing. */
static int header_spare(const struct server_status *status, int width)
{
	char text[64];
	int spare = width + 1;

	for (size_t i = 0; i < sizeof(shown) / sizeof(*shown); i++) {
		if (status->tasks[shown[i]])
			spare -= header_count_text(status, shown[i], text, sizeof(text)) + 2;
	}
	return width >= 80 ? spare : 0;
}

void header_counts(struct header *header, const struct server_status *status, int width)
{
	int x = 0, spare = header_spare(status, width);

	header->count = 0;
	for (size_t i = 0; i < sizeof(shown) / sizeof(*shown); i++) {
		char text[64];
		int length = header_count_text(status, shown[i], text, sizeof(text));
		enum style style = STYLE_STATE + shown[i];

		if (!status->tasks[shown[i]]) {
			if (!header_shows_always(shown[i]) || length + 2 > spare)
				continue;
			spare -= length + 2;
			style = STYLE_DIM;
		}
		header_add(header, &x, width, header->count ? 2 : 1, style, text);
	}
}
