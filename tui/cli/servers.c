#include "tui/cli/servers.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "engine/task/task.h"
#include "engine/wire/client/known.h"
#include "tui/cli/command.h"
#include "tui/text/alloc.h"
#include "tui/text/candidates.h"
#include "tui/text/messages.h"
#include "tui/text/nearest.h"

static const char default_server[] = "default";

static bool server_path_exists(const char *path)
{
	struct stat status;

	return lstat(path, &status) == 0;
}

/*
 * A server has a state directory since its first start.  If the directory was removed, the server may still
 * listen.
 */
static bool is_known(const struct address *address)
{
	if (address->kind == ADDRESS_UNIX)
		return server_path_exists(address->socket);
	if (address->kind == ADDRESS_SSH || strcmp(address->name, default_server) == 0)
		return true;
	return server_path_exists(address->state) || server_path_exists(address->socket);
}

bool server_name_known(const char *name)
{
	struct address address;
	char *error = NULL;
	bool known;

	if (address_parse(&address, name, &error)) {
		free(error);
		return false;
	}
	known = is_known(&address);
	address_release(&address);
	return known;
}

char *servers_apart(const char *ours, const char *theirs)
{
	struct address here = { 0 }, there = { 0 };
	char *error = NULL;

	if (!address_parse(&here, ours, &error) && !address_parse(&there, theirs, &error) &&
	    !address_is_same(&here, &there))
		error = alloc_format(MSG_SERVERS_APART, there.text, here.text);
	address_release(&here);
	address_release(&there);
	return error;
}

static int server_order(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Each name once. */
struct server_names {
	char **items;
	size_t size, count;
};

static void server_names_add(struct server_names *names, const char *name)
{
	for (size_t i = 0; i < names->count; i++) {
		if (strcmp(names->items[i], name) == 0)
			return;
	}
	names->items = alloc_room(names->items, &names->size, names->count + 1, sizeof(*names->items));
	names->items[names->count++] = alloc_string(name);
}

static void server_names_release(struct server_names *names)
{
	for (size_t i = 0; i < names->count; i++)
		free(names->items[i]);
	free(names->items);
}

/* The names of the state directories. */
static void server_names_made(struct server_names *names)
{
	char *directory = address_state_directory();
	DIR *stream = directory ? opendir(directory) : NULL;
	struct dirent *entry;

	while (stream && (entry = readdir(stream))) {
		char *path;

		if (!task_id_valid(entry->d_name))
			continue;
		path = alloc_format("%s/%s/tasks.db", directory, entry->d_name);
		if (server_path_exists(path))
			server_names_add(names, entry->d_name);
		free(path);
	}
	if (stream)
		closedir(stream);
	free(directory);
}

/* Those, and the names in the configuration, sorted, but not this one. */
static struct server_names server_names(const char *but)
{
	struct server_names names = { 0 };

	server_names_made(&names);
	for (size_t i = 0; i < known_count(); i++) {
		if (strcmp(known_at(i)->name, but) != 0)
			server_names_add(&names, known_at(i)->name);
	}
	if (names.count > 1)
		qsort(names.items, names.count, sizeof(*names.items), server_order);
	return names;
}

/* "there is none", "there is a", or "there are: a, b; nearest: b".  malloc'ed. */
static char *describe_names(const char *wanted)
{
	struct nearest nearest = nearest_to(wanted, strlen(wanted));
	struct text list = TEXT_INIT, close = TEXT_INIT;
	/* The configuration may have it as the name of the server that is not there. */
	struct server_names names = server_names(wanted);
	char *all;

	for (size_t i = 0; i < names.count; i++) {
		candidates_list(&list, "", names.items[i]);
		nearest_offer(&nearest, names.items[i]);
	}
	nearest_list(&nearest, 1, "", &close);
	all = names.count > 1    ? alloc_format("are: %s; nearest: %s", list.data, close.data)
	      : names.count == 1 ? alloc_format("is %s", list.data)
	                         : alloc_string("is none yet");
	server_names_release(&names);
	text_release(&list);
	text_release(&close);
	return all;
}

int server_check(const struct address *address, char **error)
{
	char *names;

	if (address->kind != ADDRESS_NAME || is_known(address))
		return 0;
	names = describe_names(address->name);
	if (address->name[strspn(address->name, "0123456789")])
		*error = alloc_format(MSG_SERVER_UNKNOWN, address->name, names, address->name);
	else
		*error = alloc_format(MSG_SERVER_IS_ID, address->name, names);
	free(names);
	return EXIT_NO_SERVER;
}

enum client_start server_may_start(const struct address *address, enum client_start start)
{
	if (start != CLIENT_START_ALWAYS || (address->name && strcmp(address->name, default_server) == 0))
		return start;
	return CLIENT_START_EXISTING;
}
