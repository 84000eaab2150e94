#include "tui/fields/speed.h"

/* Milliseconds: changes that are closer to each other are taken together; and in which the rate mostly follows them. */
enum { SPEED_STEP = 1000, SPEED_MEMORY = 10000 };

void speed_note(struct speed *speed, double share, int64_t at)
{
	double span = (double)(at - speed->at), now, weight;

	if (share < 0 || !speed->at || share < speed->share || at < speed->at) {
		*speed = (struct speed){ .at = share < 0 ? 0 : at, .share = share };
		return;
	}
	if (share <= speed->share)
		return;
	if (!speed->stepped) {
		*speed = (struct speed){ .at = at, .share = share, .stepped = true };
		return;
	}
	if (span < SPEED_STEP)
		return;
	now = (share - speed->share) / span;
	weight = speed->rate > 0 ? span / (span + SPEED_MEMORY) : 1;
	*speed = (struct speed){
		.at = at, .share = share, .stepped = true, .rate = speed->rate + weight * (now - speed->rate)
	};
}
