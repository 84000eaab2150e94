/*
 * Connecting, and connecting again.  A server on this machine is there or not.  One on another machine is reached when
 * it has answered a first call: before, only ssh is running.
 */
#include "config.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/task/error.h"
#include "engine/task/messages.h"
#include "engine/wire/client/connect.h"
#include "engine/wire/client/inside.h"

enum {
	RETRY_MS = 50,
	SSH_PAUSE_MS = 1000, /* between attempts over ssh: at first, and at most */
	SSH_PAUSE_MAX_MS = 60000,
	SSH_STEADY_MS = 10000,  /* a connection that lasted so long was a good one */
	SSH_REFUSED_MS = 10000, /* a server that does not start there is given so long */
};

/* Closes the connection, and frees all that belongs to it. */
static void client_disconnect(struct client *client)
{
	if (client->fd >= 0)
		close(client->fd);
	client->fd = -1;
	ssh_close(&client->ssh, client->outstanding > 0);
	buffer_release(&client->in);
	buffer_release(&client->out);
	free(client->hash);
	client->hash = NULL;
	patience_end(&client->patience);
	client->outstanding = 0;
	client->unreadable = client->unwritable = client->greeting = client->lost = false;
}

/* Over ssh, the first call shows that there is a server, and which one. */
static int client_establish(struct client *client, int64_t deadline)
{
	int result;

	if (client->address.kind != ADDRESS_SSH)
		return connect_server(&client->address, client->start, deadline, &client->fd, &client->error);
	result = ssh_open(&client->address, client->start, &client->fd, &client->ssh, &client->error);
	if (result < 0)
		return result;
	client->greeting = true;
	return client_send(client, "org.varlink.service.GetInfo", NULL, 0);
}

/* What ssh had to say, e.g. a banner, although it connects. */
static void client_keep_said(struct client *client)
{
	char *line = ssh_take_line(&client->ssh);

	if (!line)
		return;
	free(client->said);
	client->said = line;
}

static int client_greeted(struct client *client, const struct client_reply *reply)
{
	const char *version = json_string_value(json_object_get(reply->parameters, "version"));

	client_keep_said(client);
	client->greeting = false;
	client->since = connect_now();
	free(client->version);
	client->version = version ? strdup(version) : NULL;
	return 0;
}

int client_settle(struct client *client, int timeout_ms)
{
	struct client_reply reply = { 0 };
	int result;

	if (!client->greeting)
		return 0;
	result = client_receive(client, &reply, timeout_ms);
	if (result == 0)
		result = client_greeted(client, &reply);
	client_reply_release(&reply);
	return result;
}

int client_begin(struct client **out, const struct address *address, enum client_start start, char **error)
{
	struct client *client = calloc(1, sizeof(*client));
	int result;

	if (!client) {
		(void)error_replace(error, 0, "%s", strerror(ENOMEM));
		return -ENOMEM;
	}
	client->fd = -1;
	client->ssh = (struct ssh)SSH_INIT;
	client->patience = (struct patience)PATIENCE_INIT;
	client->start = start;
	result = address_copy(&client->address, address);
	if (result == 0)
		result = client_establish(client, patience_deadline());
	if (result < 0) {
		*error = client->error ? client->error : strdup(strerror(-result));
		client->error = NULL;
		client_close(client);
		return result;
	}
	*out = client;
	return 0;
}

int client_open(struct client **out, const struct address *address, enum client_start start, char **error)
{
	struct client *client = NULL;
	int result = client_begin(&client, address, start, error);

	if (result < 0)
		return result;
	do
		result = client_settle(client, -1);
	while (result == -EINTR);
	if (result < 0) {
		*error = client->error ? client->error : strdup(strerror(-result));
		client->error = NULL;
		client_close(client);
		return result;
	}
	*out = client;
	return 0;
}

void client_close(struct client *client)
{
	if (!client)
		return;
	if (!client->greeting)
		client_flush(client);
	client_disconnect(client);
	address_release(&client->address);
	free(client->version);
	free(client->said);
	free(client->error);
	free(client);
}

int client_lost(struct client *client)
{
	char *line;

	if (client->address.kind != ADDRESS_SSH)
		return error_replace(&client->error, -EPIPE, MSG_SERVER_LOST, client->address.text);
	client->unreadable = client->unwritable = true;
	if (client->lost)
		return -EPIPE;
	client->lost = true;
	if (client->greeting && client->ssh.said >= 0) {
		free(client->error);
		client->error =
			ssh_explain(&client->ssh, &client->address, client->in.data + client->in.start,
		                    client->in.end - client->in.start);
		client->greeting = false;
		return -EPIPE;
	}
	line = ssh_take_line(&client->ssh);
	/* More may follow it. */
	for (size_t end = line ? strlen(line) : 0; end > 0 && strchr(" .", line[end - 1]); end--)
		line[end - 1] = '\0';
	if (line)
		(void)error_replace(&client->error, 0, MSG_SSH_LOST, client->address.host, line);
	else
		(void)error_replace(&client->error, 0, MSG_SERVER_LOST, client->address.text);
	free(line);
	return -EPIPE;
}

void client_note_version(const struct client *client, struct client_reply *reply)
{
	static const char *const names[] = { "org.varlink.service.MethodNotFound",
		                             "org.varlink.service.MethodNotImplemented",
		                             "org.varlink.service.InvalidParameter" };
	const char *server = client->version, *text = client->address.text;
	char *why, *reason = NULL;
	size_t i = 0;

	while (i < sizeof(names) / sizeof(*names) && strcmp(reply->error, names[i]) != 0)
		i++;
	if (!server || i == sizeof(names) / sizeof(*names) || strcmp(server, PACKAGE_VERSION) == 0)
		return;
	why = client_explain(reply);
	if (strverscmp(server, PACKAGE_VERSION) < 0)
		(void)error_set(&reason, 0, MSG_SERVER_OLDER, why ? why : "", text, server, PACKAGE_VERSION);
	else
		(void)error_set(&reason, 0, MSG_SERVER_NEWER, why ? why : "", PACKAGE_VERSION, text, server);
	if (!reply->parameters)
		reply->parameters = json_object();
	if (reason)
		(void)json_object_set_new(reply->parameters, "reason", json_string(reason));
	free(reason);
	free(why);
}

/* True for failures that may pass: there is no server yet, or the old one is just leaving. */
static bool may_pass(int result)
{
	return result == -ENOENT || result == -ECONNREFUSED || result == -ECONNRESET ||
	       result == -ECONNABORTED || result == -EPIPE;
}

/* One attempt over ssh.  0 or -errno; -EAGAIN: the time is over. */
static int client_try_ssh(struct client *client, int64_t deadline)
{
	int result = client_establish(client, deadline);

	if (result == 0)
		result = client_settle(client, connect_left(deadline));
	if (result < 0)
		client_disconnect(client);
	return result;
}

static void client_tell_again(const struct client *client)
{
	char *text = NULL;

	(void)error_set(&text, 0, MSG_SSH_AGAIN, client_error(client));
	if (text)
		patience_say(text);
	free(text);
}

/* Of a connection that comes and goes this is said once. */
static void client_tell_connected(struct client *client, const char *lost)
{
	char *text = NULL;

	if (client->lasting && !client->unsteady && *lost)
		(void)error_set(&text, 0, MSG_SSH_CONNECTED, lost);
	if (text)
		patience_say(text);
	client->unsteady = true;
	free(text);
}

/* Tries again and again, and says so once. */
static int client_try_again_ssh(struct client *client, int64_t deadline, const char *lost)
{
	int64_t began = connect_now();
	bool told = false;
	int result;

	if (client->since > 0 && began - client->since >= SSH_STEADY_MS) {
		client->pause_ms = 0;
		client->unsteady = false;
	}
	for (;;) {
		int left = connect_left(deadline), pause = client->pause_ms;

		if (pause > 0 && left >= 0 && pause >= left)
			return poll(NULL, 0, left) < 0 ? -EINTR : -ETIMEDOUT;
		if (pause > 0 && poll(NULL, 0, pause) < 0)
			return -EINTR;
		client->pause_ms = pause == 0                     ? SSH_PAUSE_MS
		                   : pause < SSH_PAUSE_MAX_MS / 2 ? pause * 2
		                                                  : SSH_PAUSE_MAX_MS;
		result = client_try_ssh(client, deadline);
		if (result == -EAGAIN)
			return -ETIMEDOUT;
		if (result == 0 && !told)
			client_tell_connected(client, lost);
		if (!may_pass(result) && result != -ETIMEDOUT)
			return result;
		if (result != -EPIPE && result != -ETIMEDOUT && connect_now() - began > SSH_REFUSED_MS)
			return result;
		if (!told)
			client_tell_again(client);
		told = true;
	}
}

static int client_reconnect_ssh(struct client *client, int64_t deadline)
{
	char *lost = client->error;
	int result;

	client->error = NULL;
	result = client_try_again_ssh(client, deadline, lost ? lost : "");
	/* If there was no time for an attempt, that is still what is wrong. */
	if (result < 0 && !client->error) {
		client->error = lost;
		lost = NULL;
	}
	free(lost);
	return result;
}

void client_set_lasting(struct client *client, bool lasting)
{
	client->lasting = lasting;
}

int client_reconnect(struct client *client, int timeout_ms)
{
	int64_t deadline = timeout_ms < 0 ? -1 : connect_now() + timeout_ms;
	int result;

	client_disconnect(client);
	if (client->address.kind == ADDRESS_SSH)
		return client_reconnect_ssh(client, deadline);
	while (may_pass(result = client_establish(client, deadline))) {
		int left = connect_left(deadline);

		if (left == 0)
			break;
		(void)poll(NULL, 0, left < 0 || left > RETRY_MS ? RETRY_MS : left);
	}
	return result;
}

const char *client_error(const struct client *client)
{
	return client->error ? client->error : "";
}

char *client_said(struct client *client)
{
	char *said;

	client_keep_said(client);
	said = client->said;
	client->said = NULL;
	return said;
}

void client_ask(const struct address *address, void (*run)(const char *const *words))
{
	ssh_ask(address, run);
}

bool client_asks(const char *error)
{
	return ssh_asks(error);
}
