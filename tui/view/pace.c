#include "tui/view/pace.h"

/*
 * Milliseconds for an answer, besides the time that the bytes before the question take; the most for both.  Fewer
 * bytes than a sample tell more about the distance of a terminal than about its speed.
 */
enum { PATIENCE = 1000, PATIENCE_MAX = 20000, UNIT = 1024, SAMPLE = 256 };

void pace_init(struct pace *pace)
{
	*pace = (struct pace){ .kind = PACE_UNKNOWN };
}

bool pace_asks(const struct pace *pace)
{
	return pace->kind != PACE_SILENT;
}

/* What was measured may be twice as slow this time. */
static int64_t pace_needs(const struct pace *pace)
{
	int64_t needs = PATIENCE + 2 * pace->slowness * (int64_t)pace->bytes / UNIT;

	return needs < PATIENCE_MAX ? needs : PATIENCE_MAX;
}

void pace_sent(struct pace *pace, size_t bytes, int64_t now)
{
	if (pace->owed++ == 0) {
		pace->sent = now;
		pace->bytes = 0;
	}
	pace->bytes += bytes;
	if (!pace->first)
		pace->first = bytes;
	/* The first question has few bytes before it, and tells whether the terminal answers. */
	pace->patience = pace->kind == PACE_UNKNOWN ? PATIENCE : pace_needs(pace);
}

static int64_t pace_slowness(const struct pace *pace, size_t bytes, int64_t now)
{
	return (now > pace->sent ? now - pace->sent : 0) * UNIT / (int64_t)(bytes ? bytes : 1);
}

/* All was answered, so the time for its bytes is known. */
static void pace_measure(struct pace *pace, int64_t now)
{
	bool few = pace->bytes < SAMPLE;
	int64_t slowness = pace_slowness(pace, few ? SAMPLE : pace->bytes, now);

	if (slowness > pace->slowness)
		pace->slowness = slowness;
	else if (!few)
		pace->slowness = (3 * pace->slowness + slowness) / 4;
}

void pace_answered(struct pace *pace, int64_t now)
{
	bool first = pace->kind == PACE_UNKNOWN;

	pace->kind = PACE_ANSWERS; /* if it was taken for silent, it was late */
	if (!pace->owed)
		return;
	if (first)
		pace->slowness = pace_slowness(pace, pace->first, now);
	if (--pace->owed == 0 && !first)
		pace_measure(pace, now);
	else if (first) /* for what was sent meanwhile */
		pace->patience = now - pace->sent + pace_needs(pace);
}

void pace_lost(struct pace *pace)
{
	pace->owed = 0;
}

int64_t pace_deadline(const struct pace *pace)
{
	return pace->owed ? pace->sent + pace->patience : 0;
}

bool pace_ready(struct pace *pace, int64_t now)
{
	if (pace->owed && now >= pace_deadline(pace)) {
		pace->owed = 0;
		pace->kind = PACE_SILENT;
	}
	return pace->kind != PACE_ANSWERS || pace->owed == 0;
}
