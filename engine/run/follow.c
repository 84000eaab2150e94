#include "engine/run/follow.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/inotify.h>
#include <unistd.h>

/* If memory runs out, the caller gets an error.  By default, uthash would end the program. */
#define HASH_NONFATAL_OOM 1
#include <uthash.h>
#include <utlist.h>

struct follow_watch {
	void (*fn)(void *ctx);
	void *ctx;
	struct follow_mark *mark;
	struct follow_watch *prev, *next;
};

/* One watch of the kernel.  Everybody who follows the same inode shares it. */
struct follow_mark {
	int wd;
	bool spent; /* taken out of the table; its callbacks are being called */
	struct follow_watch *watches;
	UT_hash_handle hh;
};

struct follow {
	int fd;
	struct follow_mark *marks; /* by wd */
};

int follow_new(struct follow **result)
{
	struct follow *follow = calloc(1, sizeof(*follow));
	int error;

	if (!follow)
		return -ENOMEM;
	follow->fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	if (follow->fd < 0) {
		error = -errno;
		free(follow);
		return error;
	}
	*result = follow;
	return 0;
}

static void mark_free(struct follow_mark *mark)
{
	struct follow_watch *watch, *next;

	DL_FOREACH_SAFE(mark->watches, watch, next)
	free(watch);
	free(mark);
}

void follow_free(struct follow *follow)
{
	struct follow_mark *mark, *next;

	if (!follow)
		return;
	HASH_ITER(hh, follow->marks, mark, next)
	{
		HASH_DEL(follow->marks, mark);
		mark_free(mark);
	}
	(void)close(follow->fd);
	free(follow);
}

int follow_fd(const struct follow *follow)
{
	return follow->fd;
}

static struct follow_mark *find_mark(const struct follow *follow, int wd)
{
	struct follow_mark *mark;

	HASH_FIND_INT(follow->marks, &wd, mark);
	return mark;
}

static struct follow_mark *add_mark(struct follow *follow, int wd)
{
	struct follow_mark *mark = calloc(1, sizeof(*mark));

	if (!mark)
		return NULL;
	mark->wd = wd;
	HASH_ADD_INT(follow->marks, wd, mark);
	if (!mark->hh.tbl) {
		free(mark);
		return NULL;
	}
	return mark;
}

int follow_arm(struct follow *follow, const char *path, void (*fn)(void *ctx), void *ctx,
               struct follow_watch **result)
{
	struct follow_watch *watch = calloc(1, sizeof(*watch));
	struct follow_mark *mark;
	int wd, error;

	if (!watch)
		return -ENOMEM;
	/* If the inode is watched already, this returns the same wd, armed as before. */
	wd = inotify_add_watch(follow->fd, path, IN_MODIFY | IN_ONESHOT | IN_DONT_FOLLOW);
	if (wd < 0) {
		error = -errno;
		free(watch);
		return error;
	}
	mark = find_mark(follow, wd);
	if (!mark)
		mark = add_mark(follow, wd);
	if (!mark) {
		(void)inotify_rm_watch(follow->fd, wd);
		free(watch);
		return -ENOMEM;
	}
	watch->fn = fn;
	watch->ctx = ctx;
	watch->mark = mark;
	DL_APPEND(mark->watches, watch);
	*result = watch;
	return 0;
}

void follow_disarm(struct follow *follow, struct follow_watch *watch)
{
	struct follow_mark *mark;

	if (!watch)
		return;
	mark = watch->mark;
	DL_DELETE(mark->watches, watch);
	free(watch);
	if (mark->spent || mark->watches)
		return;
	/*
	 * Fails if the event of the watch has been sent already.  The event then finds no mark, since the
	 * kernel never uses a number twice.
	 */
	(void)inotify_rm_watch(follow->fd, mark->wd);
	HASH_DEL(follow->marks, mark);
	free(mark);
}

/*
 * Callbacks may arm any file, even the same one, and disarm any watch, even one in this list.  So they are
 * taken one at a time.
 */
static void follow_fire(struct follow *follow, struct follow_mark *mark)
{
	struct follow_watch *watch;
	void (*fn)(void *ctx);
	void *ctx;

	HASH_DEL(follow->marks, mark);
	mark->spent = true;
	while ((watch = mark->watches)) {
		DL_DELETE(mark->watches, watch);
		fn = watch->fn;
		ctx = watch->ctx;
		free(watch);
		fn(ctx);
	}
	free(mark);
}

/* The kernel lost events, so any file may have changed. */
static void fire_all(struct follow *follow)
{
	struct follow_mark *mark;
	unsigned left = HASH_COUNT(follow->marks); /* without those that are armed meanwhile */

	while (left-- > 0 && (mark = follow->marks)) {
		(void)inotify_rm_watch(follow->fd, mark->wd);
		follow_fire(follow, mark);
	}
}

/*
 * IN_IGNORED comes behind the event of every watch that fires once, and alone when the file is deleted.  A
 * watch may also be armed just between the event and the end of the kernel's watch, and get its number: so
 * an IN_IGNORED that still finds a mark fires it too.
 */
static void dispatch_event(struct follow *follow, const struct inotify_event *event)
{
	struct follow_mark *mark;

	if (event->mask & IN_Q_OVERFLOW) {
		fire_all(follow);
		return;
	}
	mark = find_mark(follow, event->wd);
	if (mark)
		follow_fire(follow, mark);
}

void follow_dispatch(struct follow *follow)
{
	_Alignas(struct inotify_event) char buffer[4096];
	const struct inotify_event *event;
	const char *next;
	ssize_t count;

	/*
	 * Only one read for each call.  A callback may arm a file that is written all the time, and this must
	 * not keep the loop here.
	 */
	count = read(follow->fd, buffer, sizeof(buffer));
	if (count <= 0)
		return;
	for (next = buffer; next < buffer + count; next += sizeof(*event) + event->len) {
		event = (const struct inotify_event *)(const void *)next;
		dispatch_event(follow, event);
	}
}
