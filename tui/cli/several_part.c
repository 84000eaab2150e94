/* What the process of one of several servers does for its command. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "tui/cli/context.h"
#include "tui/cli/several.h"
#include "tui/text/alloc.h"

const char *several_id(const struct invocation *inv, const char *id)
{
	static char *text;

	if (!inv->context->part)
		return id;
	free(text);
	text = alloc_format("%s:%s", inv->context->part->label, id);
	return text;
}

void several_connected(struct invocation *inv)
{
	struct several_part *part = inv->context->part;

	if (!part || part->connected < 0)
		return;
	close(part->connected);
	part->connected = -1;
}

bool several_written(struct invocation *inv, bool *terminal)
{
	struct several_part *part = inv->context->part;
	int nothing;
	ssize_t count;
	char byte;

	context_flush(inv->context);
	*terminal = part ? part->terminal : isatty(STDOUT_FILENO);
	if (!part || inv->context->output_failed)
		return !inv->context->output_failed;
	nothing = open("/dev/null", O_WRONLY | O_CLOEXEC);
	dup2(nothing, STDOUT_FILENO);
	do
		count = read(part->written, &byte, 1);
	while (count < 0 && errno == EINTR);
	return count == 1;
}
