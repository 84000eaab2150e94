/* What a ticket says (engine/exec/slurm/claims.h), and the command that it is. */
#ifndef KRTASK_PILOT_TICKET_H
#define KRTASK_PILOT_TICKET_H

#include <stdbool.h>
#include <stddef.h>

struct ticket {
	char *bytes; /* owned */
	size_t length;
	const char *umask, *merge, *cwd;
	char **words, **environment; /* owned */
	const char *base;            /* borrowed */
};

/* False: it cannot be read.  The caller must call ticket_release() in any case. */
bool ticket_read(struct ticket *ticket, const char *path);
void ticket_release(struct ticket *ticket);
/* In the child, from fork on: becomes the command. */
__attribute__((noreturn)) void ticket_run(const struct ticket *ticket);

#endif
