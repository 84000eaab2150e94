/*
 * The tasks that the user has tagged, by the internal number of the server.  An id could be removed and used
 * again.
 */
#ifndef KRTASK_TUI_VIEW_TAGS_H
#define KRTASK_TUI_VIEW_TAGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/wire/jsonw.h"

struct tag;

struct tags {
	struct tag *table; /* a uthash table */
	size_t questions;  /* that were asked about them: tags_ask() */
};

/* Tags the task, or untags it. */
void tags_toggle(struct tags *tags, uint64_t number, const char *id);
void tags_remove(struct tags *tags, uint64_t number);
void tags_clear(struct tags *tags);
bool tags_has(const struct tags *tags, uint64_t number);
size_t tags_count(const struct tags *tags);
/*
 * A question begins, which of them the filter hides.  When its answer comes, tags_hide() with this number marks all that it was
 * about as hidden, and then tags_show() those that are not.  What is tagged meanwhile has no part in that.
 */
size_t tags_ask(struct tags *tags);
void tags_hide(struct tags *tags, size_t question);
void tags_show(struct tags *tags, uint64_t number);
void tags_show_all(struct tags *tags);
/* Untags the hidden tasks, which have been removed. */
void tags_remove_hidden(struct tags *tags);
size_t tags_hidden(const struct tags *tags);
size_t tags_shown(const struct tags *tags); /* those that are not hidden */
/* Calls fn for each tagged task, with or without the hidden ones, in order of creation. */
void tags_each(struct tags *tags, bool hidden, void (*fn)(void *ctx, uint64_t number, const char *id),
               void *ctx);
/* Writes their ids as strings. */
void tags_write(struct tags *tags, bool hidden, struct jsonw *params);

#endif
