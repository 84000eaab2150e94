/*
 * Languages: how code or a file becomes a command.  Pure except for language_file_command(), which reads the
 * file.
 */
#ifndef KRTASK_TASK_LANGUAGE_H
#define KRTASK_TASK_LANGUAGE_H

#include "engine/task/strings.h"

struct language {
	const char *name;    /* "python3" */
	const char *aliases; /* "python py", may be "" */
	const char *program; /* found on PATH when the task starts */
	const char *
		code_flags; /* space-separated words between the program and the code: "-c", "-e"; "" where the code is itself the argument (awk) */
	const char *file_flags; /* the same between the program and a file: "-f"; mostly "" */
	const char *extensions; /* "py", space-separated; may be "" */
};

/* The table of languages, ended by a NULL name.  The first, sh, is the default. */
extern const struct language language_table[];

/* Finds a language by its name or alias, in any case.  NULL: there is none. */
const struct language *language_find(const char *name);
/* "sh, bash, …" for messages.  Static. */
const char *language_names(void);

/* Appends the words that run the code to command.  0 or -ENOMEM. */
int language_code_command(const struct language *language, const char *code, struct strings *command);

/*
 * Appends the words that run a file to command.  The caller has made the path absolute.  If language is NULL,
 * an executable file runs directly.  A file that is not executable runs with the interpreter and the argument
 * in its #! line, as with execve(2).  Otherwise its extension tells the language.  0, or -errno and *error
 * (free() it), which names path and says what to do.
 */
int language_file_command(const struct language *language, const char *path, struct strings *command,
                          char **error);
/*
 * The same for a file on another machine, which cannot be read.  Its extension tells the language; otherwise
 * it runs directly.  0 or -ENOMEM.
 */
int language_far_file_command(const struct language *language, const char *path, struct strings *command);

#endif
