#include "config.h"

#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/exec/local/strays.h"
#include "engine/run/process.h"

void local_strays_reap(void)
{
	pid_t *pids = NULL;
	int count = process_children(getpid(), &pids);
	for (int i = 0; i < count; i++)
		waitid(P_PID, (id_t)pids[i], NULL, WEXITED | WNOHANG);
	free(pids);
}

void local_strays_reap_anchor(const struct local *local)
{
	const struct local_anchor *anchor = local->anchor;
	pid_t *pids = NULL;
	/* One that is not adopted yet would lose its end. */
	int count = local->unadopted ? 0 : process_children(anchor->pid, &pids);
	for (int i = 0; i < count; i++) {
		struct local_attempt *attempt;
		HASH_FIND(by_pid, local->anchored, &pids[i], sizeof(pids[i]), attempt);
		if (!attempt && pids[i] != getpid())
			anchor->reap(anchor->ctx, pids[i]);
	}
	free(pids);
}
