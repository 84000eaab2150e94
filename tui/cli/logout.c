#include "tui/cli/logout.h"

#include <dirent.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tui/cli/context.h"
#include "tui/cli/options.h"
#include "tui/cli/report.h"
#include "tui/text/alloc.h"
#include "tui/text/messages.h"

enum { UNKNOWN = -1 };

/* The last part of the cgroup's path that is a unit which a logout ends. */
static enum logout_end read_unit(const char *path, char unit[64])
{
	enum logout_end end = LOGOUT_SURVIVES;
	FILE *file = fopen(path, "re");
	char line[4096];

	while (file && fgets(line, sizeof(line), file)) {
		/* "0::/PATH", or that of systemd's own hierarchy. */
		bool named = strncmp(line, "0::/", 4) == 0 || strstr(line, ":name=systemd:/");
		char *rest = named ? strchr(line, '/') : NULL;

		for (char *part; rest && (part = strsep(&rest, "/\n"));) {
			bool session = strncmp(part, "session-", 8) == 0 && strstr(part, ".scope");
			bool manager = strncmp(part, "user@", 5) == 0 && strstr(part, ".service");

			if ((session || manager) && strlen(part) < 64) {
				strcpy(unit, part); /* NOLINT: its length was checked */
				end = session ? LOGOUT_ENDS_SESSION : LOGOUT_ENDS_MANAGER;
			}
		}
	}
	if (file)
		fclose(file);
	return end;
}

/* Of a file: 1, 0 or UNKNOWN. */
static int read_kills(const char *path)
{
	FILE *file = fopen(path, "re");
	char line[1024], value[16];
	int kills = UNKNOWN;

	while (file && fgets(line, sizeof(line), file)) {
		if (sscanf(line, " KillUserProcesses = %15[^ \t\n#;]", value) == 1)
			kills = option_parse_bool(value);
	}
	if (file)
		fclose(file);
	return kills;
}

/* Of a directory of files, by their names. */
static int read_directory(const char *path)
{
	struct dirent **entries;
	int count = scandir(path, &entries, NULL, alphasort), kills = UNKNOWN;

	for (int i = 0; i < count; i++) {
		const char *end = strrchr(entries[i]->d_name, '.');
		char *file = alloc_format("%s/%s", path, entries[i]->d_name);
		int found = end && strcmp(end, ".conf") == 0 ? read_kills(file) : UNKNOWN;

		kills = found == UNKNOWN ? kills : found;
		free(file);
		free(entries[i]);
	}
	if (count >= 0)
		free(entries);
	return kills;
}

static int ask_logind(const char *busctl)
{
	static const char question[] = "get-property org.freedesktop.login1 /org/freedesktop/login1 "
				       "org.freedesktop.login1.Manager KillUserProcesses";
	char *command = alloc_format("timeout 2 %s %s 2>/dev/null </dev/null", busctl, question),
	     answer[32] = "";
	/* NOLINTNEXTLINE(cert-env33-c): no part of the command comes from others */
	FILE *out = popen(command, "re");

	free(command);
	if (!out)
		return UNKNOWN;
	(void)!fread(answer, 1, sizeof(answer) - 1, out);
	pclose(out);
	return strcmp(answer, "b true\n") == 0 ? 1 : strcmp(answer, "b false\n") == 0 ? 0 : UNKNOWN;
}

static bool logout_kills(const struct logout_places *places)
{
	struct stat status;
	int kills = places->busctl ? ask_logind(places->busctl) : UNKNOWN;

	if (kills != UNKNOWN)
		return kills;
	for (size_t i = 0; places->configuration[i]; i++) {
		const char *path = places->configuration[i];
		int found = stat(path, &status) == 0 && S_ISDIR(status.st_mode) ? read_directory(path)
		                                                                : read_kills(path);

		kills = found == UNKNOWN ? kills : found;
	}
	return kills == 1;
}

static bool user_lingers(const struct logout_places *places)
{
	char *path = alloc_format("%s/%s", places->linger, places->user);
	bool found = access(path, F_OK) == 0;

	free(path);
	return found;
}

enum logout_end logout_find(const struct logout_places *places, char unit[64])
{
	enum logout_end end = read_unit(places->cgroup, unit);

	if (end == LOGOUT_ENDS_MANAGER && user_lingers(places))
		return LOGOUT_SURVIVES;
	if (end == LOGOUT_ENDS_SESSION && !logout_kills(places))
		return LOGOUT_SURVIVES;
	return end;
}

/*
 * True for the first who asks in this session: a file in the runtime directory, which goes with the session,
 * says that it was told.
 */
static bool is_first(const struct address *address, const char *unit)
{
	char *path = alloc_format("%.*s/%s.told", (int)(strrchr(address->socket, '/') - address->socket),
	                          address->socket, unit);
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);

	free(path);
	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

/* The anchor, which everything else is a descendant of; 0: it is not known. */
static pid_t find_anchor(struct invocation *inv)
{
	struct client_reply reply = { 0 };
	pid_t pid = 0;

	if (client_call(inv->connection->client, "ServerStatus", NULL, &reply) == 0)
		pid = (pid_t)json_integer_value(
			json_object_get(json_object_get(reply.parameters, "status"), "anchorPid"));
	client_reply_release(&reply);
	return pid;
}

void logout_hint(struct invocation *inv)
{
	static const char *const configuration[] = {
		"/usr/lib/systemd/logind.conf", "/usr/lib/systemd/logind.conf.d", "/etc/systemd/logind.conf",
		"/run/systemd/logind.conf.d",   "/etc/systemd/logind.conf.d",     NULL
	};
	const struct address *address = &inv->connection->address;
	struct logout_places places = { "/proc/self/cgroup", "/var/lib/systemd/linger", configuration,
		                        "busctl", NULL };
	const struct passwd *user;
	char unit[64] = "", *cgroup;
	enum logout_end end;

	/* Most are in no such unit, which costs one file to know. */
	if (address->kind != ADDRESS_NAME || inv->context->batch || inv->args.quiet ||
	    read_unit(places.cgroup, unit) == LOGOUT_SURVIVES || !is_first(address, unit))
		return;
	user = getpwuid(geteuid());
	places.user = user ? user->pw_name : "?";
	cgroup = alloc_format("/proc/%d/cgroup", (int)find_anchor(inv));
	places.cgroup = cgroup;
	end = logout_find(&places, unit);
	free(cgroup);
	/* KillExcludeUsers= has root in it. */
	if (end == LOGOUT_ENDS_MANAGER || (end == LOGOUT_ENDS_SESSION && geteuid() != 0))
		fprintf(stderr, "krtask: %s\n",
		        end == LOGOUT_ENDS_SESSION ? MSG_LOGOUT_SESSION : MSG_LOGOUT_MANAGER);
}
