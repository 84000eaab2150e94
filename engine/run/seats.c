#include "engine/run/seats.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

enum {
	SEATS = 4,        /* threads that start commands at once */
	SEAT_WIDTH = 4,   /* descriptors of a command */
	SEATED_FROM = 64, /* lower numbers cost less to copy than to move */
	WORTHWHILE = 1024 /* a table that cannot grow beyond this is copied fast enough */
};

struct seats {
	int idle;    /* /dev/null, which free seats lead to */
	bool shares; /* the beginning of a table can be copied */
	unsigned count;
	atomic_uint taken; /* bit N: seat N */
	int numbers[SEATS][SEAT_WIDTH];
};

static void seats_make(struct seats *seats)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur <= WORTHWHILE)
		return;
	for (; seats->count < SEATS; seats->count++) {
		int *seat = seats->numbers[seats->count], made = 0;
		while (made < SEAT_WIDTH &&
		       (seat[made] = fcntl(seats->idle, F_DUPFD_CLOEXEC, SPAWN_TARGETS)) >= 0)
			made++;
		if (made == SEAT_WIDTH)
			continue;
		while (made > 0)
			(void)close(seat[--made]);
		break;
	}
}

int seats_new(struct seats **result)
{
	struct seats *seats = calloc(1, sizeof(*seats));
	if (!seats)
		return -ENOMEM;
	seats->idle = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (seats->idle < 0) {
		int error = -errno;
		free(seats);
		return error;
	}
	/* No descriptor has that number, so this closes none. */
	seats->shares = syscall(SYS_close_range, ~0U, ~0U, 0U) == 0;
	if (seats->shares)
		seats_make(seats);
	*result = seats;
	return 0;
}

void seats_free(struct seats *seats)
{
	for (unsigned i = 0; i < seats->count; i++)
		for (int j = 0; j < SEAT_WIDTH; j++)
			(void)close(seats->numbers[i][j]);
	(void)close(seats->idle);
	free(seats);
}

static int seats_find_free(struct seats *seats)
{
	for (unsigned i = 0; i < seats->count; i++)
		if (!(atomic_fetch_or(&seats->taken, 1U << i) >> i & 1))
			return (int)i;
	return -1;
}

int seats_take(struct seats *seats, struct spawn_descriptor *list, size_t count)
{
	int seat = -1, used = 0;

	for (size_t i = 0; i < count && used < SEAT_WIDTH; i++) {
		if (list[i].source < SEATED_FROM)
			continue;
		if (seat < 0)
			seat = seats_find_free(seats);
		if (seat < 0)
			break;
		int number = seats->numbers[seat][used];
		if (number > list[i].source || dup3(list[i].source, number, O_CLOEXEC) < 0)
			continue;
		list[i].source = number;
		used++;
	}
	return seat;
}

/* The output or the pipe of a task must not stay open here. */
void seats_leave(struct seats *seats, int seat)
{
	if (seat < 0)
		return;
	for (int i = 0; i < SEAT_WIDTH; i++)
		(void)dup3(seats->idle, seats->numbers[seat][i], O_CLOEXEC);
	(void)atomic_fetch_and(&seats->taken, ~(1U << seat));
}

unsigned seats_first_unneeded(const struct seats *seats, const struct spawn_descriptor *list, size_t count)
{
	int first = SPAWN_TARGETS;

	for (size_t i = 0; seats->shares && i < count; i++)
		if (list[i].source >= first)
			first = list[i].source + 1;
	return seats->shares ? (unsigned)first : 0;
}
