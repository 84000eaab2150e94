/*
 * Addresses of servers, and their runtime and state directories.
 */
#ifndef KRTASK_WIRE_ADDRESS_H
#define KRTASK_WIRE_ADDRESS_H

#include <stdbool.h>

/* A server also listens in its state directory. */
#define ADDRESS_STATE_SOCKET "socket"

enum address_kind { ADDRESS_NAME, ADDRESS_UNIX, ADDRESS_SSH };

struct address {
	enum address_kind kind;
	char *text;    /* as given, or "default" */
	char *name;    /* NAME, also with ssh, where it is "default" if none is given; NULL for unix: */
	char *socket;  /* path, for NAME and unix: */
	char *state;   /* STATE/NAME, for NAME only */
	char *host;    /* [user@]host, for ssh: */
	char *port;    /* for ssh:, NULL: what ssh says */
	char *program; /* krtask on that host, NULL: where its PATH has it */
	char *label; /* what stands before the ids of its tasks: its name in the configuration, the host, host/NAME, or text */
};

/*
 * If text is NULL or empty, the address is $KRTASK_SERVER, else "default".  A name of the configuration (known.h) stands
 * for its address.  A NAME follows the rules of an
 * id: 1 to 64 of A-Za-z0-9._-, of which the first is a letter or a digit.  ssh hosts must not begin with
 * '-'.  0, or -EINVAL and *error (free() it), which names the value and says what would be right, or
 * -ENAMETOOLONG if the path of the socket does not fit into sun_path.
 */
int address_parse(struct address *address, const char *text, char **error);
/* *to must be empty, and must be released even after an error.  0 or -ENOMEM. */
int address_copy(struct address *to, const struct address *from);
void address_release(struct address *address);
/* True if both are the same server, as far as the addresses show it. */
bool address_is_same(const struct address *a, const struct address *b);

/*
 * $KRTASK_RUNTIME_DIR, else $XDG_RUNTIME_DIR/krtask, else /tmp/krtask-UID; and the directory of all state
 * directories.  Absolute and malloc'ed.  NULL: out of memory, or there is no home directory.
 */
char *address_runtime_directory(void);
char *address_state_directory(void);

/* A copy of the path that is absolute, without slashes at its end: with one, lstat(2) would follow a link.  NULL: out of memory. */
char *address_absolute(const char *path);

/*
 * Makes the directory and its parents with mode 0700 if they do not exist.  Then checks that it is a
 * directory and not a link, that it is ours, and that nobody else has access.  0, or -errno and *error, which
 * names the path.
 */
int address_secure_directory(const char *path, char **error);
/* Whether it is there and so. */
bool address_is_secure(const char *path);

#endif
