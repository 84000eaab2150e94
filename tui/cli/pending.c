#include "tui/cli/pending.h"

#include <search.h>
#include <strings.h>

static int pending_order(const void *a, const void *b)
{
	const struct word *one = a, *other = b;

	return strcasecmp(one->text, other->text);
}

/* The tree has the addresses of the items, so these must not move. */
void pending_expect(struct pending *pending, size_t count)
{
	struct words *ids = &pending->ids;

	ids->items = alloc_room(ids->items, &ids->size, count, sizeof(*ids->items));
}

void pending_add(struct pending *pending, const struct word *id)
{
	struct words *ids = &pending->ids;
	struct word *item = &ids->items[ids->count];
	struct word **node;

	*item = *id;
	node = tsearch(item, &pending->tree, pending_order);
	if (!node) {
		alloc_failed();
	} else if (*node == item) {
		ids->count++;
		pending->left++;
	}
}

bool pending_take(struct pending *pending, const char *id)
{
	const struct word key = { .text = id };
	struct word **node = tfind(&key, &pending->tree, pending_order), *item;

	if (!node)
		return false;
	item = *node;
	tdelete(&key, &pending->tree, pending_order);
	item->text = NULL;
	pending->left--;
	return true;
}

const char *pending_next(const struct pending *pending, size_t *at)
{
	while (*at < pending->ids.count) {
		const char *id = pending->ids.items[(*at)++].text;

		if (id)
			return id;
	}
	return NULL;
}

void pending_release(struct pending *pending)
{
	const char *id;

	for (size_t at = 0; (id = pending_next(pending, &at));)
		pending_take(pending, id);
	words_release(&pending->ids);
}
