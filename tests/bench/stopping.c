/*
 * The least that a durable stop can cost: ends COUNT processes that sleep, one after the other, waits for the pidfd of
 * each, and inserts a row into a SQLite database in a synced transaction (WAL, synchronous=FULL).  Prints the
 * milliseconds that one took, from the signal to the commit.
 *
 *     stopping COUNT FILE
 *     stopping --first COUNT FILE
 *
 * With --first, there is such a transaction before the signal, too: what is stopped must not be taken for what has
 * failed, and be tried again, by who comes after a crash.
 */
#include "config.h"

#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

static sqlite3 *db;
static bool first;

static void fail(const char *what)
{
	perror(what);
	exit(2);
}

static void execute(const char *sql)
{
	if (sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK)
		return;
	fprintf(stderr, "stopping: %s\n", sqlite3_errmsg(db));
	exit(2);
}

static double now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static double stop_one(void)
{
	static char *const argv[] = { "/bin/sleep", "1000", NULL };
	posix_spawnattr_t attributes;
	pid_t pid;

	posix_spawnattr_init(&attributes);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID);
	if (posix_spawn(&pid, argv[0], NULL, &attributes, argv, environ))
		fail("posix_spawn");
	posix_spawnattr_destroy(&attributes);
	struct pollfd ended = { .fd = (int)syscall(SYS_pidfd_open, pid, 0), .events = POLLIN };
	double start = now_ms();
	if (first)
		execute("INSERT INTO ended VALUES (1, 1, 'stopping')");
	if (ended.fd < 0 || kill(-pid, SIGTERM) || poll(&ended, 1, -1) < 0 ||
	    waitid(P_PID, (id_t)pid, NULL, WEXITED))
		fail("stop");
	execute("INSERT INTO ended VALUES (1, 2, 'stopped')");
	close(ended.fd);
	return now_ms() - start;
}

int main(int argc, char **argv)
{
	double sum = 0;

	first = argc == 4 && strcmp(argv[1], "--first") == 0;
	argv += first;
	argc -= first;
	long count = argc == 3 ? strtol(argv[1], NULL, 10) : 0;

	if (count <= 0) {
		fputs("usage: stopping [--first] COUNT FILE\n", stderr);
		return 2;
	}
	if (sqlite3_open(argv[2], &db) != SQLITE_OK)
		fail(argv[2]);
	execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE IF NOT EXISTS ended (a, b, c)");
	for (long i = 0; i < count; i++)
		sum += stop_one();
	sqlite3_close(db);
	printf("%.4f\n", sum / (double)count);
	return 0;
}
