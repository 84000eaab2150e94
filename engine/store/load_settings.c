/* Reading what was set for the server and for its groups, and what users have seen. */
#include <errno.h>
#include <stdlib.h>

#include "engine/store/internal.h"
#include "engine/store/loading.h"
#include "engine/store/store.h"
#include "engine/task/devices.h"
#include "engine/task/moment.h"

/* A value that is not a number of slots counts as not set. */
static int slots_row(struct loading *loading, sqlite3_stmt *row)
{
	int64_t slots = sqlite3_column_int64(row, 0);

	return slots >= 0 && slots <= INT32_MAX ? loading->reader->slots(loading->ctx, (unsigned)slots) : 0;
}

static int paused_row(struct loading *loading, sqlite3_stmt *row)
{
	return loading->reader->paused(loading->ctx, sqlite3_column_int(row, 0) != 0);
}

/* A number that krtaskd never wrote means nothing. */
static enum group_sweep sweep_of(int number)
{
	return number > 0 && number < GROUP_SWEEP_COUNT ? (enum group_sweep)number : GROUP_SWEEP_NONE;
}

static int sweep_row(struct loading *loading, sqlite3_stmt *row)
{
	enum group_sweep sweep = sweep_of(sqlite3_column_int(row, 0));
	return loading->reader->sweep ? loading->reader->sweep(loading->ctx, sweep) : 0;
}

static int adoption_row(struct loading *loading, sqlite3_stmt *row)
{
	const struct store_reader *reader = loading->reader;
	uint64_t made = (uint64_t)sqlite3_column_int64(row, 0),
		 value = (uint64_t)sqlite3_column_int64(row, 1), at = (uint64_t)sqlite3_column_int64(row, 2);
	return reader->adoption ? reader->adoption(loading->ctx, value / 2, made, value & 1, at) : 0;
}

static int cancelling_row(struct loading *loading, sqlite3_stmt *row)
{
	int64_t upto = sqlite3_column_int64(row, 0);
	bool known = upto > 0 && loading->reader->cancelling;
	return known ? loading->reader->cancelling(loading->ctx, (uint64_t)upto) : 0;
}

/* Values that krtaskd never wrote keep everything. */
static int keep_row(struct loading *loading, sqlite3_stmt *row)
{
	const struct keep keep = {
		.ended = sqlite3_column_int64(row, 0),
		.failed = sqlite3_column_int64(row, 1),
		.size = sqlite3_column_int64(row, 2),
	};
	bool valid = keep.ended >= 0 && keep.ended <= MOMENT_MAX && keep.failed >= 0 &&
	             keep.failed <= MOMENT_MAX && keep.size >= 0;

	return valid && loading->reader->keep ? loading->reader->keep(loading->ctx, &keep) : 0;
}

/* A row that krtaskd never wrote is left out.  Its tasks wait like those of a label. */
static int group_row(struct loading *loading, sqlite3_stmt *row)
{
	const char *name = (const char *)sqlite3_column_text(row, 0);
	char *list = NULL;
	struct group_settings settings = {
		.slots = (unsigned)sqlite3_column_int64(row, 1),
		.priority = sqlite3_column_int(row, 2),
		.paused = sqlite3_column_int(row, 3) & 1,
		.sweep = sweep_of(sqlite3_column_int(row, 3) / 2),
		.pause_on_fail = sqlite3_column_int(row, 4) != 0,
		.has_niceness = sqlite3_column_type(row, 5) == SQLITE_INTEGER,
		.niceness = sqlite3_column_int(row, 5),
		.devices = (char *)sqlite3_column_text(row, 6),
		.on_empty = (char *)sqlite3_column_text(row, 7),
		.executor = sqlite3_column_int(row, 8) == GROUP_SLURM ? GROUP_SLURM : GROUP_LOCAL,
		.sbatch = (char *)sqlite3_column_text(row, 9),
		.directory = (char *)sqlite3_column_text(row, 10),
		.pilots = (unsigned)sqlite3_column_int(row, 11),
		.pilot_slots = (unsigned)sqlite3_column_int(row, 12),
	};
	if (!name || !task_id_valid(name) || settings.slots > GROUP_SLOTS_MAX)
		return 0;
	int error = settings.devices ? devices_parse(settings.devices, &list, NULL) : 0;
	if (error == -EINVAL)
		return 0;
	settings.devices = list;
	if (!error)
		error = loading->reader->group(loading->ctx, name, &settings);
	free(list);
	return error;
}

/* A value that is no time counts as not set. */
static int hook_limit_row(struct loading *loading, sqlite3_stmt *row)
{
	int64_t limit = sqlite3_column_int64(row, 0);

	return limit > 0 && limit <= MOMENT_MAX ? loading->reader->hook_limit(loading->ctx, limit) : 0;
}

static int seen_row(struct loading *loading, sqlite3_stmt *row)
{
	return loading->reader->seen(loading->ctx, (uint32_t)sqlite3_column_int64(row, 0),
	                             (uint64_t)sqlite3_column_int64(row, 1));
}

static const char select_hook_limit[] = "SELECT value FROM meta WHERE key = 'hook_limit'";
static const char select_seen[] = "SELECT uid, cursor FROM seen";
static const char select_groups[] =
	"SELECT name, slots, priority, paused, pause_on_fail, niceness, devices, on_empty,"
	" executor, sbatch, directory, pilots, pilot_slots FROM groups ORDER BY rowid";
static const char select_paused[] = "SELECT value FROM meta WHERE key = 'paused'";
static const char select_adoptions[] =
	"SELECT CAST(substr(key, 10) AS INTEGER), value,"
	" coalesce((SELECT value FROM meta WHERE key = 'adopted ' || substr(mark.key, 10)), 0)"
	" FROM meta AS mark WHERE key LIKE 'adoption %'";
static const char select_sweep[] = "SELECT value FROM meta WHERE key = 'sweep'";
static const char select_cancelling[] = "SELECT value FROM meta WHERE key = 'cancelling'";
static const char select_keep[] = "SELECT coalesce(max(value) FILTER (WHERE key = 'keep'), 0),"
				  " coalesce(max(value) FILTER (WHERE key = 'keep_failed'), 0),"
				  " coalesce(max(value) FILTER (WHERE key = 'keep_size'), 0) FROM meta";
static const char select_slots[] = "SELECT value FROM meta WHERE key = 'slots'";

/* In the order that the reader expects. */
static const struct {
	const char *sql;
	load_row *row;
} load_setting[] = {
	{ select_slots, slots_row },
	{ select_paused, paused_row },
	{ select_cancelling, cancelling_row },
	{ select_sweep, sweep_row },
	{ select_adoptions, adoption_row },
	{ select_hook_limit, hook_limit_row },
	{ select_seen, seen_row },
	{ select_keep, keep_row },
	{ select_groups, group_row },
};

int load_settings(struct loading *loading)
{
	int rc = 0;

	for (size_t i = 0; i < sizeof(load_setting) / sizeof(*load_setting) && rc == 0; i++)
		rc = load_rows(loading, load_setting[i].sql, load_setting[i].row);
	return rc;
}
