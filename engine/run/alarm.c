#include "config.h"

#include <errno.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "engine/run/alarm.h"

/* Later than that, nothing is due: it is the year 2999. */
#define ALARM_LATEST_MS 32472144000000

int alarm_open(clockid_t clock)
{
	int fd = timerfd_create(clock, TFD_CLOEXEC | TFD_NONBLOCK);
	return fd < 0 ? -errno : fd;
}

int alarm_set(int fd, int64_t at, bool watch)
{
	int flags = TFD_TIMER_ABSTIME | (watch ? TFD_TIMER_CANCEL_ON_SET : 0);
	struct itimerspec value = { .it_value = { 0 } };
	/* A time of zero would clear it. */
	at = at < 0 ? 1 : at > ALARM_LATEST_MS ? ALARM_LATEST_MS : at;
	value.it_value.tv_sec = (time_t)(at / 1000);
	value.it_value.tv_nsec = (long)(at % 1000 * 1000000);
	return timerfd_settime(fd, flags, &value, NULL) ? -errno : 0;
}

bool alarm_take(int fd)
{
	uint64_t times;
	return read(fd, &times, sizeof(times)) < 0 && errno == ECANCELED;
}
