/*
 * What reading the tasks back costs at least: every row of a server's database, and every column of it that
 * the server reads, by SQLite alone.  Prints the seconds it took.  With `end`: no read, but every task
 * becomes one that has completed.
 *
 *     rows DATABASE [end]
 */
#include "config.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const char end_all[] = "REPLACE INTO statuses SELECT number, 5, created_at, created_at + 2, 0, 0, 0, "
			      "0, -1, '01234567-89ab-cdef-0123-456789abcdef',"
			      " -1, 0, 100, 1, NULL, 0, 2, 2000000 FROM tasks;"
			      "PRAGMA wal_checkpoint(TRUNCATE)";

static const char read_all[] =
	"SELECT tasks.number, id, name, description, task_group, parent, created_at, cwd, command, "
	"variables, environment, max_log,"
	" merge, nonce, state, started_at, ended_at, exit_code, term_signal, pid, pid_start, slot, boot_id, "
	"stop_signal, kill_at,"
	" percent, percent_known, message, start_order, cpu_ms, max_rss"
	" FROM tasks LEFT JOIN statuses ON statuses.number = tasks.number ORDER BY tasks.number";

static void check(int result, sqlite3 *db)
{
	if (result == SQLITE_OK || result == SQLITE_DONE || result == SQLITE_ROW)
		return;
	fprintf(stderr, "rows: %s\n", sqlite3_errmsg(db));
	exit(2);
}

/* Uses every value, so that no read can be left out. */
static size_t read_row(sqlite3_stmt *row, int columns)
{
	size_t bytes = 0;
	for (int i = 0; i < columns; i++) {
		int type = sqlite3_column_type(row, i);
		if (type == SQLITE_INTEGER)
			bytes += (size_t)sqlite3_column_int64(row, i) & 1;
		else if (type != SQLITE_NULL && sqlite3_column_blob(row, i))
			bytes += (size_t)sqlite3_column_bytes(row, i);
	}
	return bytes;
}

static double read_tasks(sqlite3 *db)
{
	struct timespec start, end;
	sqlite3_stmt *rows;
	size_t bytes = 0;

	clock_gettime(CLOCK_MONOTONIC, &start);
	check(sqlite3_prepare_v2(db, read_all, -1, &rows, NULL), db);
	int columns = sqlite3_column_count(rows), result;
	while ((result = sqlite3_step(rows)) == SQLITE_ROW)
		bytes += read_row(rows, columns);
	check(result, db);
	sqlite3_finalize(rows);
	clock_gettime(CLOCK_MONOTONIC, &end);
	double took = (double)(end.tv_sec - start.tv_sec) + (double)(end.tv_nsec - start.tv_nsec) / 1e9;
	return bytes ? took : 0;
}

int main(int argc, char **argv)
{
	sqlite3 *db;

	if (argc < 2 || argc > 3 || (argc == 3 && strcmp(argv[2], "end") != 0)) {
		fputs("usage: rows DATABASE [end]\n", stderr);
		return 2;
	}
	check(sqlite3_open_v2(argv[1], &db, SQLITE_OPEN_READWRITE, NULL), NULL);
	if (argc == 3)
		check(sqlite3_exec(db, end_all, NULL, NULL, NULL), db);
	else
		printf("%.6f\n", read_tasks(db));
	check(sqlite3_close(db), db);
	return 0;
}
