/*
 * The shape of the database, in versions: one row of the migrations table each,
 * numbered from 1 by its place in it.  PRAGMA user_version says how far a file is.
 */
#ifndef KRTASK_STORE_MIGRATIONS_H
#define KRTASK_STORE_MIGRATIONS_H

/* Each is SQL that brings the version before it to this one; they are only ever added to. */
extern const char *const schema_migrations[];
/* The last version that is known here. */
extern const int schema_version;

#endif
