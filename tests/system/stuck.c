/*
 * A directory that does not answer, as one of a network filesystem whose server is down.  This is preloaded into the server:
 * nobody changes to the directory that STUCK names before there is a file "answers" beside it.
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static long (*stuck_call)(long, ...);
static char stuck_gate[4096];
static const char *stuck_directory;

__attribute__((constructor)) static void stuck_begin(void)
{
	stuck_directory = getenv("STUCK");
	stuck_call = (__typeof__(stuck_call))dlsym(RTLD_NEXT, "syscall");
	if (stuck_directory)
		snprintf(stuck_gate, sizeof(stuck_gate), "%s/../answers", stuck_directory);
}

/*
 * What a child of the server calls, in the memory of the server: syscall(2).  It passes on six words, however many there are,
 * as the function of the C library does.
 */
long stuck_syscall(long number, long first, long second, long third, long fourth, long fifth,
                   long sixth) __asm__("syscall");

long stuck_syscall(long number, long first, long second, long third, long fourth, long fifth, long sixth)
{
	const struct timespec moment = { .tv_nsec = 5000000 };

	/* NOLINTNEXTLINE(performance-no-int-to-ptr): as the system call has it */
	if (number == SYS_chdir && stuck_directory && strcmp((const char *)first, stuck_directory) == 0) {
		while (stuck_call(SYS_faccessat, AT_FDCWD, stuck_gate, 0) != 0)
			stuck_call(SYS_nanosleep, &moment, NULL);
	}
	return stuck_call(number, first, second, third, fourth, fifth, sixth);
}
