#include "engine/wire/client/ssh.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/task/array.h"
#include "engine/task/error.h"
#include "engine/task/messages.h"
#include "engine/task/quote.h"
#include "engine/task/utf8.h"
#include "engine/wire/client/known.h"

enum {
	SSH_END_MS = 2000,
	SSH_LINE_MAX = 4096,
	SSH_WORDS = 24,
	SSH_CONTROL_MAX = 80, /* ssh adds to it while it makes the socket */
	EXIT_NOT_EXECUTABLE = 126,
	EXIT_NOT_FOUND = 127,
	EXIT_SSH = 255, /* of ssh itself; every other status is of what it ran */
};

/* What ssh replaces, or does not take as it is, in the path of an option. */
#define SSH_REPLACES "%$\"'\\# \t"

/* What ssh says when it would ask a question, if it might. */
#define SSH_SAYS_NO      "Permission denied"
#define SSH_SAYS_UNKNOWN "Host key verification failed"
/* And before that, when it knew another key; it names the host as it knows it. */
#define SSH_SAYS_CHANGED "REMOTE HOST IDENTIFICATION HAS CHANGED"
#define SSH_SAYS_HOST    "Host key for "
#define SSH_SAYS_END     " has changed"

static const char *ssh_program(void)
{
	const char *given = getenv("KRTASK_SSH");

	return given && *given ? given : "ssh";
}

/* krtask for the shell of the other machine, which replaces only a ~ at the beginning.  malloc'ed. */
static char *ssh_krtask(const char *program)
{
	size_t home = strncmp(program, "~/", 2) == 0 ? 2 : 0;
	char *word = malloc(home + QUOTE_ROOM(strlen(program)));

	if (!word)
		return NULL;
	memcpy(word, program, home);
	quote_word(word + home, program + home);
	return word;
}

/*
 * Where the ssh that was last let ask its question listens for others to share its connection.  malloc'ed.  NULL: there is no
 * place for such a socket.
 */
static char *ssh_control(const struct address *address)
{
	char *directory = address_runtime_directory(), *path = NULL;

	if (!directory || strchr(address->host, '/') ||
	    asprintf(&path, "%s/ssh-%s-%s", directory, address->host, address->port ? address->port : "") < 0)
		path = NULL;
	free(directory);
	if (path && (strlen(path) > SSH_CONTROL_MAX || strpbrk(path, SSH_REPLACES))) {
		free(path);
		path = NULL;
	}
	return path;
}

/* As an option, if there is such an ssh. */
static char *ssh_shared(const struct address *address)
{
	char *directory = address_runtime_directory(), *path = ssh_control(address), *option = NULL;

	if (path && access(path, F_OK) == 0 && directory && address_is_secure(directory) &&
	    asprintf(&option, "ControlPath=%s", path) < 0)
		option = NULL;
	free(directory);
	free(path);
	return option;
}

void ssh_ask(const struct address *address, void (*run)(const char *const *words))
{
	char *path = ssh_control(address), *directory = address_runtime_directory(), *control = NULL;
	const char *words[SSH_WORDS] = { ssh_program(), "-o", "ConnectTimeout=15", "-o",
		                         "ServerAliveInterval=15" };
	size_t n = 5;

	if (path && directory && address_secure_directory(directory, NULL) == 0 &&
	    asprintf(&control, "ControlPath=%s", path) < 0)
		control = NULL;
	if (control) {
		static const char *const sharing[] = { "-o", "ControlMaster=auto", "-o", "ControlPersist=600",
			                               "-o" };

		for (size_t i = 0; i < sizeof(sharing) / sizeof(*sharing); i++)
			words[n++] = sharing[i];
		words[n++] = control;
	}
	if (address->port) {
		words[n++] = "-p";
		words[n++] = address->port;
	}
	words[n++] = address->host;
	words[n] = "true";
	run(words);
	free(directory);
	free(path);
	free(control);
}

bool ssh_asks(const char *text)
{
	return (strstr(text, SSH_SAYS_NO) || strstr(text, SSH_SAYS_UNKNOWN)) &&
	       !strstr(text, MSG_SSH_CHANGED);
}

/* The options that a user relies on; no host and no word of ours begins with '-', which ssh would take for one. */
static void ssh_words(const struct address *address, const char *krtask, const char *shared,
                      enum client_start start, const char *words[SSH_WORDS])
{
	static const char *const wanted[] = {
		[CLIENT_START_NEVER] = "never",
		[CLIENT_START_EXISTING] = "existing",
		[CLIENT_START_ALWAYS] = "always",
	};
	static const char *const options[] = { "-o", "BatchMode=yes",         "-o", "ConnectTimeout=15",
		                               "-o", "ServerAliveInterval=15" };
	size_t n = 0;

	words[n++] = ssh_program();
	for (size_t i = 0; i < sizeof(options) / sizeof(*options); i++)
		words[n++] = options[i];
	if (shared) {
		words[n++] = "-o";
		words[n++] = shared;
	}
	if (address->port) {
		words[n++] = "-p";
		words[n++] = address->port;
	}
	words[n++] = address->host;
	words[n++] = krtask;
	words[n++] = "--server";
	words[n++] = address->name;
	words[n++] = "server";
	words[n++] = "bridge";
	words[n++] = wanted[start];
	words[n] = NULL;
}

/* Those that were left, and have not ended yet.  Everything of it belongs to whoever holds the lock. */
static struct {
	pthread_mutex_t lock;
	pid_t *pids;
	size_t count, size;
} leaving = { .lock = PTHREAD_MUTEX_INITIALIZER };

/* Nobody waits for it: whoever comes next sees that it has ended.  A pid of 0 is nobody. */
static void ssh_leave(pid_t pid)
{
	size_t left = 0;
	pid_t *pids;

	pthread_mutex_lock(&leaving.lock);
	for (size_t i = 0; i < leaving.count; i++) {
		if (waitpid(leaving.pids[i], NULL, WNOHANG) == 0)
			leaving.pids[left++] = leaving.pids[i];
	}
	leaving.count = left;
	pids = pid > 0 ? array_grow(leaving.pids, &leaving.size, left + 1, sizeof(*pids)) : NULL;
	if (pids) {
		leaving.pids = pids;
		pids[leaving.count++] = pid;
	}
	pthread_mutex_unlock(&leaving.lock);
}

/*
 * In the child.  The keys of the terminal are for the program in the foreground, and not for a connection.  It ends with that
 * program, however that ends: by itself ssh would wait for what the server still has to answer.
 */
static _Noreturn void ssh_execute(const char *const *words, int fd, int said, pid_t client)
{
	static const int keys[] = { SIGINT, SIGQUIT, SIGTSTP };
	struct sigaction standard = { .sa_handler = SIG_DFL }, ignored = { .sa_handler = SIG_IGN };
	sigset_t none;

	for (int i = 1; i < NSIG; i++)
		(void)sigaction(i, &standard, NULL);
	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++)
		(void)sigaction(keys[i], &ignored, NULL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	(void)setpgid(0, 0); /* a wrapper ends with what it began */
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != client)
		_exit(EXIT_SSH);
	if (dup2(fd, STDIN_FILENO) >= 0 && dup2(fd, STDOUT_FILENO) >= 0 &&
	    (said < 0 || dup2(said, STDERR_FILENO) >= 0)) {
		execvp(words[0], (char *const *)words);
		dprintf(STDERR_FILENO, "%s: %s\n", words[0], strerror(errno));
	}
	_exit(EXIT_SSH);
}

/* The handlers of this program must not run in the child, which can be terminated at once.  Its process id, or -1. */
static pid_t ssh_fork(const char *const *words, int fd, int said)
{
	sigset_t all, before;
	pid_t client = getpid(), pid;

	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, &before);
	pid = fork();
	if (pid == 0)
		ssh_execute(words, fd, said, client);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return pid;
}

/* Where its standard error goes.  -1: there is no such file, so it goes where ours goes. */
static int ssh_open_said(void)
{
	int fd = memfd_create("ssh", MFD_CLOEXEC);

	if (fd >= 0)
		(void)fcntl(fd, F_SETFL, O_APPEND);
	return fd;
}

int ssh_open(const struct address *address, enum client_start start, int *fd, struct ssh *ssh, char **error)
{
	char *krtask = ssh_krtask(address->program ? address->program : "krtask"), *shared;
	const char *words[SSH_WORDS];
	int ends[2];

	if (!krtask || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0) {
		free(krtask);
		return error_replace(error, -errno, MSG_SSH_FAILED, strerror(errno));
	}
	shared = ssh_shared(address);
	ssh_words(address, krtask, shared, start, words);
	ssh_leave(0);
	*ssh = (struct ssh){ .said = ssh_open_said() };
	ssh->pid = ssh_fork(words, ends[1], ssh->said);
	free(krtask);
	free(shared);
	close(ends[1]);
	if (ssh->pid < 0) {
		close(ends[0]);
		ssh->pid = 0;
		ssh_close(ssh, true);
		return error_replace(error, -EAGAIN, MSG_SSH_FAILED, strerror(EAGAIN));
	}
	(void)fcntl(ends[0], F_SETFL, O_NONBLOCK);
	*fd = ends[0];
	return 0;
}

/* It has closed its output, so it ends.  Its wait status. */
static int ssh_await(struct ssh *ssh)
{
	struct pollfd poll_fd = { .fd = pidfd_open(ssh->pid, 0), .events = POLLIN };
	int status = 0;

	if (poll_fd.fd < 0 || poll(&poll_fd, 1, SSH_END_MS) <= 0)
		(void)(kill(-ssh->pid, SIGKILL) && kill(ssh->pid, SIGKILL));
	while (waitpid(ssh->pid, &status, 0) < 0 && errno == EINTR)
		continue;
	if (poll_fd.fd >= 0)
		close(poll_fd.fd);
	ssh->pid = 0;
	return status;
}

void ssh_close(struct ssh *ssh, bool at_once)
{
	if (ssh->pid > 0 && at_once)
		(void)(kill(-ssh->pid, SIGTERM) && kill(ssh->pid, SIGTERM));
	if (ssh->pid > 0 && waitpid(ssh->pid, NULL, WNOHANG) == 0)
		ssh_leave(ssh->pid);
	if (ssh->said >= 0)
		close(ssh->said);
	*ssh = (struct ssh)SSH_INIT;
}

/* The last line of the text that is not blank; NULL: there is none. */
static char *ssh_last_line(char *text)
{
	char *last = NULL, *rest = NULL;

	for (char *line = strtok_r(text, "\r\n", &rest); line; line = strtok_r(NULL, "\r\n", &rest)) {
		if (line[strspn(line, " \t")])
			last = line;
	}
	return last ? utf8_readable(last, strlen(last)) : NULL;
}

/* The first line of these bytes that is not blank; "" if there is none.  malloc'ed. */
static char *ssh_first_line(const char *bytes, size_t length)
{
	static const char blanks[] = " \t\r\n";
	size_t end = 0;

	while (length > 0 && memchr(blanks, *bytes, sizeof(blanks) - 1)) {
		bytes++;
		length--;
	}
	while (end < length && end < SSH_LINE_MAX && bytes[end] != '\n' && bytes[end] != '\r')
		end++;
	return utf8_readable(bytes, end);
}

/* The end of what it has written since the last time.  False: nothing. */
static bool ssh_take_text(struct ssh *ssh, char text[SSH_LINE_MAX])
{
	off_t end = ssh->said < 0 ? 0 : lseek(ssh->said, 0, SEEK_END);
	off_t from = end - ssh->read < SSH_LINE_MAX ? ssh->read : end - SSH_LINE_MAX + 1;
	ssize_t count = end > ssh->read ? pread(ssh->said, text, SSH_LINE_MAX - 1, from) : 0;

	text[count > 0 ? count : 0] = '\0';
	if (count <= 0)
		return false;
	ssh->read = end;
	return true;
}

char *ssh_take_line(struct ssh *ssh)
{
	char text[SSH_LINE_MAX];

	return ssh_take_text(ssh, text) ? ssh_last_line(text) : NULL;
}

/* The host whose key is another one than ssh knows, for the shell.  malloc'ed.  NULL: the key is no other. */
static char *ssh_changed(const char *text, const struct address *address)
{
	const char *said = strstr(text, SSH_SAYS_CHANGED), *name = said ? strstr(said, SSH_SAYS_HOST) : NULL;
	const char *end = name ? strstr(name, SSH_SAYS_END) : NULL, *at = strrchr(address->host, '@');
	const char *host = at ? at + 1 : address->host;
	char *known = NULL, *word;

	if (!said)
		return NULL;
	if (end)
		known = utf8_readable(name + strlen(SSH_SAYS_HOST),
		                      (size_t)(end - name) - strlen(SSH_SAYS_HOST));
	else if (address->port && asprintf(&known, "[%s]:%s", host, address->port) < 0)
		known = NULL;
	else if (!address->port)
		known = strdup(host);
	word = known ? malloc(QUOTE_ROOM(strlen(known))) : NULL;
	if (word)
		quote_word(word, known);
	free(known);
	return word;
}

/* What to do about it, by the last line that ssh says; changed: the host whose key is another one, if so.  malloc'ed. */
static char *ssh_advice(const char *line, const char *changed, const struct address *address)
{
	static const struct {
		const char *said, *advice;
	} known[] = {
		{ "Could not resolve hostname", MSG_SSH_ADVICE_HOST },
		{ SSH_SAYS_NO, MSG_SSH_ADVICE_KEY },
		{ SSH_SAYS_UNKNOWN, MSG_SSH_ADVICE_KNOWN },
		{ "", MSG_SSH_ADVICE },
	};
	char *words, *advice;
	size_t i = 0;

	if (changed)
		return asprintf(&advice, MSG_SSH_ADVICE_CHANGED, changed) < 0 ? NULL : advice;
	while (!strstr(line, known[i].said))
		i++;
	if (asprintf(&words, "%s%s%s%s", address->port ? "-p " : "", address->port ? address->port : "",
	             address->port ? " " : "", address->host) < 0)
		return NULL;
	if (asprintf(&advice, known[i].advice, words) < 0) /* NOLINT: one of messages.h */
		advice = NULL;
	free(words);
	return advice;
}

/* The address is what the configuration has to say, and not a name of its own.  malloc'ed. */
static char *ssh_no_krtask(const struct address *address, const char *line)
{
	const struct known_server *known = known_find(address->text);
	char *text = NULL;

	(void)error_replace(&text, 0, MSG_SSH_NO_KRTASK, address->host, line, known ? known->name : "NAME",
	                    known ? known->address : address->text);
	return text;
}

/* Something else than krtask was run there, and did not fail as a shell says that. */
static char *ssh_ended(const struct address *address, const char *bytes, size_t length)
{
	const struct known_server *known = known_find(address->text);
	char *line = ssh_first_line(bytes, length), *wrote = NULL, *text = NULL;

	if (line && *line && asprintf(&wrote, MSG_SSH_WROTE, line) < 0)
		wrote = NULL;
	(void)error_replace(&text, 0, MSG_SSH_ENDED, address->host, wrote ? wrote : "",
	                    known ? known->name : "NAME", known ? known->address : address->text);
	free(line);
	free(wrote);
	return text;
}

char *ssh_explain(struct ssh *ssh, const struct address *address, const char *bytes, size_t length)
{
	int status = ssh->pid > 0 ? ssh_await(ssh) : 0, code = WIFEXITED(status) ? WEXITSTATUS(status) : 0;
	char said[SSH_LINE_MAX], *changed, *line, *advice, *text = NULL;

	(void)ssh_take_text(ssh, said);
	changed = ssh_changed(said, address);
	line = ssh_last_line(said);
	while (line && *line && strchr(" .", line[strlen(line) - 1]))
		line[strlen(line) - 1] = '\0';
	if (code == EXIT_NOT_FOUND || code == EXIT_NOT_EXECUTABLE) {
		if (!line && asprintf(&line, MSG_EXITED_WITH, code) < 0)
			line = NULL;
		text = ssh_no_krtask(address, line ? line : "");
	} else if (!line) {
		text = ssh_ended(address, bytes, length);
	} else {
		advice = ssh_advice(line, changed, address);
		(void)error_replace(&text, 0, MSG_SSH_SAID, address->host, line, advice ? advice : "");
		free(advice);
	}
	free(changed);
	free(line);
	return text;
}

/* Writes the advice: each `krtask`, or `krtask -s NAME`, gets the address instead. */
static void ssh_write_advice(FILE *out, const struct address *address, const char *advice)
{
	static const char krtask[] = " krtask", option[] = " -s ";
	size_t name = strlen(address->name);
	const char *at;

	while ((at = strstr(advice, krtask))) {
		at += strlen(krtask);
		(void)fwrite(advice, 1, (size_t)(at - advice), out);
		advice = at;
		if (*at != ' ' && *at != ',')
			continue;
		(void)fprintf(out, "%s%s", option, address->text);
		at += strncmp(at, option, strlen(option)) == 0 ? strlen(option) : 0;
		if (at != advice && strncmp(at, address->name, name) == 0 && at[name] == ' ')
			advice = at + name;
	}
	(void)fputs(advice, out);
}

char *ssh_reason(const struct address *address, const char *reason)
{
	const char *advice = strstr(reason, "; krtask");
	size_t length;
	char *text = NULL;
	FILE *out = advice ? open_memstream(&text, &length) : NULL;

	if (!out)
		return strdup(reason);
	(void)fwrite(reason, 1, (size_t)(advice - reason), out);
	ssh_write_advice(out, address, advice);
	if (fclose(out) == 0)
		return text;
	free(text);
	return NULL;
}

char *ssh_chatter(const struct address *address, const char *bytes, size_t length)
{
	char *text = NULL, *line = ssh_first_line(bytes, length);

	(void)error_replace(&text, 0, MSG_SSH_CHATTERS, address->host, line ? line : "");
	free(line);
	return text;
}
