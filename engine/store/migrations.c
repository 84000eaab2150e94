#include "engine/store/migrations.h"

/*
 * Tasks are in two tables: what was asked for is written once; the status is written repeatedly, in small
 * rows of its own, so that a long command is not rewritten at each change.  Each task has both from its
 * creation on, since a task whose status was lost must not look as if it had never been started.  (In the
 * first version, a task without a row in statuses was as it was created.)
 *
 * There is no index on ids or nonces: the server finds them in memory, and an index in random order would
 * cost each creation more than the row itself.  Bytes that need not be UTF-8 are BLOBs.
 *
 * last_number and next_id are in meta because they must not decrease when the newest task is removed.
 */
static const char version_1[] =
	"CREATE TABLE meta (key TEXT PRIMARY KEY NOT NULL, value NOT NULL) WITHOUT ROWID;"
	"INSERT INTO meta VALUES ('last_number', 0), ('next_id', 1);"

	"CREATE TABLE environments (hash BLOB PRIMARY KEY NOT NULL, block BLOB NOT NULL);"

	"CREATE TABLE tasks ("
	" number INTEGER PRIMARY KEY,"
	" id TEXT NOT NULL,"
	" name TEXT,"
	" description TEXT,"
	" task_group TEXT,"
	" parent INTEGER NOT NULL,"
	" created_at INTEGER NOT NULL,"
	" cwd BLOB NOT NULL,"
	" command BLOB NOT NULL,"
	" variables BLOB,"
	" environment BLOB,"
	" max_log INTEGER NOT NULL,"
	" merge INTEGER NOT NULL,"
	" nonce BLOB);"

	"CREATE TABLE statuses ("
	" number INTEGER PRIMARY KEY,"
	" state INTEGER NOT NULL,"
	" started_at INTEGER NOT NULL,"
	" ended_at INTEGER NOT NULL,"
	" exit_code INTEGER NOT NULL,"
	" term_signal INTEGER NOT NULL,"
	" pid INTEGER NOT NULL,"
	" pid_start INTEGER NOT NULL,"
	" slot INTEGER NOT NULL,"
	" boot_id TEXT,"
	" stop_signal INTEGER NOT NULL,"
	" kill_at INTEGER NOT NULL,"
	" percent INTEGER NOT NULL,"
	" percent_known INTEGER NOT NULL,"
	" message TEXT);"

	"CREATE TRIGGER task_removed AFTER DELETE ON tasks BEGIN"
	" DELETE FROM statuses WHERE number = old.number;"
	"END;"

	"CREATE TABLE reserved (id INTEGER PRIMARY KEY);"
	"CREATE TABLE groups (name TEXT PRIMARY KEY NOT NULL COLLATE NOCASE, slots INTEGER NOT NULL) WITHOUT ROWID;"
	"CREATE TABLE seen (uid INTEGER PRIMARY KEY, cursor INTEGER NOT NULL);"

	"PRAGMA application_id = 0x6b727473;";

/*
 * The queue.  A plan is written if the task has one of its own, and again when its marks change.  Each task
 * that it still waits for is a row in dependencies, as is the one (unmet) for which it was not run.  A group
 * has a row once it was added.  The group default has none until it is changed.
 *
 * A task has a row in hooks, beside that in plans, if something follows its end, or if it follows the end of
 * another (target).
 *
 * start_order numbers the Starts and the ends of all tasks: the order of a queue, and what is news to whom
 * (seen).  identity distinguishes this server from others of the same user.
 */
static const char version_2[] =
	"INSERT INTO meta VALUES ('identity', lower(hex(randomblob(8))));"
	"ALTER TABLE statuses ADD COLUMN start_order INTEGER NOT NULL DEFAULT 0;"
	"ALTER TABLE statuses ADD COLUMN cpu_ms INTEGER NOT NULL DEFAULT 0;"
	"ALTER TABLE statuses ADD COLUMN max_rss INTEGER NOT NULL DEFAULT 0;"
	"INSERT OR IGNORE INTO statuses"
	" SELECT number, 0, 0, 0, -1, 0, 0, 0, -1, NULL, 0, 0, 0, 0, NULL, 0, 0, 0"
	" FROM tasks;"

	"CREATE TABLE plans ("
	" number INTEGER PRIMARY KEY,"
	" priority INTEGER NOT NULL,"
	" weight INTEGER NOT NULL,"
	" begin_at INTEGER NOT NULL,"
	" expire_at INTEGER NOT NULL,"
	" time_limit INTEGER NOT NULL,"
	" kill_after INTEGER NOT NULL,"
	" retries INTEGER NOT NULL,"
	" retry_delay INTEGER NOT NULL,"
	" retry_max INTEGER NOT NULL,"
	" retry_rule TEXT,"
	" retry_lost INTEGER NOT NULL,"
	" unmet_hold INTEGER NOT NULL,"
	" unique_key TEXT,"
	" auto_remove INTEGER NOT NULL,"
	" niceness INTEGER,"
	" io_priority INTEGER NOT NULL,"
	" cpus TEXT,"
	" held INTEGER NOT NULL,"
	" attempt INTEGER NOT NULL,"
	" not_before INTEGER NOT NULL,"
	" ran INTEGER NOT NULL,"
	" resumed_at INTEGER NOT NULL);"

	"CREATE TABLE hooks ("
	" number INTEGER PRIMARY KEY,"
	" on_end TEXT,"
	" on_fail TEXT,"
	" on_ok TEXT,"
	" webhook TEXT,"
	" target INTEGER NOT NULL,"
	" input TEXT);"

	"CREATE TABLE dependencies ("
	" number INTEGER NOT NULL,"
	" target INTEGER NOT NULL,"
	" condition INTEGER NOT NULL,"
	" unmet INTEGER NOT NULL,"
	" PRIMARY KEY (number, target)) WITHOUT ROWID;"

	"CREATE TABLE attempts ("
	" number INTEGER NOT NULL,"
	" attempt INTEGER NOT NULL,"
	" started_at INTEGER NOT NULL,"
	" ended_at INTEGER NOT NULL,"
	" exit_code INTEGER NOT NULL,"
	" term_signal INTEGER NOT NULL,"
	" message TEXT,"
	" survivors BLOB,"
	" PRIMARY KEY (number, attempt)) WITHOUT ROWID;"

	"DROP TABLE groups;"
	"CREATE TABLE groups ("
	" name TEXT PRIMARY KEY NOT NULL," /* the rows are in the order of their making */
	" slots INTEGER NOT NULL,"
	" priority INTEGER NOT NULL,"
	" devices TEXT,"
	" paused INTEGER NOT NULL,"
	" pause_on_fail INTEGER NOT NULL,"
	" niceness INTEGER,"
	" on_empty TEXT);"

	"DROP TRIGGER task_removed;"
	"CREATE TRIGGER task_removed AFTER DELETE ON tasks BEGIN"
	" DELETE FROM statuses WHERE number = old.number;"
	" DELETE FROM plans WHERE number = old.number;"
	" DELETE FROM hooks WHERE number = old.number;"
	" DELETE FROM dependencies WHERE number = old.number;"
	" DELETE FROM attempts WHERE number = old.number;"
	"END;";

/*
 * Groups that run on Slurm (executor 1), with options of sbatch and the directory of their output; the options of a
 * task, and where it runs: the number of its job, its directory and its node.
 */
static const char version_3[] = "ALTER TABLE groups ADD COLUMN executor INTEGER NOT NULL DEFAULT 0;"
				"ALTER TABLE groups ADD COLUMN sbatch TEXT;"
				"ALTER TABLE groups ADD COLUMN directory TEXT;"
				"ALTER TABLE plans ADD COLUMN sbatch TEXT;"
				"ALTER TABLE plans ADD COLUMN job INTEGER NOT NULL DEFAULT 0;"
				"ALTER TABLE plans ADD COLUMN job_directory TEXT;"
				"ALTER TABLE plans ADD COLUMN node TEXT;";

/* Pilots of groups on Slurm: how many, and the slots of each. */
static const char version_4[] = "ALTER TABLE groups ADD COLUMN pilots INTEGER NOT NULL DEFAULT 0;"
				"ALTER TABLE groups ADD COLUMN pilot_slots INTEGER NOT NULL DEFAULT 0;";

const char *const schema_migrations[] = {
	version_1,
	version_2,
	version_3,
	version_4,
};

const int schema_version = sizeof(schema_migrations) / sizeof(schema_migrations[0]);
