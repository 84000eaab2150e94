/*
 * A client from the inside: for what connects it (opening.c), and for its calls (client.c).
 */
#ifndef KRTASK_WIRE_CLIENT_INSIDE_H
#define KRTASK_WIRE_CLIENT_INSIDE_H

#include "engine/wire/buffer.h"
#include "engine/wire/client/client.h"
#include "engine/wire/client/patience.h"
#include "engine/wire/client/ssh.h"

struct client {
	struct address address;
	enum client_start start;
	int fd; /* -1: not connected */
	struct ssh ssh;
	struct buffer in, out;
	struct patience patience;
	unsigned outstanding;
	bool unreadable, unwritable;
	bool lost;     /* the connection, which was said */
	bool greeting; /* so far only ssh is running */
	char *version; /* of the server; NULL: it was not asked */
	char *hash;    /* of the environment, if it was sent on this connection */
	char *said;    /* what ssh said while it connected; NULL: nothing, or it was taken */
	char *error;
	bool lasting;  /* see client_set_lasting() */
	bool unsteady; /* it was said that it is connected again, and it has not lasted since */
	int pause_ms;  /* before the next attempt to connect over ssh */
	int64_t since; /* when it was connected */
};

/* Sends the rest.  Calls whose replies nobody waits for must be carried out, too. */
void client_flush(struct client *client);
/* The connection is gone: -EPIPE, and the message says so. */
int client_lost(struct client *client);
/* To an error reply that an other version of the server may be the reason for, adds which of the two is too old. */
void client_note_version(const struct client *client, struct client_reply *reply);

#endif
