#include "engine/store/pace.h"

static int64_t pace_plain(const struct pace *pace)
{
	return pace->ended + pace->pace_ms * INT64_C(1000);
}

int64_t pace_next(const struct pace *pace, bool urgent)
{
	int64_t half = pace->took / 2;

	if (!urgent)
		return pace_plain(pace);
	if (pace->streak < STORE_STREAK)
		return pace->ended;
	if (pace->vain >= STORE_VAIN && pace->streak % STORE_TRY)
		return pace->ended;
	return pace->ended + (half < STORE_URGENT_PACE_US ? half : STORE_URGENT_PACE_US);
}

void pace_waited(struct pace *pace, bool urgent, bool came)
{
	if (came)
		pace->vain = 0;
	else if (urgent)
		pace->vain++;
}

void pace_begin(struct pace *pace, bool urgent, int64_t now)
{
	bool follows = urgent && now < pace_plain(pace);

	pace->streak = follows ? pace->streak + 1 : 0;
	pace->began = now;
}

void pace_end(struct pace *pace, int64_t now)
{
	pace->ended = now;
	pace->took = now - pace->began;
}
