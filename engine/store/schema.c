#include "engine/store/schema.h"

#include <stdbool.h>
#include <stdio.h>

#include "engine/store/migrations.h"

static int read_integer(sqlite3 *db, const char *sql, int *value)
{
	sqlite3_stmt *statement = NULL;
	int rc = sqlite3_prepare_v2(db, sql, -1, &statement, NULL);

	if (rc != SQLITE_OK)
		return rc;
	rc = sqlite3_step(statement);
	if (rc == SQLITE_ROW)
		*value = sqlite3_column_int(statement, 0);
	sqlite3_finalize(statement);
	return rc == SQLITE_ROW ? SQLITE_OK : rc;
}

int schema_inspect(sqlite3 *db, int *version, enum schema_verdict *verdict)
{
	int found = 0, application = 0, objects = 0;
	int rc = read_integer(db, "PRAGMA user_version", &found);

	if (rc == SQLITE_OK)
		rc = read_integer(db, "PRAGMA application_id", &application);
	if (rc == SQLITE_OK)
		rc = read_integer(db, "SELECT count(*) FROM sqlite_schema", &objects);
	if (rc != SQLITE_OK)
		return rc;

	bool empty = !found && !application && !objects;
	*version = found;
	if (!empty && (application != SCHEMA_APPLICATION_ID || found < 1))
		*verdict = SCHEMA_FOREIGN;
	else
		*verdict = found > schema_version ? SCHEMA_NEWER : SCHEMA_FINE;
	return SQLITE_OK;
}

/* The version is written in the same transaction as the changes to the schema. */
static int migrate_step(sqlite3 *db, int version)
{
	char pragma[64];
	int rc = sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL);

	if (rc != SQLITE_OK)
		return rc;
	snprintf(pragma, sizeof(pragma), "PRAGMA user_version = %d; COMMIT", version + 1);
	rc = sqlite3_exec(db, schema_migrations[version], NULL, NULL, NULL);
	if (rc == SQLITE_OK)
		rc = sqlite3_exec(db, pragma, NULL, NULL, NULL);
	if (rc != SQLITE_OK)
		sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
	return rc;
}

int schema_migrate(sqlite3 *db, int version)
{
	int rc = SQLITE_OK;

	for (; version < schema_version && rc == SQLITE_OK; version++)
		rc = migrate_step(db, version);
	return rc;
}
