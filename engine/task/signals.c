#include "engine/task/signals.h"

#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

static const struct {
	const char *name;
	int number;
} signal_table[] = {
	{ "none", 0 },
	{ "HUP", SIGHUP },
	{ "INT", SIGINT },
	{ "QUIT", SIGQUIT },
	{ "ILL", SIGILL },
	{ "TRAP", SIGTRAP },
	{ "ABRT", SIGABRT },
	{ "BUS", SIGBUS },
	{ "FPE", SIGFPE },
	{ "KILL", SIGKILL },
	{ "USR1", SIGUSR1 },
	{ "SEGV", SIGSEGV },
	{ "USR2", SIGUSR2 },
	{ "PIPE", SIGPIPE },
	{ "ALRM", SIGALRM },
	{ "TERM", SIGTERM },
#ifdef SIGSTKFLT
	{ "STKFLT", SIGSTKFLT },
#endif
	{ "CHLD", SIGCHLD },
	{ "CONT", SIGCONT },
	{ "STOP", SIGSTOP },
	{ "TSTP", SIGTSTP },
	{ "TTIN", SIGTTIN },
	{ "TTOU", SIGTTOU },
	{ "URG", SIGURG },
	{ "XCPU", SIGXCPU },
	{ "XFSZ", SIGXFSZ },
	{ "VTALRM", SIGVTALRM },
	{ "PROF", SIGPROF },
	{ "WINCH", SIGWINCH },
	{ "IO", SIGIO },
	{ "PWR", SIGPWR },
	{ "SYS", SIGSYS },
	/* other names of the same signals, only for reading: signal_name() finds the first */
	{ "IOT", SIGIOT },
	{ "CLD", SIGCHLD },
	{ "POLL", SIGIO },
};

enum { TABLE_SIZE = sizeof(signal_table) / sizeof(signal_table[0]) };

/* A decimal number from 0 to most, or -1. */
static int parse_number(const char *text, int most)
{
	int number = 0;

	if (!*text)
		return -1;
	for (; *text; text++) {
		if (*text < '0' || *text > '9')
			return -1;
		number = number * 10 + (*text - '0');
		if (number > most)
			return -1;
	}
	return number;
}

/* RTMIN, RTMIN+N, RTMAX, RTMAX-N */
static int parse_realtime(const char *name)
{
	int most = SIGRTMAX - SIGRTMIN;
	bool from_top = strncasecmp(name, "RTMAX", 5) == 0;

	if (!from_top && strncasecmp(name, "RTMIN", 5) != 0)
		return -1;
	name += 5;
	int offset = 0;
	if (*name) {
		if (*name != (from_top ? '-' : '+'))
			return -1;
		offset = parse_number(name + 1, most);
		if (offset < 0)
			return -1;
	}
	return from_top ? SIGRTMAX - offset : SIGRTMIN + offset;
}

int signal_parse(const char *name)
{
	bool prefixed = strncasecmp(name, "SIG", 3) == 0;
	const char *bare = prefixed ? name + 3 : name;

	for (int i = 0; i < TABLE_SIZE; i++) {
		/* there is no SIGnone */
		if (strcasecmp(bare, signal_table[i].name) == 0)
			return prefixed && !signal_table[i].number ? -1 : signal_table[i].number;
	}
	int number = parse_realtime(bare);
	if (number < 0 && !prefixed)
		number = parse_number(bare, SIGRTMAX);
	/* the C library reserves the signals between the named ones and SIGRTMIN (signal(7)) */
	return number > SIGSYS && number < SIGRTMIN ? -1 : number;
}

const char *signal_name(int number)
{
	static _Thread_local char buffer[24];

	for (int i = 0; i < TABLE_SIZE; i++)
		if (signal_table[i].number == number)
			return signal_table[i].name;
	if (number == SIGRTMIN)
		return "RTMIN";
	if (number > SIGRTMIN && number <= SIGRTMAX)
		snprintf(buffer, sizeof(buffer), "RTMIN+%d", number - SIGRTMIN);
	else
		snprintf(buffer, sizeof(buffer), "%d", number);
	return buffer;
}
