#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/host/children.h"
#include "engine/run/process.h"
#include "engine/task/messages.h"
#include "engine/task/signals.h"

/* How many processes a message names. */
enum { NAMED_MAX = 8 };

int children_look(pid_t server)
{
	pid_t *pids = NULL;
	int count = process_children(getpid(), &pids), others = 0, over = 0;
	/* Those that cannot be looked at may run. */
	if (count < 0)
		return 0;
	for (int i = 0; i < count; i++) {
		struct process_info info;
		int error = pids[i] == server ? -ESRCH : process_read(pids[i], &info);
		if (error == -ESRCH)
			continue;
		others++;
		over += !error && info.state == 'Z';
	}
	free(pids);
	return others == 0 ? -1 : over == others;
}

void children_name(pid_t server, char *text, size_t size)
{
	pid_t *pids = NULL;
	int count = process_children(getpid(), &pids), named = 0, more = 0;
	size_t used = 0;
	*text = '\0';
	for (int i = 0; i < count; i++) {
		struct process_info info;
		if (pids[i] == server || process_read(pids[i], &info) || info.state == 'Z')
			continue;
		more += named == NAMED_MAX;
		if (named == NAMED_MAX || used >= size)
			continue;
		int added = snprintf(text + used, size - used, "%s%d (%s)", named++ > 0 ? ", " : "", info.pid,
		                     info.name);
		used += added > 0 ? (size_t)added : 0;
	}
	if (more > 0 && used < size)
		snprintf(text + used, size - used, MSG_LEFT_MORE, (unsigned)more);
	free(pids);
}

void children_answer(struct line_message *message)
{
	siginfo_t info = { 0 };
	struct task_usage usage = { .cpu_ms = 0 };
	if (process_wait(message->pid, &info, WEXITED | WNOWAIT | WNOHANG, &usage))
		message->ending = LINE_NOT_MINE;
	else if (info.si_pid == 0)
		message->ending = LINE_RUNNING;
	else
		message->ending = info.si_code == CLD_EXITED ? LINE_EXITED : LINE_SIGNALED;
	message->status = info.si_status;
	line_put_usage(message, usage);
}

bool children_reap_server(pid_t server)
{
	int status = 0;
	if (waitpid(server, &status, WNOHANG) != server)
		return false;
	/* The next one goes on as if nothing had been. */
	if (WIFSIGNALED(status))
		fprintf(stderr, "krtaskd: " MSG_SERVER_KILLED "\n", signal_name(WTERMSIG(status)));
	return true;
}
