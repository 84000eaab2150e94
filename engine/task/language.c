#include "engine/task/language.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/task/error.h"
#include "engine/task/messages.h"
#include "engine/task/utf8.h"

/* Name, aliases, program, flags before code, flags before a file, extensions.  The first is the default. */
#define LANGUAGES(X)                                                                                         \
	X("sh", "shell posix", "sh", "-c", "", "sh")                                                         \
	X("bash", "", "bash", "-c", "", "bash")                                                              \
	X("dash", "", "dash", "-c", "", "dash")                                                              \
	X("ksh", "", "ksh", "-c", "", "ksh")                                                                 \
	X("zsh", "", "zsh", "-c", "", "zsh")                                                                 \
	X("fish", "", "fish", "-c", "", "fish")                                                              \
	X("python3", "python py", "python3", "-c", "", "py")                                                 \
	X("perl", "pl", "perl", "-e", "", "pl")                                                              \
	X("ruby", "rb", "ruby", "-e", "", "rb")                                                              \
	X("node", "nodejs javascript js", "node", "-e", "", "js mjs cjs")                                    \
	X("lua", "", "lua", "-e", "", "lua")                                                                 \
	X("awk", "", "awk", "", "-f", "awk")                                                                 \
	X("php", "", "php", "-r", "", "php")                                                                 \
	X("julia", "jl", "julia", "-e", "", "jl")                                                            \
	X("elixir", "", "elixir", "-e", "", "exs")                                                           \
	X("R", "rscript", "Rscript", "-e", "", "r")                                                          \
	X("powershell", "pwsh ps1", "pwsh", "-NoProfile -Command", "-NoProfile -File", "ps1")

const struct language language_table[] = {
#define X(...) { __VA_ARGS__ },
	LANGUAGES(X)
#undef X
		{ NULL, NULL, NULL, NULL, NULL, NULL },
};

#define X(name, aliases, program, code, file, extensions) ", " name
static const char names[] = LANGUAGES(X);
#undef X
#define X(name, aliases, program, code, file, extensions) " " extensions
static const char known_extensions[] = LANGUAGES(X);
#undef X

/* True if one of the space-separated words is word, in any case. */
static bool has_word(const char *words, const char *word)
{
	size_t length = strlen(word);

	while (*words) {
		size_t span = strcspn(words, " ");
		if (span == length && strncasecmp(words, word, length) == 0)
			return true;
		words += span;
		words += strspn(words, " ");
	}
	return false;
}

static int language_add_words(struct strings *list, const char *words)
{
	while (*words) {
		size_t span = strcspn(words, " ");
		if (strings_add_bytes(list, words, span) < 0)
			return -ENOMEM;
		words += span;
		words += strspn(words, " ");
	}
	return 0;
}

const struct language *language_find(const char *name)
{
	for (const struct language *language = language_table; language->name; language++)
		if (strcasecmp(language->name, name) == 0 || has_word(language->aliases, name))
			return language;
	return NULL;
}

const char *language_names(void)
{
	return names + strlen(", ");
}

static int add_command(struct strings *command, const char *program, const char *flags, const char *last)
{
	size_t before = command->length;

	if (strings_add(command, program) < 0 || language_add_words(command, flags) < 0 ||
	    strings_add(command, last) < 0) {
		command->length = before;
		return -ENOMEM;
	}
	return 0;
}

int language_code_command(const struct language *language, const char *code, struct strings *command)
{
	return add_command(command, language->program, language->code_flags, code);
}

static const struct language *find_by_extension(const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *base = slash ? slash + 1 : path;
	const char *dot = strrchr(base, '.');

	/* ".profile" has no extension */
	if (!dot || dot == base || !dot[1])
		return NULL;
	for (const struct language *language = language_table; language->name; language++)
		if (has_word(language->extensions, dot + 1))
			return language;
	return NULL;
}

/* What is known about a file before it is run. */
struct script {
	bool executable;
	bool binary;    /* there is a NUL among its first bytes: a program, not text */
	size_t length;  /* bytes of head */
	char head[257]; /* as much as the kernel reads (BINPRM_BUF_SIZE), and a NUL */
};

static int script_read(struct script *script, const char *path)
{
	struct stat status;

	*script = (struct script){ .length = 0 };
	if (stat(path, &status) < 0)
		return -errno;
	if (S_ISDIR(status.st_mode))
		return -EISDIR;
	if (!S_ISREG(status.st_mode))
		return -EINVAL;
	script->executable = access(path, X_OK) == 0;

	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0) {
		/* an executable file may be unreadable */
		script->binary = true;
		return script->executable ? 0 : -errno;
	}
	ssize_t got = read(fd, script->head, sizeof(script->head) - 1);
	int rc = got < 0 ? -errno : 0;
	close(fd);
	if (rc < 0)
		return rc;
	script->length = (size_t)got;
	script->binary = memchr(script->head, '\0', script->length) != NULL;
	return 0;
}

static int language_fail(char **error, int rc, const char *path, const char *problem)
{
	char *shown = utf8_readable(path, strlen(path));

	*error = NULL;
	if (shown)
		error_set(error, 0, MSG_FILE_INVALID, shown, problem);
	free(shown);
	return rc;
}

static int fail_reading(char **error, int rc, const char *path)
{
	char *shown;

	if (rc == -EINVAL)
		return language_fail(error, rc, path, MSG_FILE_NOT_REGULAR);
	shown = utf8_readable(path, strlen(path));
	*error = NULL;
	if (shown)
		error_set(error, 0, MSG_FILE_UNREADABLE, shown, strerror(-rc));
	free(shown);
	return rc;
}

/*
 * The interpreter and its one argument from the #! line, as execve(2) cuts it, then the file.  Changes head.
 */
static int add_interpreter(struct script *script, const char *path, struct strings *command, char **error)
{
	char *end = memchr(script->head, '\n', script->length);

	if (!end && script->length == sizeof(script->head) - 1)
		return language_fail(error, -ENOEXEC, path, MSG_FILE_LINE_TOO_LONG);
	if (!end)
		end = script->head + script->length;
	while (end > script->head && strchr(" \t", end[-1]))
		end--;
	*end = '\0';

	char *program = script->head + 2;
	program += strspn(program, " \t");
	char *argument = program + strcspn(program, " \t");
	if (*argument) {
		*argument++ = '\0';
		argument += strspn(argument, " \t");
	}
	if (!*program)
		return language_fail(error, -ENOEXEC, path, MSG_FILE_NO_INTERPRETER);

	size_t before = command->length;
	if (strings_add(command, program) < 0 || (*argument && strings_add(command, argument) < 0) ||
	    strings_add(command, path) < 0) {
		command->length = before;
		*error = NULL;
		return -ENOMEM;
	}
	return 0;
}

/* Adds the path in a form that is not searched for along PATH. */
static int add_path(struct strings *command, const char *path)
{
	char *local = NULL;

	if (strchr(path, '/'))
		return strings_add(command, path);
	if (asprintf(&local, "./%s", path) < 0)
		return -ENOMEM;
	int rc = strings_add(command, local);
	free(local);
	return rc;
}

static int fail_unknown(char **error, const char *path)
{
	char *problem = NULL;

	*error = NULL;
	error_set(&problem, 0, MSG_FILE_LANGUAGE_UNKNOWN, known_extensions, language_names());
	if (problem)
		language_fail(error, -EINVAL, path, problem);
	free(problem);
	return -EINVAL;
}

int language_file_command(const struct language *language, const char *path, struct strings *command,
                          char **error)
{
	struct script script;
	int rc = script_read(&script, path);

	*error = NULL;
	if (rc < 0)
		return fail_reading(error, rc, path);
	if (language)
		return add_command(command, language->program, language->file_flags, path);

	bool marked = script.length >= 2 && memcmp(script.head, "#!", 2) == 0;
	if (script.executable && (marked || script.binary))
		return add_path(command, path);
	if (marked)
		return add_interpreter(&script, path, command, error);

	language = find_by_extension(path);
	/* an executable text without #! is a shell script: POSIX.1-2017, execvp() */
	if (!language && script.executable)
		language = &language_table[0];
	if (!language)
		return fail_unknown(error, path);
	return add_command(command, language->program, language->file_flags, path);
}

int language_far_file_command(const struct language *language, const char *path, struct strings *command)
{
	if (!language)
		language = find_by_extension(path);
	return language ? add_command(command, language->program, language->file_flags, path)
	                : add_path(command, path);
}
