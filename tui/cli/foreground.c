/*
 * run: with --wait and --follow in the foreground, as if the task were typed without krtask.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "tui/cli/commands.h"
#include "tui/cli/context.h"
#include "tui/cli/interrupt.h"
#include "tui/cli/output.h"
#include "tui/cli/report.h"
#include "tui/cli/wait.h"
#include "tui/text/alloc.h"
#include "tui/text/messages.h"

bool run_in_foreground(const struct invocation *inv)
{
	return inv->command->is_run && (inv->args.wait || inv->args.follow);
}

bool run_tells_end(const struct invocation *inv)
{
	return run_in_foreground(inv) && inv->context->on_screen && !inv->args.quiet;
}

bool run_pipelines(const struct invocation *inv)
{
	return !run_in_foreground(inv);
}

static void run_create(struct invocation *inv)
{
	if (!invocation_connect(inv))
		return;
	create_send(inv);
	invocation_receive_all(inv);
}

/* Both streams, until it ends.  False: it cannot be waited for. */
static bool run_follow(struct invocation *inv)
{
	struct sink sinks[2];
	int result;

	sink_init(&sinks[0], inv, inv->made, false, false);
	sink_init(&sinks[1], inv, inv->made, true, true);
	sinks[0].gather = sinks[1].gather = report_is_json(inv);
	result = output_follow(sinks, 2, &interrupt_came);
	/* The calls that follow it are still open, and its end would be told behind what they have. */
	if (result == -EIO && connection_again(inv->connection))
		result = -EPIPE;
	if (!result && report_is_json(inv))
		output_json(inv, &sinks[0], &sinks[1]);
	sink_release(&sinks[0]);
	sink_release(&sinks[1]);
	return result == 0 || result == -EIO;
}

static void run_detach(struct invocation *inv)
{
	char *words = invocation_words(inv, inv->made);
	char *text = alloc_format(MSG_DETACHED, inv->made, words);

	report_information(inv, true, text);
	free(text);
	free(words);
	inv->status = EXIT_SIGNAL + SIGINT;
}

void run_run(struct invocation *inv)
{
	struct interrupt before;

	if (!run_in_foreground(inv)) {
		run_create(inv);
		return;
	}
	interrupt_catch(&before);
	run_create(inv);
	if (!inv->made || (inv->args.follow && !interrupt_came && !run_follow(inv) && !interrupt_came))
		inv->status = EXIT_WAIT_FAILED;
	else if (!interrupt_came)
		wait_in_foreground(inv, inv->made);
	if (inv->made && interrupt_came)
		run_detach(inv);
	inv->interrupted = interrupt_came;
	inv->halted |= inv->interrupted;
	context_flush(inv->context);
	if (inv->context->output_failed)
		inv->status = EXIT_WAIT_FAILED;
	interrupt_release(&before);
}
