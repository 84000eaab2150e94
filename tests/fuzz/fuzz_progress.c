/* Any bytes as a line of KRTASK_PROGRESS_FD, and as a program's output.  All values stay in range. */
#include "engine/task/progress.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct progress *progress, int least)
{
	const unsigned char *at;

	if (progress->percent < least || progress->percent > 100)
		abort();
	if (!memchr(progress->message, '\0', sizeof(progress->message)))
		abort();
	for (at = (const unsigned char *)progress->message; *at; at++)
		if (*at < 0x20 || *at == 0x7f)
			abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct progress progress;

	if (progress_parse_line((const char *)data, size, &progress))
		check(&progress, 0);
	if (progress_scan_output((const char *)data, size, &progress))
		check(&progress, -1);
	return 0;
}
