#include "tui/view/glance.h"

bool glance_same(struct glance_at a, struct glance_at b)
{
	return a.host == b.host && a.number == b.number && a.tags == b.tags;
}

void glance_init(struct glance *glance)
{
	*glance = (struct glance){ .choosing = true };
}

void glance_choose(struct glance *glance, struct glance_at at)
{
	glance->choosing = !at.number;
	glance->chosen = at;
}

void glance_await(struct glance *glance)
{
	glance->choosing = true;
}

void glance_settle(struct glance *glance, struct glance_at at)
{
	if (!glance->choosing)
		return;
	glance->choosing = false;
	glance->chosen = at;
}

void glance_tag(struct glance *glance, bool tags)
{
	glance->drawn.tags = glance->shown.tags = glance->chosen.tags = tags;
}

/*
 * What was chosen and then lost, which the user will see, is not chosen any more if it comes back.  A frame without a selected
 * task says nothing: its place may not be known yet.
 */
void glance_draw(struct glance *glance, struct glance_at at)
{
	if (!at.number)
		return;
	if (!glance_same(glance->chosen, at))
		glance->chosen = (struct glance_at){ .number = 0 };
	glance->drawn = at;
}

void glance_show(struct glance *glance)
{
	glance->shown = glance->drawn;
}

bool glance_knows(const struct glance *glance, struct glance_at at)
{
	return glance->choosing || !at.number || glance_same(glance->shown, at) ||
	       glance_same(glance->chosen, at);
}
