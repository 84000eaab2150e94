#include "tui/confirm/ask_text.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tui/text/candidates.h"

enum { ANSWER_SIZE = 64 }; /* longer than any label; the rest of a longer line is ignored */

/* Reads a line, without its newline.  0, -ENODATA at the end of the input, or -errno. */
static int read_answer(int in, char answer[ANSWER_SIZE])
{
	size_t length = 0;
	bool any = false;
	char byte;

	for (;;) {
		ssize_t got = read(in, &byte, 1);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -errno;
		if (got == 0 && !any)
			return -ENODATA;
		if (got == 0 || byte == '\n')
			break;
		any = true;
		if (length + 1 < ANSWER_SIZE)
			answer[length++] = byte ? byte : '?';
	}
	answer[length] = '\0';
	return 0;
}

/* Runs in the child: executes the shell of the user, on the terminal if there is one. */
static _Noreturn void become_shell(int in)
{
	const char *shell = getenv("SHELL");
	int terminal = open("/dev/tty", O_RDWR | O_CLOEXEC);

	if (!shell || !*shell)
		shell = "/bin/sh";
	if (terminal >= 0) {
		dup2(terminal, STDOUT_FILENO);
		dup2(terminal, STDERR_FILENO);
	}
	dup2(terminal >= 0 ? terminal : in, STDIN_FILENO);
	execlp(shell, shell, (char *)NULL);
	_exit(127);
}

static int ask_suspend(int in, FILE *out)
{
	struct sigaction ignore = { .sa_handler = SIG_IGN }, interrupt, quit;
	int status;
	pid_t pid;

	fflush(stdout);
	fflush(out);
	/* Ctrl-C in the shell is for the shell, not for us.  The child restores what was set before. */
	sigaction(SIGINT, &ignore, &interrupt);
	sigaction(SIGQUIT, &ignore, &quit);
	pid = fork();
	if (pid == 0) {
		sigaction(SIGINT, &interrupt, NULL);
		sigaction(SIGQUIT, &quit, NULL);
		become_shell(in);
	}
	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	sigaction(SIGINT, &interrupt, NULL);
	sigaction(SIGQUIT, &quit, NULL);
	return pid < 0 ? -errno : 0;
}

static void ask_explain(FILE *out)
{
	for (int i = 0; i < CHOICE_COUNT; i++) {
		if (confirm_choices[i].help)
			fprintf(out, "%c - %s\n", confirm_choices[i].letter, confirm_choices[i].help);
	}
}

static void put_question(const struct confirm *confirm, enum confirm_operation operation, const char *target,
                         FILE *out)
{
	char *performing = confirm->for_several ? confirm_performing_several(operation, target)
	                                        : confirm_performing(operation, target);

	fprintf(out, "\n%s\n%s\n%s\n", CONFIRM_CAPTION, CONFIRM_QUESTION, performing ? performing : "");
	free(performing);
}

int ask_text(struct confirm *confirm, enum confirm_operation operation, const char *target, int in, FILE *out)
{
	enum confirm_verdict verdict = CONFIRM_ASK;
	char answer[ANSWER_SIZE];
	int result;

	put_question(confirm, operation, target, out);
	while (verdict != CONFIRM_DO && verdict != CONFIRM_SKIP) {
		fputs(confirm_choice_line(), out);
		fflush(out);
		result = read_answer(in, answer);
		if (result) {
			fputc('\n', out);
			return result;
		}
		verdict = confirm_answer(confirm, confirm_parse_answer(answer));
		if (verdict == CONFIRM_EXPLAIN)
			ask_explain(out);
		if (verdict != CONFIRM_SUSPEND)
			continue;
		result = ask_suspend(in, out);
		if (result)
			return result;
		put_question(confirm, operation, target, out);
	}
	return (int)verdict;
}

/* The order is that of the question. */
static const struct {
	char letter;
	const char *label, *help;
} inquiries[] = {
	{ 'Y', "Yes", "Continue with only the next step of the operation." },
	{ 'A', "Yes to All", "Continue with all the steps of the operation." },
	{ 'H', "Halt Command", "Stop this command." },
	{ 'S', "Suspend",
	  "Pause the current pipeline and return to the command prompt. Type \"exit\" to resume the pipeline." },
};

enum { INQUIRY_SUSPEND = INQUIRY_HALT + 1, INQUIRY_COUNT };

_Static_assert(sizeof(inquiries) / sizeof(*inquiries) == INQUIRY_COUNT, "each has its row");

/* The choice that the answer means; INQUIRY_COUNT: none. */
static int parse_inquiry(const char *answer)
{
	if (!*answer)
		return INQUIRY_YES;
	for (int i = 0; i < INQUIRY_COUNT; i++) {
		if (candidates_answer(answer, inquiries[i].letter, inquiries[i].label))
			return i;
	}
	return INQUIRY_COUNT;
}

static void explain_inquiry(FILE *out)
{
	for (int i = 0; i < INQUIRY_COUNT; i++)
		fprintf(out, "%c - %s\n", inquiries[i].letter, inquiries[i].help);
}

enum inquiry ask_inquiry(const char *message, int in, FILE *out)
{
	char answer[ANSWER_SIZE];
	int choice = INQUIRY_SUSPEND;

	while (choice > INQUIRY_HALT) {
		if (choice == INQUIRY_SUSPEND)
			fprintf(out, "\n%s\n%s\n", CONFIRM_CAPTION, message);
		for (int i = 0; i < INQUIRY_COUNT; i++)
			fprintf(out, "[%c] %s  ", inquiries[i].letter, inquiries[i].label);
		fputs("[?] Help (default is \"Y\"): ", out);
		fflush(out);
		if (read_answer(in, answer)) {
			fputc('\n', out);
			return INQUIRY_HALT;
		}
		choice = parse_inquiry(answer);
		if (choice == INQUIRY_COUNT && strchr(answer, '?'))
			explain_inquiry(out);
		if (choice == INQUIRY_SUSPEND && ask_suspend(in, out))
			return INQUIRY_HALT;
	}
	return (enum inquiry)choice;
}
