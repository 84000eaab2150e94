/*
 * The end of what a task wrote to a stream, as it grows.
 *
 *     recent_open()      follows it, by a channel of its own
 *     recent_close()     before the feed is released
 */
#ifndef KRTASK_TUI_SCREEN_RECENT_H
#define KRTASK_TUI_SCREEN_RECENT_H

#include <stdint.h>

#include "engine/task/task.h"
#include "tui/screen/feed.h"

enum { RECENT_MAX = 32 * 1024 }; /* bytes that are kept */

struct recent {
	struct feed *feed;
	struct channel channel;
	char id[TASK_ID_MAX + 1];
	const char *stream;
	char *bytes; /* the last of them */
	size_t length;
	int64_t next, attempt; /* where it goes on, and in which attempt */
	bool began;
	int lines; /* with which it begins */
	void (*changed)(void *ctx);
	void *ctx;
};

/* stream: "stdout" or "stderr". */
void recent_open(struct recent *recent, struct feed *feed, const char *id, const char *stream, int lines,
                 void (*changed)(void *ctx), void *ctx);
void recent_close(struct recent *recent);

#endif
