/* Tickets (claims.h): their names and what is in them.  Loop thread only. */
#ifndef KRTASK_EXEC_SLURM_TICKETS_H
#define KRTASK_EXEC_SLURM_TICKETS_H

#include <stddef.h>
#include <stdint.h>

#include "engine/exec/slurm/attempt.h"
#include "engine/exec/slurm/claims.h"

/* Serials of tickets that come back to the queue are so much less: before all new ones, and of no other. */
#define TICKET_BACK UINT64_C(1000000000000000)

/* name: CLAIMS_NAME bytes. */
void ticket_name(char *name, const struct slurm_attempt *attempt);
/* The base of the files that it is for; NULL: this is the name of no ticket. */
const char *ticket_base(const char *name);
/* 0 or -ENOMEM.  The caller must free() the bytes. */
int ticket_write(const struct slurm_attempt *attempt, char **bytes, size_t *length);

#endif
