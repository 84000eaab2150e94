#include "tui/cli/servers.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "engine/task/task.h"
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

static int server_order(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The names of the state directories, sorted.  The array and each name are malloc'ed. */
static char **server_names(size_t *count)
{
	char *directory = address_state_directory(), **names = NULL;
	DIR *stream = directory ? opendir(directory) : NULL;
	struct dirent *entry;
	size_t size = 0;

	*count = 0;
	while (stream && (entry = readdir(stream))) {
		char *path;

		if (!task_id_valid(entry->d_name))
			continue;
		path = alloc_format("%s/%s/tasks.db", directory, entry->d_name);
		if (server_path_exists(path)) {
			names = alloc_room(names, &size, *count + 1, sizeof(*names));
			names[(*count)++] = alloc_string(entry->d_name);
		}
		free(path);
	}
	if (stream)
		closedir(stream);
	free(directory);
	if (*count > 1)
		qsort(names, *count, sizeof(*names), server_order);
	return names;
}

/* "there is none", "there is a", or "there are: a, b; nearest: b".  malloc'ed. */
static char *describe_names(const char *wanted)
{
	struct nearest nearest = nearest_to(wanted, strlen(wanted));
	struct text list = TEXT_INIT, close = TEXT_INIT;
	size_t count;
	char **names = server_names(&count), *all;

	for (size_t i = 0; i < count; i++) {
		candidates_list(&list, "", names[i]);
		nearest_offer(&nearest, names[i]);
	}
	nearest_list(&nearest, 1, "", &close);
	all = count > 1    ? alloc_format("are: %s; nearest: %s", list.data, close.data)
	      : count == 1 ? alloc_format("is %s", list.data)
	                   : alloc_string("is none yet");
	for (size_t i = 0; i < count; i++)
		free(names[i]);
	free(names);
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
