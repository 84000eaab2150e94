#include "engine/wire/client/address.h"

#include <errno.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "engine/task/error.h"
#include "engine/task/messages.h"
#include "engine/task/strings.h"
#include "engine/task/task.h"
#include "engine/wire/client/known.h"

static const char default_name[] = "default";

/* Joins the two with exactly one slash.  NULL: out of memory. */
static char *path_join(const char *directory, const char *rest)
{
	char *path;

	return asprintf(&path, "%s/%s", directory, rest) < 0 ? NULL : path;
}

char *address_absolute(const char *path)
{
	char *result = NULL;
	size_t length;

	if (path[0] == '/') {
		result = strdup(path);
	} else {
		char *here = getcwd(NULL, 0);

		if (here)
			result = path_join(here, path);
		free(here);
	}
	if (!result)
		return NULL;
	length = strlen(result);
	while (length > 1 && result[length - 1] == '/')
		result[--length] = '\0';
	return result;
}

/* A variable of the XDG base directory specification.  A path that is not absolute must be ignored. */
static const char *xdg_directory(const char *variable)
{
	const char *value = getenv(variable);

	return value && value[0] == '/' ? value : NULL;
}

static const char *variable_given(const char *variable)
{
	const char *value = getenv(variable);

	return value && *value ? value : NULL;
}

char *address_runtime_directory(void)
{
	const char *own = variable_given("KRTASK_RUNTIME_DIR");
	const char *xdg = xdg_directory("XDG_RUNTIME_DIR");
	char *path;

	if (own)
		return address_absolute(own);
	if (xdg)
		return path_join(xdg, "krtask");
	return asprintf(&path, "/tmp/krtask-%u", (unsigned)geteuid()) < 0 ? NULL : path;
}

static const char *address_home_directory(void)
{
	const char *home = xdg_directory("HOME");
	const struct passwd *user;

	if (home)
		return home;
	user = getpwuid(geteuid());
	return user && user->pw_dir && user->pw_dir[0] == '/' ? user->pw_dir : NULL;
}

char *address_state_directory(void)
{
	const char *own = variable_given("KRTASK_STATE_DIR");
	const char *xdg = xdg_directory("XDG_STATE_HOME");
	const char *home;

	if (own)
		return address_absolute(own);
	if (xdg)
		return path_join(xdg, "krtask");
	errno = 0;
	home = address_home_directory();
	return home ? path_join(home, ".local/state/krtask") : NULL;
}

static int check_socket(const struct address *address, char **error)
{
	size_t most = sizeof(((struct sockaddr_un *)NULL)->sun_path) - 1;
	size_t length = strlen(address->socket);

	if (length <= most)
		return 0;
	return error_replace(error, -ENAMETOOLONG, MSG_SOCKET_PATH_TOO_LONG, address->socket, length, most);
}

static int parse_unix(struct address *address, const char *text, char **error)
{
	const char *path = text + strlen("unix:");

	address->kind = ADDRESS_UNIX;
	if (path[0] != '/')
		return error_replace(error, -EINVAL, MSG_ADDRESS_NOT_ABSOLUTE, address->text);
	address->socket = strdup(path);
	return address->socket ? check_socket(address, error) : -ENOMEM;
}

/* ssh must not take the host for an option, and it must mean nothing special to a shell. */
static bool host_valid(const char *host)
{
	const char *name = strrchr(host, '@');

	name = name ? name + 1 : host;
	if (*name == '\0' || *name == '-' || *host == '-' || *host == '@')
		return false;
	for (const unsigned char *c = (const unsigned char *)host; *c; c++)
		if (*c <= ' ' || *c >= 0x7f || strchr("\"'`$\\|&;<>(){}*?!#~", *c))
			return false;
	return true;
}

static int set_name(struct address *address, const char *name, char **error)
{
	if (!task_id_valid(name)) {
		(void)error_replace(error, 0, MSG_SERVER_NAME_INVALID, name);
		return -EINVAL;
	}
	address->name = strdup(name);
	return address->name ? 0 : -ENOMEM;
}

static bool port_valid(const char *port)
{
	size_t digits = strspn(port, "0123456789");
	long number = digits > 0 && digits < 6 && !port[digits] ? strtol(port, NULL, 10) : 0;

	return number > 0 && number <= 65535;
}

/* Takes the port from the host, and the brackets around an address that is full of colons.  0 or -errno. */
static int split_port(struct address *address, char **error)
{
	char *at = strrchr(address->host, '@'), *host = at ? at + 1 : address->host;
	char *bracket = *host == '[' ? strchr(host, ']') : NULL;
	char *colon = strchr(bracket ? bracket : host, ':');

	if (bracket && (bracket[1] == ':' || !bracket[1])) {
		memmove(host, host + 1, (size_t)(bracket - host - 1));
		memset(bracket - 1, '\0', 2);
	} else if (colon && strchr(colon + 1, ':')) {
		colon = NULL;
	}
	if (!colon)
		return 0;
	if (!port_valid(colon + 1)) {
		(void)error_replace(error, 0, MSG_ADDRESS_PORT, colon + 1, address->text);
		return -EINVAL;
	}
	address->port = strdup(colon + 1);
	*colon = '\0';
	return address->port ? 0 : -ENOMEM;
}

/* What its tasks are told by, if the configuration has no name for it: the host and the name of the server. */
static int label_host(struct address *address)
{
	const char *at = strrchr(address->host, '@'), *host = at ? at + 1 : address->host;

	address->label =
		strcmp(address->name, default_name) == 0 ? strdup(host) : path_join(host, address->name);
	return address->label ? 0 : -ENOMEM;
}

static int parse_ssh(struct address *address, const char *text, char **error)
{
	const char *host = text + strlen("ssh://");
	const char *slash = strchr(host, '/');
	int result;

	address->kind = ADDRESS_SSH;
	address->host = slash ? strndup(host, (size_t)(slash - host)) : strdup(host);
	if (!address->host)
		return -ENOMEM;
	result = split_port(address, error);
	if (result < 0)
		return result;
	if (!host_valid(address->host)) {
		(void)error_replace(error, 0, MSG_ADDRESS_NO_HOST, address->text);
		return -EINVAL;
	}
	result = set_name(address, slash && slash[1] ? slash + 1 : default_name, error);
	return result < 0 || address->label ? result : label_host(address);
}

static int parse_name(struct address *address, const char *text, char **error)
{
	char *runtime, *state, *file = NULL;
	int result = set_name(address, text, error);

	address->kind = ADDRESS_NAME;
	if (result < 0)
		return result;
	runtime = address_runtime_directory();
	if (asprintf(&file, "%s.sock", address->name) < 0)
		file = NULL;
	state = address_state_directory();
	if (!runtime || !file || (!state && errno == ENOMEM)) {
		result = -ENOMEM;
	} else if (!state) {
		result = error_replace(error, -EINVAL, MSG_HOME_MISSING);
	} else {
		address->socket = path_join(runtime, file);
		address->state = path_join(state, address->name);
		result = address->socket && address->state ? check_socket(address, error) : -ENOMEM;
	}
	free(runtime);
	free(state);
	free(file);
	return result;
}

static bool begins_with(const char *text, const char *beginning)
{
	return strncmp(text, beginning, strlen(beginning)) == 0;
}

/* A name of the configuration stands for its address, and for where krtask is there. */
static int parse_known(struct address *address, const struct known_server *known, char **error)
{
	int result = string_copy(&address->label, known->name);

	if (result == 0)
		result = string_copy(&address->program, known->program);
	if (result == 0 && address->program && !begins_with(known->address, "ssh://")) {
		(void)error_replace(error, 0, MSG_SERVERS_PROGRAM, address->program, known->address);
		return -EINVAL;
	}
	return result;
}

static int parse_text(struct address *address, char **error)
{
	const struct known_server *known = known_find(address->text);
	const char *text = known ? known->address : address->text;
	int result = known ? parse_known(address, known, error) : 0;

	if (result < 0)
		return result;
	if (begins_with(text, "unix:"))
		result = parse_unix(address, text, error);
	else if (begins_with(text, "ssh://"))
		result = parse_ssh(address, text, error);
	else
		result = parse_name(address, text, error);
	if (result < 0 || address->label)
		return result;
	address->label = strdup(address->text);
	return address->label ? 0 : -ENOMEM;
}

int address_parse(struct address *out, const char *text, char **error)
{
	struct address address = { .kind = ADDRESS_NAME };
	char *why = NULL;
	int result;

	if (!text || !*text)
		text = variable_given("KRTASK_SERVER");
	address.text = strdup(text ? text : default_name);
	result = address.text ? parse_text(&address, &why) : -ENOMEM;
	if (result < 0) {
		if (!why)
			(void)error_replace(&why, result, "%s", strerror(-result));
		*error = why;
		address_release(&address);
		return result;
	}
	*out = address;
	return 0;
}

int address_copy(struct address *to, const struct address *from)
{
	to->kind = from->kind;
	if (string_copy(&to->text, from->text) < 0 || string_copy(&to->name, from->name) < 0 ||
	    string_copy(&to->socket, from->socket) < 0 || string_copy(&to->state, from->state) < 0 ||
	    string_copy(&to->host, from->host) < 0 || string_copy(&to->port, from->port) < 0 ||
	    string_copy(&to->program, from->program) < 0 || string_copy(&to->label, from->label) < 0)
		return -ENOMEM;
	return 0;
}

void address_release(struct address *address)
{
	free(address->text);
	free(address->name);
	free(address->socket);
	free(address->state);
	free(address->host);
	free(address->port);
	free(address->program);
	free(address->label);
	memset(address, 0, sizeof(*address));
}

/* True if path is the socket in the state directory. */
static bool is_state_socket(const char *path, const char *state)
{
	size_t length = state ? strlen(state) : 0;

	return path && state && strncmp(path, state, length) == 0 &&
	       strcmp(path + length, "/" ADDRESS_STATE_SOCKET) == 0;
}

bool address_is_same(const struct address *a, const struct address *b)
{
	if (a->kind == ADDRESS_SSH || b->kind == ADDRESS_SSH)
		return false;
	return strcmp(a->socket, b->socket) == 0 || is_state_socket(a->socket, b->state) ||
	       is_state_socket(b->socket, a->state);
}

/*
 * Makes the directory, and its parents if they are missing, with mode 0700 whatever the umask is.  Changes
 * path.
 */
static int make_directories(char *path, char **error)
{
	char *slash = path;
	struct stat status;

	if (lstat(path, &status) == 0)
		return 0; /* as nearly always */
	do {
		slash = strchr(slash + 1, '/');
		if (slash)
			*slash = '\0';
		if (mkdir(path, 0700) == 0)
			(void)chmod(path, 0700);
		else if (errno != EEXIST && (!slash || errno != EACCES))
			return error_replace(error, -errno, MSG_DIRECTORY_NOT_CREATED, path, strerror(errno));
		if (slash)
			*slash = '/';
	} while (slash);
	return 0;
}

static int check_directory(const char *path, char **error)
{
	struct stat status;

	if (lstat(path, &status) < 0)
		return error_replace(error, -errno, MSG_DIRECTORY_FAILED, path, strerror(errno));
	if (!S_ISDIR(status.st_mode))
		return error_replace(error, -ENOTDIR,
		                     S_ISLNK(status.st_mode) ? MSG_DIRECTORY_IS_LINK : MSG_DIRECTORY_IS_NOT,
		                     path);
	if (status.st_uid != geteuid())
		return error_replace(error, -EPERM, MSG_DIRECTORY_FOREIGN, path, (unsigned)status.st_uid,
		                     (unsigned)geteuid());
	if (status.st_mode & 077)
		return error_replace(error, -EPERM, MSG_DIRECTORY_OPEN, path,
		                     (unsigned)status.st_mode & 07777);
	return 0;
}

int address_secure_directory(const char *path, char **error)
{
	char *scratch = address_absolute(path);
	int result;

	if (!scratch)
		return error_replace(error, -ENOMEM, MSG_DIRECTORY_FAILED, path, strerror(ENOMEM));
	result = make_directories(scratch, error);
	if (result == 0)
		result = check_directory(scratch, error);
	free(scratch);
	return result;
}

bool address_is_secure(const char *path)
{
	char *absolute = address_absolute(path);
	bool secure = absolute && check_directory(absolute, NULL) == 0;

	free(absolute);
	return secure;
}
