/*
 * The versions of the database schema: one row of the migrations table each, numbered from 1.  PRAGMA
 * user_version is the version of a file.
 */
#ifndef KRTASK_STORE_MIGRATIONS_H
#define KRTASK_STORE_MIGRATIONS_H

/* The SQL that leads from the previous version to this one.  Never change one; only append. */
extern const char *const schema_migrations[];
/* The latest version that this program knows. */
extern const int schema_version;

#endif
