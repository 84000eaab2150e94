/*
 * Memory that peers no longer hold goes back to the system.  The allocator does that by itself only with large
 * blocks, and with what is free at the end of its heap.  A thousand small blocks lie in the middle of it.
 */
#include <malloc.h>
#include <stdlib.h>

#include "engine/wire/serve/connection.h"

enum { RECLAIM_LEAST = 8 << 20 /* bytes; fewer are not worth the work */ };

static void reclaim_work(struct wire_job *job)
{
	(void)job;
	malloc_trim(0);
}

static void reclaim_free(struct wire_job *job)
{
	free(job);
}

/* A worker does it, since it takes milliseconds. */
static void reclaim_begin(const struct wire_hooks *hooks)
{
	struct wire_job *job = malloc(sizeof(*job));

	if (!job)
		return;
	*job = (struct wire_job){ .work = reclaim_work, .done = reclaim_free };
	if (!hooks->offload || !hooks->offload(hooks->ctx, job))
		free(job);
}

void reclaim_note(struct wire_server *server)
{
	if (server->held > server->peak)
		server->peak = server->held;
	/* At half of it, then at half of that: a few times, however many peers go. */
	if (server->draining || server->peak < RECLAIM_LEAST || server->held > server->peak / 2)
		return;
	server->peak = server->held;
	reclaim_begin(server->hooks);
}
