#include "engine/wire/client/patience.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "engine/task/messages.h"
#include "engine/wire/client/connect.h"

enum {
	ASK_MS = 600, /* without an answer: is it alive? */
	CONNECT_MS = 200,
	SECONDS_DEFAULT = 15,
};

static int64_t timeout_ms = SECONDS_DEFAULT * 1000; /* 0: for ever */
static void (*told)(const char *text);

void client_set_patience(double seconds, void (*tell)(const char *text))
{
	timeout_ms = seconds < 1e9 ? (int64_t)(seconds * 1000) : 0;
	timeout_ms += seconds < 1e9 && (double)timeout_ms < seconds * 1000; /* 0 would be for ever */
	told = tell;
}

double patience_seconds(void)
{
	return (double)timeout_ms / 1000;
}

int64_t patience_deadline(void)
{
	return timeout_ms > 0 ? connect_now() + timeout_ms : -1;
}

void patience_say(const char *text)
{
	if (told)
		told(text);
}

static void patience_tell(const char *format, const char *what)
{
	char *text;

	if (!told || asprintf(&text, format, what) < 0) /* NOLINT: one of messages.h */
		return;
	told(text);
	free(text);
}

void patience_begin(struct patience *patience)
{
	patience_end(patience);
	patience->stage = PATIENCE_FRESH;
}

void patience_end(struct patience *patience)
{
	if (patience->probe >= 0)
		close(patience->probe);
	*patience = (struct patience)PATIENCE_INIT;
}

int64_t patience_due(struct patience *patience)
{
	if (patience->stage == PATIENCE_SATISFIED)
		return -1;
	if (patience->since == 0)
		patience->since = connect_now();
	if (patience->stage == PATIENCE_FRESH)
		return patience->since +
		       (timeout_ms > 0 && timeout_ms < 2 * (int64_t)ASK_MS ? timeout_ms / 2 : ASK_MS);
	if (patience->stage == PATIENCE_ASKED && (timeout_ms == 0 || timeout_ms > PATIENCE_TELL_MS))
		return patience->since + PATIENCE_TELL_MS;
	return timeout_ms > 0 ? patience->since + timeout_ms : -1;
}

/* What every server answers at once, whatever it is at work on. */
static void patience_ask(struct patience *patience, const struct address *address)
{
	static const char call[] = "{\"method\":\"org.varlink.service.GetInfo\"}";
	char *error = NULL;

	if (connect_server(address, CLIENT_START_NEVER, connect_now() + CONNECT_MS, &patience->probe,
	                   &error) < 0)
		patience->probe = -1;
	free(error);
	if (patience->probe >= 0)
		(void)!send(patience->probe, call, sizeof(call), MSG_NOSIGNAL);
}

int patience_step(struct patience *patience, const struct address *address)
{
	if (timeout_ms > 0 && connect_now() - patience->since >= timeout_ms) {
		patience_end(patience);
		return -ETIMEDOUT;
	}
	if (patience->stage == PATIENCE_FRESH) {
		patience->stage = PATIENCE_ASKED;
		patience_ask(patience, address);
	} else if (patience->stage == PATIENCE_ASKED) {
		patience->stage = PATIENCE_TOLD;
		patience_tell(MSG_SERVER_AWAITED, address->text);
	}
	return 0;
}

int patience_poll(struct pollfd *fd, int64_t deadline, struct patience_wait *wait)
{
	int left = connect_left(deadline), first, ready;

	if (wait->since == 0)
		wait->since = connect_now();
	first = wait->message ? connect_left(wait->since + wait->after_ms) : -1;
	if (first >= 0 && (left < 0 || first < left)) {
		ready = poll(fd, 1, first);
		if (ready != 0)
			return ready;
		patience_tell(wait->message, wait->what);
		wait->message = NULL;
		left = connect_left(deadline);
	}
	return poll(fd, 1, left);
}
