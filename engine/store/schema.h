/* The version of a database (migrations.h), and updating it. */
#ifndef KRTASK_STORE_SCHEMA_H
#define KRTASK_STORE_SCHEMA_H

#include <sqlite3.h>

/* PRAGMA application_id of a krtask database: "krts". */
enum { SCHEMA_APPLICATION_ID = 0x6b727473 };

enum schema_verdict {
	SCHEMA_FINE,    /* ours, or empty */
	SCHEMA_FOREIGN, /* somebody else's database */
	SCHEMA_NEWER,   /* made by a later krtaskd */
};

/* Reads the version of the file and changes nothing.  SQLITE_OK, or SQLite's error. */
int schema_inspect(sqlite3 *db, int *version, enum schema_verdict *verdict);

/*
 * Updates from version to schema_version, in one transaction per migration.  SQLITE_OK, or the error of
 * SQLite: earlier migrations stay done.
 */
int schema_migrate(sqlite3 *db, int version);

#endif
