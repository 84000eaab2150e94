#include "tests/simulate/shrink.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/simulate/report.h"
#include "tests/simulate/steps.h"

bool shrink_try(const uint64_t *words, size_t count, bool tells)
{
	int status = 0;
	*report->broken = '\0';
	fflush(stdout);
	pid_t child = fork();
	if (child == 0) {
		if (!tells)
			dup2(open("/dev/null", O_WRONLY | O_CLOEXEC), STDERR_FILENO);
		report_tells = tells;
		steps_run(words, count);
		_exit(0);
	}
	if (child < 0 || waitpid(child, &status, 0) != child)
		abort();
	if (status != 0 && !*report->broken)
		snprintf(report->broken, sizeof(report->broken), "the core crashes, status %d", status);
	return status != 0;
}

size_t shrink_words(uint64_t *words, size_t count, int seconds)
{
	uint64_t fewer[STEPS_MAX];
	char broken[sizeof(report->broken)];
	time_t end = time(NULL) + seconds;
	snprintf(broken, sizeof(broken), "%s", report->broken);
	for (size_t chunk = count / 2 + 1; chunk > 0;) {
		bool any = false;
		for (size_t at = 0; at < count && time(NULL) < end;) {
			size_t out = at + chunk > count ? count - at : chunk;
			memcpy(fewer, words, at * sizeof(*words));
			memcpy(fewer + at, words + at + out, (count - at - out) * sizeof(*words));
			if (!shrink_try(fewer, count - out, false) || strcmp(broken, report->broken) != 0) {
				at += chunk;
				continue;
			}
			count -= out;
			memcpy(words, fewer, count * sizeof(*words));
			any = true;
		}
		if (!any || time(NULL) >= end)
			chunk = time(NULL) >= end ? 0 : chunk / 2;
	}
	return count;
}
