/* Reading the attempts that ended before the latest one of their task.  Few tasks have any. */
#include <errno.h>
#include <stddef.h>

#include "engine/store/internal.h"
#include "engine/store/store.h"
#include "engine/task/moment.h"

enum attempt_column {
	ATTEMPT_NUMBER,
	ATTEMPT_ORDINAL,
	ATTEMPT_STARTED_AT,
	ATTEMPT_ENDED_AT,
	ATTEMPT_EXIT_CODE,
	ATTEMPT_TERM_SIGNAL,
	ATTEMPT_MESSAGE,
	ATTEMPT_SURVIVORS,
};

/* In the order of enum attempt_column. */
static const char select_attempts[] =
	"SELECT number, attempt, started_at, ended_at, exit_code, term_signal, message, survivors"
	" FROM attempts ORDER BY number, attempt";

/* A row that krtaskd never wrote loses only what is wrong with it. */
static struct strings attempt_left(sqlite3_stmt *row)
{
	struct strings left = { .block = (char *)sqlite3_column_blob(row, ATTEMPT_SURVIVORS) };

	left.length = left.block ? (size_t)sqlite3_column_bytes(row, ATTEMPT_SURVIVORS) : 0;
	return left.length > 0 && left.block[left.length - 1] == '\0' ? left : (struct strings)STRINGS_INIT;
}

static int64_t attempt_time(sqlite3_stmt *row, enum attempt_column column)
{
	int64_t time = sqlite3_column_int64(row, (int)column);

	return time < MOMENT_MIN || time > MOMENT_MAX ? 0 : time;
}

static int attempt_row(const struct store_reader *reader, void *ctx, sqlite3_stmt *row)
{
	const struct plan_attempt attempt = {
		.ordinal = (uint32_t)sqlite3_column_int64(row, ATTEMPT_ORDINAL),
		.started_at = attempt_time(row, ATTEMPT_STARTED_AT),
		.ended_at = attempt_time(row, ATTEMPT_ENDED_AT),
		.exit_code = (int16_t)sqlite3_column_int(row, ATTEMPT_EXIT_CODE),
		.term_signal = (uint8_t)sqlite3_column_int(row, ATTEMPT_TERM_SIGNAL),
		.message = (char *)sqlite3_column_text(row, ATTEMPT_MESSAGE),
		.left = attempt_left(row),
	};

	if (!attempt.message && sqlite3_column_type(row, ATTEMPT_MESSAGE) != SQLITE_NULL)
		return -ENOMEM;
	return reader->attempt(ctx, (uint64_t)sqlite3_column_int64(row, ATTEMPT_NUMBER), &attempt);
}

int load_attempts(struct store *store, const struct store_reader *reader, void *ctx, char **error)
{
	sqlite3_stmt *row = NULL;
	int rc = 0;
	int code = sqlite3_prepare_v2(store->db, select_attempts, -1, &row, NULL);

	while (rc == 0 && (code == SQLITE_OK || code == SQLITE_ROW)) {
		code = sqlite3_step(row);
		if (code == SQLITE_ROW)
			rc = attempt_row(reader, ctx, row);
	}
	if (rc == 0 && code != SQLITE_DONE)
		rc = store_fail(store, code, error);
	sqlite3_finalize(row);
	return rc;
}
