/*
 * Whether systemd ends a process, and all it has started, at the logout of its user.  Nothing of systemd is
 * linked: its files tell, and busctl(1) where the configuration does not.
 */
#ifndef KRTASK_TUI_CLI_LOGOUT_H
#define KRTASK_TUI_CLI_LOGOUT_H

#include <stdbool.h>

#include "tui/cli/command.h"

enum logout_end {
	LOGOUT_SURVIVES,
	LOGOUT_ENDS_SESSION, /* it is in the scope of a session, and KillUserProcesses is set */
	LOGOUT_ENDS_MANAGER, /* the manager of the user runs it, which ends without lingering */
};

/* Where it is looked up. */
struct logout_places {
	const char *cgroup; /* /proc/PID/cgroup */
	const char *linger; /* a directory with a file for each user who lingers */
	const char *const
		*configuration; /* logind.conf and directories of more, the strongest last; ended by NULL */
	const char *busctl;     /* a program; NULL: none */
	const char *user;       /* name */
};

/* unit is what it is part of: "session-5.scope", "user@1000.service". */
enum logout_end logout_find(const struct logout_places *places, char unit[64]);

/* After a task was started: says it once a session, where it is so. */
void logout_hint(struct invocation *inv);

#endif
