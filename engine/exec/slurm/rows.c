#include "engine/exec/slurm/rows.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char comment_mark[] = "krtask:";

enum {
	ROW_ARRAY_JOB,
	ROW_ARRAY_TASK,
	ROW_JOB,
	ROW_STATE,
	ROW_EXIT,
	ROW_REASON,
	ROW_PRIORITY,
	ROW_NODES,
	ROW_COMMENT,
	ROW_COLUMNS
};

void slurm_comment(char *text, size_t size, const char *identity, uint64_t number, uint32_t attempt)
{
	snprintf(text, size, "%s%s:%" PRIu64 ":%" PRIu32, comment_mark, identity, number, attempt);
}

void slurm_comment_of_pilot(char *text, size_t size, const char *identity, uint64_t pilot)
{
	snprintf(text, size, "%s%s:p%" PRIu64, comment_mark, identity, pilot);
}

enum slurm_condition slurm_condition_of(const char *state)
{
	static const struct {
		const char *state;
		enum slurm_condition condition;
	} conditions[] = {
		{ "PENDING", SLURM_PENDING },      { "REQUEUE_HOLD", SLURM_PENDING },
		{ "REQUEUED", SLURM_PENDING },     { "REQUEUE_FED", SLURM_PENDING },
		{ "SPECIAL_EXIT", SLURM_PENDING }, { "RESV_DEL_HOLD", SLURM_PENDING },
		{ "COMPLETED", SLURM_OVER },       { "FAILED", SLURM_OVER },
		{ "CANCELLED", SLURM_OVER },       { "TIMEOUT", SLURM_FATAL },
		{ "DEADLINE", SLURM_FATAL },       { "OUT_OF_MEMORY", SLURM_FATAL },
		{ "NODE_FAIL", SLURM_LOST },       { "BOOT_FAIL", SLURM_LOST },
		{ "PREEMPTED", SLURM_LOST },       { "REVOKED", SLURM_LOST },
	};
	for (size_t i = 0; i < sizeof(conditions) / sizeof(*conditions); i++) {
		if (strcmp(state, conditions[i].state) == 0)
			return conditions[i].condition;
	}
	return SLURM_ACTIVE;
}

/* All of a text that is a number.  False: it is none. */
static bool row_number(const char *text, uint64_t *number)
{
	char *end;
	if (*text < '0' || *text > '9')
		return false;
	*number = strtoull(text, &end, 10);
	return *end == '\0';
}

/* "krtask:IDENTITY:NUMBER:ATTEMPT", or "krtask:IDENTITY:pSERIAL" */
static bool row_read_comment(char *comment, const char *identity, struct slurm_row *row)
{
	size_t mark = sizeof(comment_mark) - 1, length = strlen(identity);
	uint64_t attempt;
	if (strncmp(comment, comment_mark, mark) != 0 || strncmp(comment + mark, identity, length) != 0 ||
	    comment[mark + length] != ':')
		return false;
	char *number = comment + mark + length + 1, *second = strchr(number, ':');
	if (*number == 'p')
		return row_number(number + 1, &row->pilot) && row->pilot > 0;
	if (!second)
		return false;
	*second++ = '\0';
	if (!row_number(number, &row->number) || !row_number(second, &attempt) || attempt == 0 ||
	    attempt > UINT32_MAX)
		return false;
	row->attempt = (uint32_t)attempt;
	return row->number > 0;
}

bool slurm_is_row(const char *line)
{
	int bars = 0;
	size_t digits = strspn(line, "0123456789");
	for (const char *at = line; (at = strchr(at, '|')); at++)
		bars++;
	/* A comment may have newlines: what follows it may be missing. */
	return digits > 0 && line[digits] == '|' && bars >= ROW_COMMENT;
}

bool slurm_row_parse(char *line, const char *identity, struct slurm_row *row)
{
	char *columns[ROW_COLUMNS];
	uint64_t priority;
	for (size_t i = 0; i < ROW_COLUMNS; i++) {
		char *end = strchr(line, '|');
		if (!end)
			return false;
		*end = '\0';
		columns[i] = line;
		line = end + 1;
	}
	*row = (struct slurm_row){ .job = 0 };
	if (!row_number(columns[ROW_JOB], &row->job) || row->job == 0 ||
	    !row_read_comment(columns[ROW_COMMENT], identity, row))
		return false;
	/* "CANCELLED by 1000" */
	columns[ROW_STATE][strcspn(columns[ROW_STATE], " +")] = '\0';
	row->condition = slurm_condition_of(columns[ROW_STATE]);
	row->held = row->condition == SLURM_PENDING && row_number(columns[ROW_PRIORITY], &priority) &&
	            priority == 0;
	snprintf(row->state, sizeof(row->state), "%s", columns[ROW_STATE]);
	snprintf(row->reason, sizeof(row->reason), "%s", columns[ROW_REASON]);
	snprintf(row->node, sizeof(row->node), "%s", columns[ROW_NODES]);
	return true;
}
