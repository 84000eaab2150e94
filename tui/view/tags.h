/*
 * The tasks that the user has tagged.  By the server's internal number, since an id may be removed and used
 * again.
 */
#ifndef KRTASK_TUI_VIEW_TAGS_H
#define KRTASK_TUI_VIEW_TAGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct tag;

struct tags {
	struct tag *table; /* a uthash table */
};

#define TAGS_INIT                                                                                            \
	{                                                                                                    \
		0                                                                                            \
	}

/* Tags the task, or untags it. */
void tags_toggle(struct tags *tags, uint64_t number, const char *id);
void tags_remove(struct tags *tags, uint64_t number);
void tags_clear(struct tags *tags);
bool tags_has(const struct tags *tags, uint64_t number);
size_t tags_count(const struct tags *tags);
/* What is known of a filter: all are hidden by it, but those that are shown after that. */
void tags_hide(struct tags *tags);
void tags_show(struct tags *tags, uint64_t number);
/* They are gone: no longer tagged. */
void tags_remove_hidden(struct tags *tags);
size_t tags_hidden(const struct tags *tags);
/* Calls fn for each, the hidden ones too or not, in order of creation. */
void tags_each(struct tags *tags, bool hidden, void (*fn)(void *ctx, uint64_t number, const char *id),
               void *ctx);

#endif
