/* What a ticket says (engine/exec/slurm/claims.h), and the command that it is. */
#ifndef KRTASK_PILOT_TICKET_H
#define KRTASK_PILOT_TICKET_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct ticket {
	char *bytes; /* owned */
	size_t length;
	const char *umask, *merge, *cwd;
	char **words, **environment; /* owned */
	const char *base;            /* borrowed */
};

/* directory: a descriptor.  False: it cannot be read.  The caller must call ticket_release() in any case. */
bool ticket_read(struct ticket *ticket, int directory, const char *name);
void ticket_release(struct ticket *ticket);
/* Its process, in a session of its own; -1: there is none. */
pid_t ticket_start(struct ticket *ticket);

#endif
