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
#include "engine/pilot/disk.h"
#include "engine/pilot/seconds.h"
#include "engine/pilot/ticket.h"

enum {
	PILOT_MARGIN = 5, /* seconds that a task must have to spare */
	PILOT_WAIT_LEAST = 5,
	PILOT_WAIT_MOST = 50, /* milliseconds between two looks */
	PILOT_SPAN = 100,     /* milliseconds in which ends are counted */
	PILOT_PACE = 10,      /* milliseconds between two writes of the log to the disk */
	PILOT_HEED = 20,      /* and between two looks for signals */
	PILOT_DOUBT = 500,    /* milliseconds that SIGTERM may come later to a pilot than to its tasks */
	PILOT_AHEAD = 4,      /* so many for each slot are claimed ahead at most */
	PILOT_PATH = 512,
};

struct pilot_child {
	pid_t pid; /* 0: the slot is free */
	uint64_t serial;
	bool ends; /* the server has sent a signal that may end it */
};

struct pilot {
	const char *name;
	int log, directory; /* descriptors */
	struct disk disk;
	unsigned slots, running;
	struct pilot_child *children;
	int64_t total, until;   /* seconds of the job, and when it ends; total -1: never */
	int64_t idle, worked;   /* seconds; since when there is nothing to do */
	bool draining;          /* claims nothing more */
	bool stopped;           /* its job is to end */
	bool silent;            /* has kept an end to itself */
	bool torn;              /* the last line of the log is not whole */
	bool said;              /* there are lines that may not be on the disk */
	bool syncing;           /* and others are being written there */
	int64_t synced, heeded; /* milliseconds: when that began last; when it looked for signals */
	/*
	 * While tasks are short, some are claimed ahead: to make a claim durable takes longer than they do.  If none
	 * has ended for a while, these are given back.  Those that are being made durable follow those that wait.
	 */
	char (*backlog)[CLAIMS_NAME];
	unsigned waiting, claiming;
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

/* Of the clock of this node, in seconds. */
static void pilot_write_time(char *text, size_t size)
{
	struct timespec now;
	clock_gettime(CLOCK_REALTIME, &now);
	snprintf(text, size, "%lld.%03ld", (long long)now.tv_sec, now.tv_nsec / 1000000);
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
	char time[32];
	struct ticket ticket = { .bytes = NULL };
	struct pilot_child *slot = pilot_slot(pilot, 0);
	uint64_t serial = 0;
	int64_t limit = 0;
	ticket.base = pilot_parse(name, &serial, &limit);
	bool sound = ticket_read(&ticket, pilot->directory, name);
	pid_t pid = sound ? ticket_start(&ticket) : -1;
	ticket_release(&ticket);
	pilot_write_time(time, sizeof(time));
	pilot_say(pilot, "b %" PRIu64 " %d %s\n", serial, pid > 0 ? pid : 0, time);
	if (pid < 0) {
		pilot_say(pilot, "e %" PRIu64 " 78 %s\n", serial, time);
		return;
	}
	slot->pid = pid;
	slot->serial = serial;
	slot->ends = false;
	pilot->running++;
}

static void pilot_stop(struct pilot *pilot)
{
	pilot->draining = pilot->stopped = true;
	for (unsigned i = 0; i < pilot->slots; i++) {
		if (pilot->children[i].pid > 0) {
			kill(-pilot->children[i].pid, SIGTERM);
			kill(-pilot->children[i].pid, SIGCONT);
		}
	}
}

/*
 * The end of the job has ended it: that is no end of its own, and is not said, so the server takes it for lost.  Slurm
 * signals all processes of a job, and the pilot not first.
 */
static bool pilot_was_ended(struct pilot *pilot, const struct pilot_child *slot, int status)
{
	static const struct timespec doubt = { .tv_nsec = PILOT_DOUBT * 1000000L };
	sigset_t set;
	if (status == 0 || slot->ends)
		return false;
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	if (!pilot->stopped && (status == 128 + SIGTERM || status == 128 + SIGKILL) &&
	    sigtimedwait(&set, NULL, &doubt) == SIGTERM)
		pilot_stop(pilot);
	return pilot->stopped;
}

static void pilot_end(struct pilot *pilot, struct pilot_child *slot, int status)
{
	char time[32];
	pilot_write_time(time, sizeof(time));
	slot->pid = 0;
	pilot->running--;
	pilot->ends++;
	if (pilot_was_ended(pilot, slot, status))
		pilot->silent = true;
	else
		pilot_say(pilot, "e %" PRIu64 " %d %s\n", slot->serial, status, time);
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
		pilot_end(pilot, slot, WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
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

/*
 * False: another one has it, or this pilot is over.  It may be over all the same, since the directory is still open: what
 * was claimed counts when the disk has it (disk.h).
 */
static bool pilot_claim(struct pilot *pilot, const char *name)
{
	char from[PILOT_PATH];
	snprintf(from, sizeof(from), CLAIMS_QUEUE "/%s", name);
	/* A network filesystem may say that it failed when it was repeated. */
	if (renameat(AT_FDCWD, from, pilot->directory, name) == 0 ||
	    faccessat(pilot->directory, name, F_OK, 0) == 0)
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

/* Claims some, and has them made durable.  How many. */
static unsigned pilot_claim_some(struct pilot *pilot)
{
	struct dirent **names = NULL;
	unsigned most = pilot->claiming == 0 ? pilot_room(pilot) : 0;
	int count = most > 0 ? scandir(CLAIMS_QUEUE, &names, pilot_select, alphasort) : 0;
	for (int i = 0; i < count; i++) {
		const char *name = names[i]->d_name;
		uint64_t serial = 0;
		int64_t limit = 0;
		bool fits = pilot->claiming < most && !pilot->draining &&
		            pilot_parse(name, &serial, &limit) && pilot_fits(pilot, limit);
		bool claims = pilot->claiming < most && !pilot->draining && pilot_claim(pilot, name);
		if (claims && !fits)
			pilot_say(pilot, "x %" PRIu64 "\n", serial);
		else if (claims)
			memcpy(pilot->backlog[pilot->waiting + pilot->claiming++], name, strlen(name) + 1);
		free(names[i]);
	}
	free(names);
	unsigned claimed = pilot->claiming;
	if (claimed > 0 && !disk_sync(&pilot->disk, DISK_CLAIMS)) {
		pilot->draining = true;
		pilot->waiting += claimed;
		pilot->claiming = 0;
	}
	return claimed;
}

/* They have not begun here, and will not: the server may put them into the queue again. */
static void pilot_give_back(struct pilot *pilot)
{
	for (unsigned i = 0; i < pilot->waiting; i++)
		pilot_say(pilot, "r %llu\n", strtoull(pilot->backlog[i], NULL, 10));
	pilot->waiting = 0;
}

/* What the disk has.  How many may begin, or go back. */
static unsigned pilot_hear_disk(struct pilot *pilot)
{
	enum disk_question question;
	unsigned heard = 0;
	bool done;
	while (disk_answer(&pilot->disk, &question, &done)) {
		if (question == DISK_LOG) {
			pilot->syncing = false;
			pilot->said |= !done;
			continue;
		}
		heard += pilot->claiming;
		pilot->waiting += pilot->claiming;
		pilot->claiming = 0;
		pilot->draining |= !done;
	}
	return heard;
}

/* How many it has claimed or begun. */
static unsigned pilot_look(struct pilot *pilot)
{
	unsigned done = pilot_hear_disk(pilot), first = 0;
	for (; !pilot->draining && first < pilot->waiting && pilot->running < pilot->slots; first++)
		pilot_begin(pilot, pilot->backlog[first]);
	pilot->waiting -= first;
	memmove(pilot->backlog, pilot->backlog + first,
	        (pilot->waiting + pilot->claiming) * sizeof(*pilot->backlog));
	if (pilot->claiming == 0 && (pilot->draining || pilot->ends + pilot->ended == 0))
		pilot_give_back(pilot);
	return done + first + pilot_claim_some(pilot);
}

/* Other machines see the log when the disk has it. */
static void pilot_sync(struct pilot *pilot)
{
	int64_t now = pilot_milliseconds();
	if (!pilot->said || pilot->syncing || now - pilot->synced < PILOT_PACE)
		return;
	pilot->synced = now;
	pilot->syncing = disk_sync(&pilot->disk, DISK_LOG);
	pilot->said = !pilot->syncing;
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
		struct pilot_child *child = &pilot->children[i];
		if (child->pid <= 0 || child->serial != serial)
			continue;
		child->ends |= number != SIGSTOP && number != SIGCONT;
		kill(-child->pid, number);
	}
	unlink(path);
}

static void pilot_signals(struct pilot *pilot)
{
	struct dirent **names = NULL;
	int64_t now = pilot_milliseconds();
	if (now - pilot->heeded < PILOT_HEED)
		return;
	pilot->heeded = now;
	int count = scandir(pilot->name, &names, pilot_select_signal, alphasort);
	for (int i = 0; i < count; i++) {
		pilot_signal(pilot, names[i]->d_name);
		free(names[i]);
	}
	free(names);
}

/* --- */

/* Nothing is left to do, and nothing to come. */
static bool pilot_is_over(const struct pilot *pilot)
{
	return pilot->running == 0 && pilot->waiting == 0 && pilot->claiming == 0 &&
	       (pilot->draining || pilot_clock() - pilot->worked >= pilot->idle);
}

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
		pilot_sync(pilot);
		wait = done > 0 || pilot->said ? PILOT_WAIT_LEAST : wait * 2;
		wait = wait > PILOT_WAIT_MOST ? PILOT_WAIT_MOST : wait;
		if (done > 0 || pilot->running > 0)
			pilot->worked = pilot_clock();
		if (pilot_is_over(pilot))
			return;
		struct pollfd polled[] = { { .fd = signals, .events = POLLIN },
			                   { .fd = disk_fd(&pilot->disk), .events = POLLIN } };
		poll(polled, sizeof(polled) / sizeof(*polled), wait);
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
	int signals = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
	return signals >= 0 && disk_open(&pilot->disk, pilot->name, pilot->directory, pilot->log) ? signals
	                                                                                          : -1;
}

static void pilot_release(struct pilot *pilot)
{
	free(pilot->children);
	free(pilot->backlog);
}

int main(int argc, char **argv)
{
	if (argc < 4 || strlen(argv[1]) >= CLAIMS_NAME)
		return 64;
	struct pilot pilot = { .name = argv[1],
		               .slots = (unsigned)strtoul(argv[2], NULL, 10),
		               .idle = strtoll(argv[3], NULL, 10),
		               .total = seconds_read(argc > 4 ? argv[4] : "") };
	const char *job = getenv("SLURM_JOB_ID"), *node = getenv("SLURMD_NODENAME");
	int signals = pilot.slots > 0 ? pilot_open(&pilot) : -1;
	if (signals < 0) {
		pilot_release(&pilot);
		return 78;
	}
	pilot.until = pilot_clock() + pilot.total;
	pilot_say(&pilot, "h %s %s\n", job ? job : "0", node ? node : "?");
	pilot_loop(&pilot, signals);
	/* What it has not said is lost when Slurm says that its job is over, and why. */
	if (!pilot.silent)
		pilot_say(&pilot, "q\n");
	disk_close(&pilot.disk);
	pilot_release(&pilot);
	return 0;
}
