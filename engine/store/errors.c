/* Errors of the database, as an errno and as words. */
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "engine/store/internal.h"
#include "engine/task/error.h"
#include "engine/task/messages.h"

/* SQLite's primary result codes, and the errno for each. */
static const struct {
	int code;
	int error;
	bool system_first;
} code_table[] = {
	{ SQLITE_FULL, ENOSPC, false },    { SQLITE_NOMEM, ENOMEM, false },
	{ SQLITE_BUSY, EBUSY, false },     { SQLITE_LOCKED, EBUSY, false },
	{ SQLITE_NOTADB, EBADMSG, false }, { SQLITE_CORRUPT, EBADMSG, false },
	{ SQLITE_TOOBIG, E2BIG, false },   { SQLITE_READONLY, EROFS, false },
	{ SQLITE_PERM, EACCES, true },     { SQLITE_CANTOPEN, EACCES, true },
	{ SQLITE_IOERR, EIO, true },
};

int store_errno(const struct store *store, int code)
{
	int system = store->db ? sqlite3_system_errno(store->db) : 0;

	for (size_t i = 0; i < sizeof(code_table) / sizeof(code_table[0]); i++) {
		if (code_table[i].code != (code & 0xff))
			continue;
		return code_table[i].system_first && system > 0 ? -system : -code_table[i].error;
	}
	return -EIO;
}

/* The directory of the database, for messages. */
static void store_directory(const struct store *store, char directory[PATH_MAX])
{
	const char *slash = strrchr(store->path, '/');

	snprintf(directory, PATH_MAX, "%.*s", slash ? (int)(slash - store->path) : 1,
	         slash ? store->path : ".");
}

int store_fail_foreign(const struct store *store, int rc, char **error)
{
	char directory[PATH_MAX];

	store_directory(store, directory);
	return error_set(error, rc, MSG_DATABASE_FOREIGN, store->path, directory);
}

static int store_fail_damaged(const struct store *store, int rc, const char *text, char **error)
{
	char directory[PATH_MAX];

	store_directory(store, directory);
	return error_set(error, rc, MSG_DATABASE_DAMAGED, store->path, text, directory);
}

int store_fail(const struct store *store, int code, char **error)
{
	int rc = store_errno(store, code);
	const char *text = sqlite3_errstr(code & 0xff);

	if ((code & 0xff) == SQLITE_NOTADB)
		return store_fail_foreign(store, rc, error);
	if ((code & 0xff) == SQLITE_CORRUPT)
		return store_fail_damaged(store, rc, text, error);
	if (rc == -EIO || (code & 0xff) == SQLITE_FULL)
		return error_set(error, rc, "%s: %s", store->path, text);
	return error_set(error, rc, "%s: %s: %s", store->path, text, strerror(-rc));
}
