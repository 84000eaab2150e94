#include "tests/unit/clients.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/wire/client/client.h"
#include "tests/unit/fake_server.h"
#include "tests/unit/unit.h"

struct fake fake;
struct address address;

struct address parse(const char *text)
{
	struct address parsed = { 0 };
	char *error = NULL;

	ck_assert_msg(address_parse(&parsed, text, &error) == 0, "%s", error);
	return parsed;
}

void setup_server(void)
{
	char text[128];

	fake_init(&fake, NULL);
	fake_thread(&fake);
	(void)snprintf(text, sizeof(text), "unix:%s", fake.path);
	address = parse(text);
}

void teardown_server(void)
{
	fake_join(&fake);
	fake_release(&fake);
	address_release(&address);
}

struct client *open_client(const struct address *to, enum client_start start)
{
	struct client *client = NULL;
	char *error = NULL;

	ck_assert_msg(client_open(&client, to, start, &error) == 0, "%s", error);
	return client;
}

void expect_not_opened(const struct address *to, enum client_start start, int code, const char *word)
{
	struct client *client = NULL;
	char *error = NULL;

	ck_assert_int_eq(client_open(&client, to, start, &error), code);
	ck_assert_ptr_null(client);
	ck_assert_msg(error && strstr(error, word), "%s has no %s", error, word);
	free(error);
}

struct jsonw with_integer(const char *key, int64_t i)
{
	struct jsonw w = JSONW_INIT;

	jsonw_object(&w);
	jsonw_key(&w, key);
	jsonw_int(&w, i);
	jsonw_end_object(&w);
	return w;
}

void send_integer(struct client *client, const char *method, const char *key, int64_t i, int flags)
{
	struct jsonw w = with_integer(key, i);

	ck_assert_int_eq(client_send(client, method, &w, flags), 0);
	jsonw_release(&w);
}

int64_t receive_integer(struct client *client, const char *key, bool continues)
{
	struct client_reply reply = { 0 };
	int64_t value;

	ck_assert_msg(client_receive(client, &reply, -1) == 0, "%s", client_error(client));
	ck_assert_ptr_null(reply.error);
	ck_assert_int_eq(reply.continues, continues);
	value = json_integer_value(json_object_get(reply.parameters, key));
	client_reply_release(&reply);
	return value;
}

void expect_alive(struct client *client)
{
	send_integer(client, "Echo", "i", 42, 0);
	ck_assert_int_eq(receive_integer(client, "i", false), 42);
}
