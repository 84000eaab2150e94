#include "config.h"

#include "engine/exec/slurm/tickets.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/core/registry.h"
#include "engine/exec/slurm/submit.h"
#include "engine/task/strings.h"

void ticket_name(char *name, const struct slurm_attempt *attempt)
{
	/* Rounded up: it must not be stopped by the end of its pilot before that. */
	int64_t seconds = (task_plan(attempt->run->task)->time_limit + 999) / 1000;
	snprintf(name, CLAIMS_NAME, "%020" PRIu64 ".%" PRId64 ".%s", attempt->ticket, seconds, attempt->base);
}

const char *ticket_base(const char *name)
{
	const char *at = strchr(name, '.');
	at = at ? strchr(at + 1, '.') : NULL;
	return at ? at + 1 : NULL;
}

int ticket_write(const struct slurm_attempt *attempt, char **bytes, size_t *length)
{
	const struct task *task = attempt->run->task;
	const struct shared_environment *shared = task_environment(task);
	struct strings command = task_command(task), variables = STRINGS_INIT;
	char *text = NULL;
	size_t size = 0, count = 0;
	int error = slurm_write_environment(&variables, attempt);
	FILE *file = error ? NULL : open_memstream(&text, &size);
	for (const char *word = NULL; (word = strings_next(&command, word));)
		count++;
	if (file) {
		fprintf(file, "%04o%c%d%c%s%c%zu%c",
		        (unsigned)(shared ? shared->environment.umask
		                          : attempt->slurm->options.own_environment->umask) &
		                0777,
		        '\0', task_merge(task) ? 1 : 0, '\0', task_cwd(task), '\0', count, '\0');
		(void)fwrite(command.block, 1, command.length, file);
		(void)fwrite(variables.block, 1, variables.length, file);
	}
	strings_release(&variables);
	bool failed = !file || ferror(file) != 0;
	if ((file && fclose(file)) || failed) {
		free(text);
		return -ENOMEM;
	}
	*bytes = text;
	*length = size;
	return 0;
}
