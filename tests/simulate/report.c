#include "tests/simulate/report.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

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
