#include "tui/cli/interrupt.h"

#include <errno.h>

volatile sig_atomic_t interrupt_came;
static timer_t again;
static volatile sig_atomic_t can_repeat;

/* A signal between the look at interrupt_came and poll(2) would be lost for that call: SIGALRM follows it, again and again. */
static void on_interrupt(int number)
{
	static const struct itimerspec soon = {
		.it_value.tv_nsec = 50 * 1000 * 1000,
		.it_interval.tv_nsec = 50 * 1000 * 1000,
	};
	int saved = errno;

	(void)number;
	interrupt_came = 1;
	if (can_repeat)
		timer_settime(again, 0, &soon, NULL);
	errno = saved;
}

static void on_alarm(int number)
{
	(void)number;
}

void interrupt_catch(struct interrupt *before)
{
	struct sigaction action = { .sa_handler = on_interrupt }, wake = { .sa_handler = on_alarm };
	struct sigevent event = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGALRM };

	interrupt_came = 0;
	sigaction(SIGINT, NULL, &before->interrupt);
	*before = (struct interrupt){ .interrupt = before->interrupt };
	/* Who ignores it goes on, as a shell's background does. */
	if (before->interrupt.sa_handler == SIG_IGN)
		return;
	sigaction(SIGALRM, &wake, &before->alarm);
	before->catches = true;
	before->has_timer = timer_create(CLOCK_MONOTONIC, &event, &again) == 0;
	can_repeat = before->has_timer;
	sigaction(SIGINT, &action, NULL);
}

void interrupt_release(const struct interrupt *before)
{
	if (!before->catches)
		return;
	sigaction(SIGINT, &before->interrupt, NULL);
	can_repeat = 0;
	if (before->has_timer)
		timer_delete(again);
	sigaction(SIGALRM, &before->alarm, NULL);
}
