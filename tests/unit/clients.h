/*
 * Clients of the server of fake_server.h.
 */
#ifndef KRTASK_TESTS_CLIENTS_H
#define KRTASK_TESTS_CLIENTS_H

#include "engine/wire/client/client.h"
#include "tests/unit/fake_server.h"

extern struct fake fake;
extern struct address address;

/* A fixture: fake serves in a thread, and address is its. */
void setup_server(void);
void teardown_server(void);

struct address parse(const char *text);
struct client *open_client(const struct address *to, enum client_start start);
void expect_not_opened(const struct address *to, enum client_start start, int code, const char *word);
/* {"KEY": i} */
struct jsonw with_integer(const char *key, int64_t i);
void send_integer(struct client *client, const char *method, const char *key, int64_t i, int flags);
int64_t receive_integer(struct client *client, const char *key, bool continues);
void expect_alive(struct client *client);

#endif
