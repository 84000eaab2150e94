/*
 * A pilot: the step of a job that runs many tasks.  See engine/exec/slurm/claims.h.  It needs no more than the C library,
 * since the server copies it to where the nodes can read it.
 *
 *     krtask-pilot NAME SLOTS IDLE [LEFT]
 *
 * runs in the directory pilots.GROUP.  IDLE: it ends after so many seconds without a task; LEFT: what the job has left,
 * as squeue says it.
 */
#include "config.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "engine/exec/slurm/claims.h"
#include "engine/pilot/ticket.h"

enum {
	PILOT_MARGIN = 5, /* seconds that a task must have to spare */
	PILOT_WAIT_LEAST = 5,
	PILOT_WAIT_MOST = 50, /* milliseconds between two looks */
	PILOT_SPAN = 100,     /* milliseconds in which ends are counted */
	PILOT_AHEAD = 4,      /* so many for each slot are claimed ahead at most */
	PILOT_PATH = 512,
};

struct pilot_child {
	pid_t pid; /* 0: the slot is free */
	uint64_t serial;
};

struct pilot {
	const char *name;
	int log,
		directory; /* descriptors; the latter is for fsync only: the path leads to another once it is over */
	unsigned slots, running;
	struct pilot_child *children;
	int64_t total, until; /* seconds of the job, and when it ends; total -1: never */
	int64_t idle, worked; /* seconds; since when there is nothing to do */
	bool draining;        /* claims nothing more */
	bool torn;            /* the last line of the log is not whole */
	bool said;            /* there are lines that may not be on the disk */
	/*
	 * While tasks are short, some are claimed ahead: to make a claim durable takes longer than they do.  If none
	 * has ended for a while, these go back to the queue.
	 */
	char (*backlog)[CLAIMS_NAME];
	unsigned waiting;
	unsigned ends, ended; /* in this span, and in the one before */
	int64_t span;         /* milliseconds: when this one began */
};

static int64_t pilot_clock(void)
{
	struct timespec now;
	clock_gettime(CLOCK_BOOTTIME, &now);
	return (int64_t)now.tv_sec;
}

static int64_t pilot_milliseconds(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* How many bytes of the log were written. */
static size_t pilot_write(const struct pilot *pilot, const char *bytes, size_t length)
{
	size_t at = 0;
	while (at < length) {
		ssize_t count = write(pilot->log, bytes + at, length - at);
		if (count < 0 && errno != EINTR)
			break;
		at += count > 0 ? (size_t)count : 0;
	}
	return at;
}

/* What cannot be written is lost: the server then says that the status is unknown. */
__attribute__((format(printf, 2, 3))) static void pilot_say(struct pilot *pilot, const char *format, ...)
{
	char line[256];
	va_list values;
	va_start(values, format);
	/* NOLINTNEXTLINE: va_start() was called */
	int length = vsnprintf(line, sizeof(line), format, values);
	va_end(values);
	/* What is left of a line must not be taken for one. */
	pilot->torn = pilot->torn && pilot_write(pilot, "?\n", 2) < 2;
	if (length <= 0 || pilot->torn)
		return;
	size_t count = pilot_write(pilot, line, (size_t)length);
	pilot->torn = count > 0 && count < (size_t)length;
	pilot->said = true;
}

/* --- slots */

static struct pilot_child *pilot_slot(const struct pilot *pilot, pid_t pid)
{
	for (unsigned i = 0; i < pilot->slots; i++) {
		if (pilot->children[i].pid == pid)
			return &pilot->children[i];
	}
	return NULL;
}

/* "SERIAL.LIMIT.BASE".  NULL: it is no ticket. */
static const char *pilot_parse(const char *name, uint64_t *serial, int64_t *limit)
{
	char *end;
	if (*name < '0' || *name > '9')
		return NULL;
	*serial = strtoull(name, &end, 10);
	if (*end != '.')
		return NULL;
	*limit = strtoll(end + 1, &end, 10);
	return *end == '.' && end[1] ? end + 1 : NULL;
}

static void pilot_begin(struct pilot *pilot, const char *name)
{
	struct ticket ticket = { .bytes = NULL };
	struct pilot_child *slot = pilot_slot(pilot, 0);
	char path[PILOT_PATH];
	uint64_t serial = 0;
	int64_t limit = 0;
	ticket.base = pilot_parse(name, &serial, &limit);
	snprintf(path, sizeof(path), "%s/%s", pilot->name, name);
	bool sound = ticket_read(&ticket, path);
	pid_t pid = sound ? fork() : -1;
	if (pid == 0)
		ticket_run(&ticket);
	ticket_release(&ticket);
	pilot_say(pilot, "b %" PRIu64 " %d %lld\n", serial, pid > 0 ? pid : 0, (long long)time(NULL));
	if (pid < 0) {
		pilot_say(pilot, "e %" PRIu64 " 78\n", serial);
		return;
	}
	slot->pid = pid;
	slot->serial = serial;
	pilot->running++;
}

/* How many have ended. */
static unsigned pilot_reap(struct pilot *pilot)
{
	unsigned count = 0;
	int status;
	siginfo_t info = { .si_pid = 0 };
	while (waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid > 0) {
		pid_t pid = info.si_pid;
		struct pilot_child *slot = pilot_slot(pilot, pid);
		/* As a job does, its end ends what it has left.  Until it is reaped, nobody else has its number. */
		kill(-pid, SIGKILL);
		info.si_pid = 0;
		if (waitpid(pid, &status, 0) != pid || !slot)
			continue;
		pilot_say(pilot, "e %" PRIu64 " %d\n", slot->serial,
		          WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
		slot->pid = 0;
		pilot->running--;
		pilot->ends++;
		count++;
	}
	return count;
}

/* --- the queue */

static int pilot_select(const struct dirent *entry)
{
	uint64_t serial;
	int64_t limit;
	return strlen(entry->d_name) < CLAIMS_NAME && pilot_parse(entry->d_name, &serial, &limit);
}

/* False: another one has it, or this pilot is over. */
static bool pilot_claim(struct pilot *pilot, const char *place, const char *name)
{
	char from[PILOT_PATH], to[PILOT_PATH];
	snprintf(from, sizeof(from), "%s/%s", place, name);
	snprintf(to, sizeof(to), "%s/%s", pilot->name, name);
	/* A network filesystem may say that it failed when it was repeated. */
	if (rename(from, to) == 0 || access(to, F_OK) == 0)
		return true;
	if (access(pilot->name, F_OK))
		pilot->draining = true;
	return false;
}

/* Whether the job has the time for it.  If not, it ends, and the next one may. */
static bool pilot_fits(struct pilot *pilot, int64_t limit)
{
	if (pilot->total < 0 || limit == 0 || limit + PILOT_MARGIN <= pilot->until - pilot_clock())
		return true;
	pilot->draining |= limit + PILOT_MARGIN <= pilot->total;
	return false;
}

/* How many it may claim: for each free slot one, and more while tasks are short. */
static unsigned pilot_room(struct pilot *pilot)
{
	int64_t now = pilot_milliseconds();
	if (now - pilot->span >= PILOT_SPAN) {
		pilot->ended = now - pilot->span < 2 * PILOT_SPAN ? pilot->ends : 0;
		pilot->ends = 0;
		pilot->span = now;
	}
	unsigned ahead = pilot->ends > pilot->ended ? pilot->ends : pilot->ended;
	unsigned has = pilot->running + pilot->waiting, most = PILOT_AHEAD * pilot->slots;
	ahead = ahead < most ? ahead : most;
	/* Few at a time would not be worth it. */
	if (pilot->draining || has >= pilot->slots + ahead ||
	    (has >= pilot->slots && pilot->waiting > ahead / 2))
		return 0;
	return pilot->slots + ahead - has;
}

/* How many of them are in the backlog now.  place: CLAIMS_QUEUE or CLAIMS_RETURNED. */
static unsigned pilot_claim_some(struct pilot *pilot, const char *place, unsigned most)
{
	struct dirent **names = NULL;
	unsigned claimed = 0;
	int count = most > 0 ? scandir(place, &names, pilot_select, alphasort) : 0;
	for (int i = 0; i < count; i++) {
		const char *name = names[i]->d_name;
		uint64_t serial = 0;
		int64_t limit = 0;
		bool fits = claimed < most && !pilot->draining && pilot_parse(name, &serial, &limit) &&
		            pilot_fits(pilot, limit);
		bool claims = claimed < most && !pilot->draining && pilot_claim(pilot, place, name);
		if (claims && !fits)
			pilot_say(pilot, "x %" PRIu64 "\n", serial);
		else if (claims)
			memcpy(pilot->backlog[pilot->waiting + claimed++], name, strlen(name) + 1);
		free(names[i]);
	}
	free(names);
	pilot->waiting += claimed;
	return claimed;
}

/* Out of the backlog, not begun, and not for others either: the server will say that they are lost. */
static void pilot_strand(struct pilot *pilot, unsigned first, unsigned count)
{
	pilot->waiting -= count;
	memmove(pilot->backlog + first, pilot->backlog + first + count,
	        (pilot->waiting - first) * sizeof(*pilot->backlog));
}

/* Those that are claimed are durable when this returns; or nothing begins. */
static unsigned pilot_claim_all(struct pilot *pilot, bool *begins)
{
	unsigned has = pilot->running + pilot->waiting, first = pilot->waiting;
	unsigned free_slots = !pilot->draining && has < pilot->slots ? pilot->slots - has : 0;
	/* These begin at once: they must not be given back again. */
	unsigned returned = pilot_claim_some(pilot, CLAIMS_RETURNED, free_slots);
	unsigned claimed = pilot_claim_some(pilot, CLAIMS_QUEUE, pilot_room(pilot));
	if (returned + claimed == 0 || fsync(pilot->directory) == 0)
		return returned + claimed;
	pilot_strand(pilot, first, returned);
	pilot->draining = true;
	*begins = false;
	return 0;
}

/* They have not begun here, and others may be free. */
static void pilot_give_back(struct pilot *pilot)
{
	char from[PILOT_PATH], to[PILOT_PATH];
	while (pilot->waiting > 0) {
		const char *name = pilot->backlog[pilot->waiting - 1];
		snprintf(from, sizeof(from), "%s/%s", pilot->name, name);
		snprintf(to, sizeof(to), CLAIMS_RETURNED "/%s", name);
		/* If it is here no longer, it was given back all the same, or the directory was taken away. */
		if (rename(from, to) && (access(from, F_OK) == 0 || errno != ENOENT))
			return;
		pilot->waiting--;
	}
}

/* How many it has claimed or begun. */
static unsigned pilot_look(struct pilot *pilot)
{
	bool begins = !pilot->draining;
	unsigned done = pilot_claim_all(pilot, &begins), first = 0;
	for (; begins && first < pilot->waiting && pilot->running < pilot->slots; first++)
		pilot_begin(pilot, pilot->backlog[first]);
	pilot->waiting -= first;
	memmove(pilot->backlog, pilot->backlog + first, pilot->waiting * sizeof(*pilot->backlog));
	if (pilot->waiting > 0 && (pilot->draining || pilot->ends + pilot->ended == 0))
		pilot_give_back(pilot);
	return done + first;
}

/* --- signals */

static int pilot_select_signal(const struct dirent *entry)
{
	return strncmp(entry->d_name, CLAIMS_SIGNAL, sizeof(CLAIMS_SIGNAL) - 1) == 0;
}

static void pilot_signal(const struct pilot *pilot, const char *name)
{
	char path[PILOT_PATH], *at;
	int length = snprintf(path, sizeof(path), "%s/%s", pilot->name, name);
	if (length < 0 || (size_t)length >= sizeof(path))
		return;
	/* Its own number orders them. */
	(void)strtoull(name + sizeof(CLAIMS_SIGNAL) - 1, &at, 10);
	int number = *at == '.' ? (int)strtol(at + 1, &at, 10) : 0;
	uint64_t serial = *at == '.' ? strtoull(at + 1, NULL, 10) : 0;
	for (unsigned i = 0; i < pilot->slots && number > 0; i++) {
		if (pilot->children[i].pid > 0 && pilot->children[i].serial == serial)
			kill(-pilot->children[i].pid, number);
	}
	unlink(path);
}

static void pilot_signals(const struct pilot *pilot)
{
	struct dirent **names = NULL;
	int count = scandir(pilot->name, &names, pilot_select_signal, alphasort);
	for (int i = 0; i < count; i++) {
		pilot_signal(pilot, names[i]->d_name);
		free(names[i]);
	}
	free(names);
}

static void pilot_stop(struct pilot *pilot)
{
	pilot->draining = true;
	for (unsigned i = 0; i < pilot->slots; i++) {
		if (pilot->children[i].pid > 0) {
			kill(-pilot->children[i].pid, SIGTERM);
			kill(-pilot->children[i].pid, SIGCONT);
		}
	}
}

/* --- */

static void pilot_loop(struct pilot *pilot, int signals)
{
	int wait = PILOT_WAIT_LEAST;
	pilot->worked = pilot_clock();
	for (;;) {
		struct signalfd_siginfo info;
		while (read(signals, &info, sizeof(info)) == (ssize_t)sizeof(info)) {
			if (info.ssi_signo == SIGTERM)
				pilot_stop(pilot);
		}
		unsigned done = pilot_reap(pilot);
		pilot_signals(pilot);
		done += pilot_look(pilot);
		if (pilot->said)
			pilot->said = fdatasync(pilot->log) != 0;
		wait = done > 0 ? PILOT_WAIT_LEAST : wait * 2;
		wait = wait > PILOT_WAIT_MOST ? PILOT_WAIT_MOST : wait;
		if (done > 0 || pilot->running > 0)
			pilot->worked = pilot_clock();
		if (pilot->running == 0 && pilot->waiting == 0 &&
		    (pilot->draining || pilot_clock() - pilot->worked >= pilot->idle))
			return;
		struct pollfd polled = { .fd = signals, .events = POLLIN };
		poll(&polled, 1, wait);
	}
}

static int pilot_open(struct pilot *pilot)
{
	char path[PILOT_PATH];
	sigset_t set;
	snprintf(path, sizeof(path), "%s/" CLAIMS_LOG, pilot->name);
	pilot->directory = open(pilot->name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	pilot->log = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
	pilot->children = calloc(pilot->slots, sizeof(*pilot->children));
	pilot->backlog = calloc((PILOT_AHEAD + 1) * (size_t)pilot->slots, sizeof(*pilot->backlog));
	if (pilot->directory < 0 || pilot->log < 0 || !pilot->children || !pilot->backlog)
		return -1;
	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	return signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
}

static void pilot_release(struct pilot *pilot)
{
	free(pilot->children);
	free(pilot->backlog);
}

/* "1-02:03:04", "03:04", or a word: seconds.  -1: it has no end. */
static int64_t pilot_seconds(const char *text)
{
	static const int64_t factors[] = { 1, 60, 3600 };
	int64_t values[3] = { 0 }, days = 0, sum = 0;
	int count = 0;
	for (; count < 3 && *text >= '0' && *text <= '9'; text++) {
		char *end;
		int64_t value = strtoll(text, &end, 10);
		if (*end == '-')
			days = value;
		else
			values[count++] = value;
		text = end;
		if (*text != '-' && *text != ':')
			break;
	}
	if (count == 0)
		return -1;
	for (int i = 0; i < count; i++)
		sum += values[i] * factors[count - 1 - i];
	return sum + days * 86400;
}

int main(int argc, char **argv)
{
	if (argc < 4 || strlen(argv[1]) >= CLAIMS_NAME)
		return 64;
	struct pilot pilot = { .name = argv[1],
		               .slots = (unsigned)strtoul(argv[2], NULL, 10),
		               .idle = strtoll(argv[3], NULL, 10),
		               .total = pilot_seconds(argc > 4 ? argv[4] : "") };
	const char *job = getenv("SLURM_JOB_ID"), *node = getenv("SLURMD_NODENAME");
	int signals = pilot.slots > 0 ? pilot_open(&pilot) : -1;
	if (signals < 0) {
		pilot_release(&pilot);
		return 78;
	}
	pilot.until = pilot_clock() + pilot.total;
	pilot_say(&pilot, "h %s %s\n", job ? job : "0", node ? node : "?");
	pilot_loop(&pilot, signals);
	pilot_say(&pilot, "q\n");
	pilot_release(&pilot);
	return 0;
}
