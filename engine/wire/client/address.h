/*
 * Where servers live: names, runtime and state directories, addresses.
 */
#ifndef KRTASK_WIRE_ADDRESS_H
#define KRTASK_WIRE_ADDRESS_H

#include <stdbool.h>

/* A server listens in its state directory too. */
#define ADDRESS_STATE_SOCKET "socket"

enum address_kind { ADDRESS_NAME, ADDRESS_UNIX, ADDRESS_SSH };

struct address {
	enum address_kind kind;
	char *text;   /* as given, or "default" */
	char *name;   /* NAME (also of ssh, where absent "default"); NULL for unix: */
	char *socket; /* path, for NAME and unix: */
	char *state;  /* STATE/NAME, for NAME only */
	char *host;   /* [user@]host, for ssh: */
};

/*
 * text NULL or empty: $KRTASK_SERVER, else "default".  A NAME is what an id is (1 to 64 of
 * A-Za-z0-9._-, letter or digit first); ssh hosts must not begin with '-'. 0, or -EINVAL with *error
 * (free() it), which names the value and what would be right; -ENAMETOOLONG where the socket's
 * path does not fit into sun_path.
 */
int address_parse(struct address *address, const char *text, char **error);
void address_release(struct address *address);
/* Whether both name one server, as far as names tell. */
bool address_is_same(const struct address *a, const struct address *b);

/*
 * $KRTASK_RUNTIME_DIR, else $XDG_RUNTIME_DIR/krtask, else /tmp/krtask-UID; and the state directory of
 * interface. malloc'ed, absolute; NULL: out of memory or no home.
 */
char *address_runtime_directory(void);
char *address_state_directory(void);

/*
 * Makes the directory (and its parents) 0700 if it is not there, and checks: a real directory, not a
 * link, owned by us, no access for others. 0, or -errno with *error, which names the path:
 * "directory '/tmp/krtask-0' is owned by uid 7, not by us (uid 0)", "directory … is open to others
 * (mode 0755; chmod 700 it)".
 */
int address_secure_directory(const char *path, char **error);

#endif
