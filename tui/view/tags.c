#include "tui/view/tags.h"

#include <stdlib.h>
#include <uthash.h>

#include "tui/text/alloc.h"

struct tag {
	uint64_t number;
	char *id;
	size_t since; /* so many questions were asked before it was tagged */
	bool hidden;
	UT_hash_handle hh;
};

static struct tag *tags_find(const struct tags *tags, uint64_t number)
{
	struct tag *tag;

	HASH_FIND(hh, tags->table, &number, sizeof(number), tag);
	return tag;
}

void tags_toggle(struct tags *tags, uint64_t number, const char *id)
{
	struct tag *tag;

	if (tags_find(tags, number)) {
		tags_remove(tags, number);
		return;
	}
	tag = alloc_zero(1, sizeof(*tag));
	tag->number = number;
	tag->id = alloc_string(id);
	tag->since = tags->questions;
	HASH_ADD(hh, tags->table, number, sizeof(tag->number), tag);
}

void tags_remove(struct tags *tags, uint64_t number)
{
	struct tag *tag = tags_find(tags, number);

	if (!tag)
		return;
	HASH_DEL(tags->table, tag);
	free(tag->id);
	free(tag);
}

void tags_clear(struct tags *tags)
{
	struct tag *tag, *next;

	HASH_ITER(hh, tags->table, tag, next)
	{
		HASH_DEL(tags->table, tag);
		free(tag->id);
		free(tag);
	}
}

bool tags_has(const struct tags *tags, uint64_t number)
{
	return tags_find(tags, number) != NULL;
}

size_t tags_count(const struct tags *tags)
{
	return HASH_COUNT(tags->table);
}

size_t tags_ask(struct tags *tags)
{
	return ++tags->questions;
}

void tags_hide(struct tags *tags, size_t question)
{
	for (struct tag *tag = tags->table; tag; tag = tag->hh.next)
		tag->hidden |= tag->since < question;
}

void tags_show(struct tags *tags, uint64_t number)
{
	struct tag *tag = tags_find(tags, number);

	if (tag)
		tag->hidden = false;
}

void tags_show_all(struct tags *tags)
{
	for (struct tag *tag = tags->table; tag; tag = tag->hh.next)
		tag->hidden = false;
}

void tags_remove_hidden(struct tags *tags)
{
	struct tag *tag, *next;

	HASH_ITER(hh, tags->table, tag, next)
	{
		if (tag->hidden)
			tags_remove(tags, tag->number);
	}
}

size_t tags_hidden(const struct tags *tags)
{
	size_t count = 0;

	for (const struct tag *tag = tags->table; tag; tag = tag->hh.next)
		count += tag->hidden;
	return count;
}

size_t tags_shown(const struct tags *tags)
{
	return tags_count(tags) - tags_hidden(tags);
}

static int tags_by_number(const struct tag *a, const struct tag *b)
{
	return a->number < b->number ? -1 : a->number > b->number;
}

void tags_each(struct tags *tags, bool hidden, void (*fn)(void *ctx, uint64_t number, const char *id),
               void *ctx)
{
	HASH_SORT(tags->table, tags_by_number);
	for (const struct tag *tag = tags->table; tag; tag = tag->hh.next)
		if (hidden || !tag->hidden)
			fn(ctx, tag->number, tag->id);
}

static void tags_write_id(void *ctx, uint64_t number, const char *id)
{
	(void)number;
	jsonw_string(ctx, id);
}

void tags_write(struct tags *tags, bool hidden, struct jsonw *params)
{
	tags_each(tags, hidden, tags_write_id, params);
}
