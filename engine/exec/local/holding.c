#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/core/holdings.h"
#include "engine/exec/local/holding.h"
#include "engine/run/ledger.h"
#include "engine/run/process.h"

#define HOLDING_VARIABLE "KRTASK_SLOT"

int local_holding_variables(const struct run *run, struct strings *variables)
{
	const char *list = holdings_devices(run);
	char slot[sizeof(HOLDING_VARIABLE) + 16];
	if (run->holding.slot < 0)
		return 0;
	snprintf(slot, sizeof(slot), HOLDING_VARIABLE "=%d", run->holding.slot);
	int error = strings_add(variables, slot);
	if (error || !list)
		return error;
	char *assigned = devices_assign(list, &run->holding.devices);
	error = assigned ? strings_add(variables, assigned) : -ENOMEM;
	free(assigned);
	return error;
}

void local_holding_record(const struct local_attempt *attempt)
{
	const struct run_holding *holding = &attempt->run->holding;
	ledger_set_holding(attempt->local->ledger, attempt->entry, holding->slot, &holding->devices);
}

void local_holding_forget(const struct local_attempt *attempt)
{
	ledger_set_holding(attempt->local->ledger, attempt->entry, -1, NULL);
}

/* One that executes another program for long is not waited for. */
static int holding_unread(int error)
{
	return error == -EAGAIN ? 0 : process_trouble(error);
}

static int holding_match(struct run_holding *holding, const char *list, pid_t pid)
{
	size_t length = devices_variable(list);
	char *variable = strndup(list, length), *names = malloc(DEVICES_TEXT_MAX);
	int error = variable && names ? process_variable(pid, variable, names, DEVICES_TEXT_MAX) : -ENOMEM;
	if (!error)
		devices_match(list, names, &holding->devices);
	free(variable);
	free(names);
	return holding_unread(error);
}

int local_holding_find(const struct local_attempt *attempt, pid_t pid, struct run_holding *holding)
{
	struct run_holding found = RUN_HOLDING_INIT;
	const char *list = holdings_devices(attempt->run);
	char slot[16], *end;
	*holding = found;
	int error = process_variable(pid, HOLDING_VARIABLE, slot, sizeof(slot));
	if (error)
		return holding_unread(error);
	long number = strtol(slot, &end, 10);
	if (end == slot || *end || number < 0 || number >= LEDGER_ENTRIES_MAX)
		return 0;
	found.slot = (int32_t)number;
	error = list ? holding_match(&found, list, pid) : 0;
	if (!error)
		*holding = found;
	return error;
}

void local_holding_report(const struct local_attempt *attempt)
{
	const struct executor_reports *reports = &attempt->local->executor.reports;
	struct run_holding holding = RUN_HOLDING_INIT;
	holding.slot = ledger_slot(attempt->local->ledger, attempt->entry, &holding.devices);
	if (holding.slot >= 0)
		reports->holds(reports->ctx, attempt->run, &holding);
}
