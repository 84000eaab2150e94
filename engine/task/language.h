/*
 * Languages: how code or a file becomes a command.  One table; pure but for language_for_file, which looks at the file.
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

/* The table: sh (default), bash, dash, zsh, fish, python3, perl, ruby, node, lua, awk, php, R (Rscript), powershell (pwsh), … ended by a NULL name. */
extern const struct language language_table[];

/* By name or alias in any case; NULL if there is none. */
const struct language *language_find(const char *name);
/* "sh, bash, …" for messages.  Static. */
const char *language_names(void);

/* Appends to command what runs CODE. 0 or -ENOMEM. */
int language_code_command(const struct language *language, const char *code, struct strings *command);

/*
 * Appends to command what runs the file at path (as given; relative ones are seen from the caller's directory, and made absolute by the caller).
 * language NULL: an executable file or one with a #! line runs as itself or by its #! interpreter (a file with #! that is not executable gets the
 * interpreter and its one argument in front, execve(2)); else the extension chooses.
 * 0; -errno with *error (free() it), which names path and says what would be right.
 */
int language_file_command(const struct language *language, const char *path, struct strings *command,
                          char **error);
/*
 * The same where the file is on another machine, and cannot be looked at: by its extension, else it is what is run.  0 or -ENOMEM.
 */
int language_far_file_command(const struct language *language, const char *path, struct strings *command);

#endif
