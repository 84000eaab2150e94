#include "engine/wire/client/patience.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "engine/task/messages.h"
#include "engine/wire/client/connect.h"

enum { CONNECT_MS = 200 };

/*
 * By ssh, connecting is part of it, and what ssh itself gives up after 15 or 45 s is for it to explain.  Another connection is
 * dear there, and the one call of most connections, which may wait for a task, follows the first answer.
 */
static const struct {
	int64_t ask_ms;     /* without an answer: is it alive? */
	int64_t tell_ms;    /* without a sign of life, the user is told */
	int64_t timeout_ms; /* and it is given up */
} usual[] = {
	[PATIENCE_NEAR] = { 600, PATIENCE_TELL_MS, 15000 },
	[PATIENCE_FAR] = { 4000, 5000, 60000 },
	[PATIENCE_FIRST] = { 20000, 21000, 60000 },
};

static int64_t given_ms = -1; /* 0: for ever; -1: as usual */
static void (*told)(const char *text);

void client_set_patience(double seconds, void (*tell)(const char *text))
{
	given_ms = seconds < 0 ? -1 : seconds < 1e9 ? (int64_t)(seconds * 1000) : 0;
	given_ms +=
		given_ms >= 0 && seconds < 1e9 && (double)given_ms < seconds * 1000; /* 0 would be for ever */
	told = tell;
}

/* 0: for ever. */
static int64_t patience_timeout(enum patience_range range)
{
	return given_ms >= 0 ? given_ms : usual[range].timeout_ms;
}

double patience_seconds(enum patience_range range)
{
	return (double)patience_timeout(range) / 1000;
}

int64_t patience_deadline(void)
{
	int64_t timeout_ms = patience_timeout(PATIENCE_NEAR);

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

void patience_begin(struct patience *patience, enum patience_range range)
{
	patience_end(patience);
	patience->stage = PATIENCE_FRESH;
	patience->range = range;
}

void patience_begin_greeting(struct patience *patience)
{
	patience_begin(patience, PATIENCE_FAR);
	patience->stage = PATIENCE_ASKED;
}

void patience_end(struct patience *patience)
{
	if (patience->probe >= 0)
		close(patience->probe);
	ssh_close(&patience->ssh, true);
	*patience = (struct patience)PATIENCE_INIT;
}

int64_t patience_due(struct patience *patience)
{
	int64_t timeout_ms = patience_timeout(patience->range), ask_ms = usual[patience->range].ask_ms;
	int64_t tell_ms = usual[patience->range].tell_ms;

	if (patience->stage == PATIENCE_SATISFIED)
		return -1;
	if (patience->since == 0)
		patience->since = connect_now();
	if (patience->stage == PATIENCE_FRESH)
		return patience->since +
		       (timeout_ms > 0 && timeout_ms < 2 * ask_ms ? timeout_ms / 2 : ask_ms);
	if (patience->stage == PATIENCE_ASKED && (timeout_ms == 0 || timeout_ms > tell_ms))
		return patience->since + tell_ms;
	return timeout_ms > 0 ? patience->since + timeout_ms : -1;
}

/* What every server answers at once, whatever it is at work on. */
static void patience_ask(struct patience *patience, const struct address *address)
{
	static const char call[] = "{\"method\":\"org.varlink.service.GetInfo\"}";
	char *error = NULL;
	int result;

	if (address->kind == ADDRESS_SSH)
		result = ssh_open(address, CLIENT_START_NEVER, &patience->probe, &patience->ssh, &error);
	else
		result = connect_server(address, CLIENT_START_NEVER, connect_now() + CONNECT_MS,
		                        &patience->probe, &error);
	if (result < 0)
		patience->probe = -1;
	free(error);
	if (patience->probe >= 0)
		(void)!send(patience->probe, call, sizeof(call), MSG_NOSIGNAL);
}

int patience_step(struct patience *patience, const struct address *address)
{
	int64_t timeout_ms = patience_timeout(patience->range);

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
