/*
 * The least that durable creation can cost: inserts COUNT rows of about the size of a task into a SQLite
 * database, with BATCH rows in each synced transaction (WAL, synchronous=FULL).  Prints the seconds it took.
 * With "status" each of them gets a second row, as what has become of a task is a table of its own.
 *
 *     inserts COUNT BATCH FILE [status]
 */
#include "config.h"

#include <sqlite3.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { STATUS_COLUMNS = 18 };

static void check(int result, sqlite3 *db)
{
	if (result == SQLITE_OK || result == SQLITE_DONE)
		return;
	fprintf(stderr, "inserts: %s\n", sqlite3_errmsg(db));
	exit(2);
}

static void insert_task(sqlite3 *db, sqlite3_stmt *insert, long i)
{
	static const char row[] = "/bin/true\0with an argument or two, as commands have them";
	char id[24];

	snprintf(id, sizeof(id), "%ld", i);
	sqlite3_bind_int64(insert, 1, i);
	sqlite3_bind_text(insert, 2, id, -1, SQLITE_TRANSIENT);
	sqlite3_bind_text(insert, 3, "/home/somebody/somewhere", -1, SQLITE_STATIC);
	sqlite3_bind_blob(insert, 4, row, sizeof(row), SQLITE_STATIC);
	sqlite3_bind_int64(insert, 5, 1764000000000 + i);
	sqlite3_bind_int(insert, 6, 0);
	check(sqlite3_step(insert), db);
	sqlite3_reset(insert);
}

static void insert_status(sqlite3 *db, sqlite3_stmt *insert, long i)
{
	sqlite3_bind_int64(insert, 1, i);
	for (int column = 2; column <= STATUS_COLUMNS; column++)
		sqlite3_bind_int(insert, column, 0);
	check(sqlite3_step(insert), db);
	sqlite3_reset(insert);
}

static void insert_all(sqlite3 *db, long count, long batch, bool status)
{
	sqlite3_stmt *task, *second;

	check(sqlite3_prepare_v2(db, "INSERT INTO task VALUES (?, ?, ?, ?, ?, ?)", -1, &task, NULL), db);
	check(sqlite3_prepare_v2(
		      db, "REPLACE INTO status VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
		      -1, &second, NULL),
	      db);
	for (long i = 1; i <= count; i++) {
		if (i % batch == 1 || batch == 1)
			check(sqlite3_exec(db, "BEGIN", NULL, NULL, NULL), db);
		insert_task(db, task, i);
		if (status)
			insert_status(db, second, i);
		if (i % batch == 0 || i == count)
			check(sqlite3_exec(db, "COMMIT", NULL, NULL, NULL), db);
	}
	sqlite3_finalize(task);
	sqlite3_finalize(second);
}

int main(int argc, char **argv)
{
	struct timespec start, end;
	sqlite3 *db;

	if (argc != 4 && (argc != 5 || strcmp(argv[4], "status") != 0)) {
		fputs("usage: inserts COUNT BATCH FILE [status]\n", stderr);
		return 2;
	}
	check(sqlite3_open(argv[3], &db), NULL);
	check(sqlite3_exec(
		      db,
		      "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
		      "CREATE TABLE task (number INTEGER PRIMARY KEY, id TEXT, cwd BLOB, command BLOB, created INTEGER, state INTEGER);"
		      "CREATE TABLE status (number INTEGER PRIMARY KEY, a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q)",
		      NULL, NULL, NULL),
	      db);
	clock_gettime(CLOCK_MONOTONIC, &start);
	insert_all(db, strtol(argv[1], NULL, 10), strtol(argv[2], NULL, 10), argc == 5);
	clock_gettime(CLOCK_MONOTONIC, &end);
	sqlite3_close(db);
	printf("%.6f\n", (double)(end.tv_sec - start.tv_sec) + (double)(end.tv_nsec - start.tv_nsec) / 1e9);
	return 0;
}
