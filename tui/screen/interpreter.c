#include "tui/screen/interpreter.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tui/batch/batch.h"
#include "tui/cli/context.h"
#include "tui/cli/table.h"
#include "tui/screen/terminal.h"
#include "tui/text/alloc.h"

/* The beginning of packets in both directions.  A line, or the target of a question, follows. */
struct packet {
	int kind;
	/*
	 * For a line: what-if.  For a question: the operation.  For an answer: the choice.  For an end: the
	 * status.  For a request that is about to be sent: nothing.
	 */
	int value;
	int columns; /* for a line: of the screen */
	int apart;   /* for a line: its errors are not among its output */
};

enum packet_kind { PACKET_LINE, PACKET_QUESTION, PACKET_ANSWER, PACKET_SENDS, PACKET_END };

/* A longer line fits neither into a packet, nor into the arguments of a program. */
enum { LINE_LENGTH_MAX = 128 * 1024 };

/* What the process has behind the usual ones. */
enum { CONTROL_FILENO = STDERR_FILENO + 1, ERRORS_FILENO };

static int interpreter_send(int control, const struct packet *packet, const char *text, size_t length)
{
	struct iovec parts[2] = {
		{ .iov_base = (struct packet *)packet, .iov_len = sizeof(*packet) },
		{ .iov_base = (char *)text, .iov_len = length },
	};
	struct msghdr message = { .msg_iov = parts, .msg_iovlen = 2 };

	while (sendmsg(control, &message, MSG_NOSIGNAL) < 0) {
		if (errno != EINTR)
			return -errno;
	}
	return 0;
}

static int interpreter_send_packet(int control, enum packet_kind kind, int value, const char *text)
{
	const struct packet packet = { .kind = (int)kind, .value = value };

	return interpreter_send(control, &packet, text, text ? strlen(text) : 0);
}

/*
 * Receives a packet.  Returns the length of its text.  -EAGAIN: there is none yet; -EPIPE: there will be
 * none.
 */
static ssize_t interpreter_receive_packet(int control, struct packet *packet, char *text, size_t size,
                                          int flags)
{
	struct iovec parts[2] = {
		{ .iov_base = packet, .iov_len = sizeof(*packet) },
		{ .iov_base = text, .iov_len = size },
	};
	struct msghdr message = { .msg_iov = parts, .msg_iovlen = 2 };
	ssize_t got;

	do {
		got = recvmsg(control, &message, flags);
	} while (got < 0 && errno == EINTR);
	if (got < 0)
		return -errno;
	return got < (ssize_t)sizeof(*packet) ? -EPIPE : got - (ssize_t)sizeof(*packet);
}

/* Runs in the process: sends the question to the screen, which has its own help and its own shell. */
static int interpreter_ask(void *ctx, struct confirm *confirm, enum confirm_operation operation,
                           const char *target)
{
	const int *control = ctx;
	struct packet packet;
	int result = interpreter_send_packet(*control, PACKET_QUESTION, (int)operation, target);

	if (result)
		return result;
	if (interpreter_receive_packet(*control, &packet, NULL, 0, 0) < 0 || packet.kind != PACKET_ANSWER)
		return -ENODATA;
	return (int)confirm_answer(confirm, (enum confirm_choice)packet.value);
}

/* Runs in the process: tells the screen of a request that may change something, which nobody can take back. */
static void interpreter_sends(void *ctx, const char *method)
{
	/* All others do. */
	static const char *const reading[] = { "List",      "Get",          "Log",       "Result",   "Wait",
		                               "Why",       "Away",         "Cancelled", "Position", "Find",
		                               "GroupList", "ServerStatus", "ServerSize" };
	const int *control = ctx;

	for (size_t i = 0; i < sizeof(reading) / sizeof(*reading); i++) {
		if (strcmp(method, reading[i]) == 0)
			return;
	}
	interpreter_send_packet(*control, PACKET_SENDS, 0, NULL);
}

static _Noreturn void interpreter_serve(const struct arguments *defaults)
{
	int control = CONTROL_FILENO;
	char *line = alloc_zero(LINE_LENGTH_MAX, 1);
	struct context context;
	struct batch *batch;
	struct packet packet;
	bool what_if = defaults->what_if;
	ssize_t length;

	context_init(&context); /* a new one, so that its nonces are not used twice */
	context.defaults = *defaults;
	context.ask_fd = -1;
	context.ask = interpreter_ask;
	context.ask_ctx = &control;
	context.sends = interpreter_sends;
	context.sends_ctx = &control;
	context.on_screen = true;
	batch = batch_new(&context, NULL);
	while ((length = interpreter_receive_packet(control, &packet, line, LINE_LENGTH_MAX, 0)) >= 0) {
		context.defaults.what_if = what_if || packet.value;
		table_set_screen((size_t)packet.columns);
		dup2(packet.apart ? ERRORS_FILENO : STDOUT_FILENO, STDERR_FILENO);
		interpreter_send_packet(control, PACKET_END, batch_line(batch, line, (size_t)length), NULL);
	}
	_exit(0);
}

static _Noreturn void interpreter_become(int control, int output, int errors,
                                         const struct arguments *defaults)
{
	int nothing = open("/dev/null", O_RDWR);

	terminal_forget();
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	setsid(); /* so that it has no terminal, not even /dev/tty */
	dup2(nothing, STDIN_FILENO);
	dup2(output, STDOUT_FILENO);
	dup2(output, STDERR_FILENO);
	/* They were opened in this order, so neither is in the place of the other. */
	dup2(control, CONTROL_FILENO);
	dup2(errors, ERRORS_FILENO);
	/* The connections of the screen must end when the screen closes them, so they are closed here. */
	close_range(ERRORS_FILENO + 1, ~0U, 0);
	fcntl(CONTROL_FILENO, F_SETFD, FD_CLOEXEC);
	fcntl(ERRORS_FILENO, F_SETFD, FD_CLOEXEC);
	interpreter_serve(defaults);
}

static void interpreter_close_all(const int *ends, size_t count)
{
	for (size_t i = 0; i < count; i++)
		close(ends[i]);
}

/* Opens the ends of the screen, which are even, and those of the process.  0 or -errno. */
static int interpreter_open(int ends[2 * INTERPRETER_FDS])
{
	int error;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
		return -errno;
	for (size_t i = 1; i < INTERPRETER_FDS; i++) {
		if (pipe2(ends + 2 * i, O_CLOEXEC) < 0) {
			error = -errno;
			interpreter_close_all(ends, 2 * i);
			return error;
		}
		fcntl(ends[2 * i], F_SETFL, O_NONBLOCK);
	}
	return 0;
}

static int interpreter_start(struct interpreter *interpreter, const struct arguments *defaults)
{
	int ends[2 * INTERPRETER_FDS], error = interpreter_open(ends);
	pid_t pid;

	if (error)
		return error;
	pid = fork();
	error = pid < 0 ? -errno : 0;
	if (pid == 0)
		interpreter_become(ends[1], ends[3], ends[5], defaults);
	if (error) {
		interpreter_close_all(ends, 2 * INTERPRETER_FDS);
		return error;
	}
	interpreter_close_all((const int[]){ ends[1], ends[3], ends[5] }, INTERPRETER_FDS);
	*interpreter =
		(struct interpreter){ .pid = pid, .control = ends[0], .output = ends[2], .errors = ends[4] };
	return 0;
}

int interpreter_run(struct interpreter *interpreter, const struct arguments *defaults, bool what_if,
                    bool apart, const char *line)
{
	const struct packet packet = {
		.kind = PACKET_LINE, .value = what_if, .columns = terminal_columns(), .apart = apart
	};
	size_t length = strlen(line);
	int result = 0;

	if (length > LINE_LENGTH_MAX)
		return -E2BIG;
	if (!interpreter->pid)
		result = interpreter_start(interpreter, defaults);
	if (!result)
		result = interpreter_send(interpreter->control, &packet, line, length);
	if (result)
		interpreter_close(interpreter);
	interpreter->busy = !result;
	interpreter->sent = false;
	interpreter->asked_to_end = false;
	return result;
}

void interpreter_poll(const struct interpreter *interpreter, struct pollfd ready[INTERPRETER_FDS])
{
	ready[0] = (struct pollfd){ .fd = interpreter->busy ? interpreter->control : -1, .events = POLLIN };
	ready[1] = (struct pollfd){ .fd = interpreter->busy ? interpreter->output : -1, .events = POLLIN };
	ready[2] = (struct pollfd){ .fd = interpreter->busy ? interpreter->errors : -1, .events = POLLIN };
}

static enum interpreter_event interpreter_ended(struct interpreter *interpreter)
{
	bool sent = interpreter->sent;

	interpreter_close(interpreter);
	interpreter->sent = sent;
	return INTERPRETER_ENDED;
}

/* A piece of what was printed, or INTERPRETER_NOTHING. */
static enum interpreter_event interpreter_read_text(const struct interpreter *interpreter,
                                                    struct interpreter_news *news)
{
	ssize_t got = read(interpreter->output, news->text, sizeof(news->text));
	enum interpreter_event event = INTERPRETER_OUTPUT;

	if (got <= 0) {
		got = read(interpreter->errors, news->text, sizeof(news->text));
		event = INTERPRETER_ERRORS;
	}
	news->length = got > 0 ? (size_t)got : 0;
	return got > 0 ? event : INTERPRETER_NOTHING;
}

/* Output that was printed before a packet was sent is already in the pipe, so it is read first. */
enum interpreter_event interpreter_read(struct interpreter *interpreter, struct interpreter_news *news)
{
	struct packet packet;
	struct pollfd control = { .fd = interpreter->control, .events = POLLIN };
	bool spoken = interpreter->busy && poll(&control, 1, 0) > 0;
	enum interpreter_event event;
	ssize_t got;

	if (!interpreter->busy)
		return INTERPRETER_NOTHING;
	event = interpreter_read_text(interpreter, news);
	if (event != INTERPRETER_NOTHING)
		return event;
	if (!spoken)
		return INTERPRETER_NOTHING;
	got = interpreter_receive_packet(interpreter->control, &packet, news->target,
	                                 sizeof(news->target) - 1, MSG_DONTWAIT);
	if (got < 0)
		return got == -EAGAIN ? INTERPRETER_NOTHING : interpreter_ended(interpreter);
	news->target[got] = '\0';
	if (packet.kind == PACKET_SENDS) {
		interpreter->sent = true;
		return INTERPRETER_SENDS;
	}
	if (packet.kind == PACKET_QUESTION) {
		news->operation = (enum confirm_operation)packet.value;
		return INTERPRETER_QUESTION;
	}
	news->status = packet.value;
	interpreter->busy = false;
	return INTERPRETER_DONE;
}

void interpreter_answer(struct interpreter *interpreter, enum confirm_choice choice)
{
	interpreter_send_packet(interpreter->control, PACKET_ANSWER, (int)choice, NULL);
}

void interpreter_interrupt(struct interpreter *interpreter)
{
	if (!interpreter->busy)
		return;
	kill(interpreter->pid, interpreter->asked_to_end ? SIGKILL : SIGINT);
	interpreter->asked_to_end = true;
}

void interpreter_close(struct interpreter *interpreter)
{
	if (!interpreter->pid)
		return;
	kill(interpreter->pid, SIGKILL);
	close(interpreter->control);
	close(interpreter->output);
	close(interpreter->errors);
	while (waitpid(interpreter->pid, NULL, 0) < 0 && errno == EINTR)
		;
	*interpreter = (struct interpreter){ 0 };
}
