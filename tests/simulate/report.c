#include "tests/simulate/report.h"

#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/time.h>

/* Of processor time, so a busy machine changes nothing.  An episode needs a small part of one. */
enum { REPORT_SECONDS = 10 };

struct report *report;
bool report_tells;

_Noreturn void report_broken(const char *condition, const char *format, ...)
{
	va_list values;
	snprintf(report->broken, sizeof(report->broken), "%s", condition);
	va_start(values, format);
	/* NOLINTNEXTLINE(clang-analyzer-valist.Uninitialized): it is */
	vsnprintf(report->details, sizeof(report->details), format, values);
	va_end(values);
	tell("BROKEN: %s: %s", report->broken, report->details);
	abort();
}

void report_line(const char *format, ...)
{
	va_list values;
	printf("# %3llu  ", (unsigned long long)report->step);
	va_start(values, format);
	/* NOLINTNEXTLINE(clang-analyzer-valist.Uninitialized): it is */
	vprintf(format, values);
	va_end(values);
	putchar('\n');
	fflush(stdout);
}

static void report_overdue(int signal)
{
	(void)signal;
	report_broken("the episode ends", "it has taken %d s of processor time", REPORT_SECONDS);
}

void report_begin(void)
{
	const struct sigaction action = { .sa_handler = report_overdue };
	const struct itimerval limit = { .it_value.tv_sec = REPORT_SECONDS };
	sigaction(SIGVTALRM, &action, NULL);
	setitimer(ITIMER_VIRTUAL, &limit, NULL);
}
