#include "tui/screen/table_late.h"

#include <stdlib.h>

#include "tui/screen/app.h"
#include "tui/screen/host.h"
#include "tui/screen/table_targets.h"
#include "tui/text/alloc.h"
#include "tui/text/screen_messages.h"

/* True if the operation waits for this server, which is late. */
static bool table_late_is(const struct table_operation *operation, const struct host *host)
{
	return operation->busy && feed_waiting(&host->feed) &&
	       (host->targets_asked || targets_awaits(&operation->targets, host->index));
}

static struct host *table_late_host(const struct table_operation *operation)
{
	struct app *app = operation->app;

	for (size_t i = 0; i < app->host_count; i++) {
		if (table_late_is(operation, &app->hosts[i]))
			return &app->hosts[i];
	}
	return NULL;
}

void table_late_turn(struct table_operation *operation)
{
	const struct host *late = operation->said_late ? NULL : table_late_host(operation);

	if (!late)
		return;
	operation->said_late = true;
	app_say(operation->app, alloc_format(MSG_LATE, late->label), false);
}

static void table_late_note(struct table_operation *operation, const char *label)
{
	char *before = operation->left_out;

	operation->left_out = before ? alloc_format("%s, %s", before, label) : alloc_string(label);
	free(before);
}

bool table_late_leave(struct table_operation *operation)
{
	struct host *late = table_late_host(operation);

	if (!late)
		return false;
	while (late) {
		feed_forget(&late->feed, operation);
		if (late->targets_asked) {
			table_late_note(operation, late->label);
			table_targets_leave_out(operation, late);
		} else {
			targets_give_up(&operation->targets, late->index, MSG_LATE_UNKNOWN);
		}
		late = table_late_host(operation);
	}
	table_operation_go_on(operation);
	return true;
}

bool table_late_interrupt(struct table_operation *operation)
{
	struct app *app = operation->app;

	if (table_late_leave(operation) || host_give_up(app))
		return true;
	if (operation->busy)
		app_say(app, alloc_string(MSG_OPERATION_PENDING), true);
	return operation->busy;
}

char *table_late_summary(struct table_operation *operation, char *summary)
{
	char *labels = operation->left_out, *whole;

	if (!labels)
		return summary;
	whole = alloc_format(MSG_LATE_LEFT_OUT, labels, summary ? ". " : "", summary ? summary : "");
	operation->left_out = NULL;
	free(labels);
	free(summary);
	return whole;
}
