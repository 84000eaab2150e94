#include "config.h"

#include "engine/exec/slurm/script.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/*
 * The step.  It opens the output itself, since what Slurm writes into the output of a job is not the command's; and it
 * changes the directory itself, since Slurm runs in another one if that is missing.  Its end is written under another
 * name first, so it is there as a whole or not at all.
 *
 * A signal to the job reaches the process group of this shell, so the command stays in it (another session would hear
 * nothing), and the shell, which waits again.  A shell starts what it does not wait for with SIGINT and SIGQUIT ignored.
 *
 * A stop can come while the command is started, which then gets it from the shell; and again while its end is written, whose
 * programs are in the process group too.
 *
 * N.end says the exit status, 1 if SIGTERM had come before and 0 if not, and when it was.  It has its room on the disk before
 * the command begins, which may fill that.
 *
 * A controller that is started again may have forgotten that a job has run, and run it again.  So the step first takes
 * N.job, which only one can.
 *
 * N.beg is written by the process that becomes the command, before that: without N.beg no command has begun.  Where
 * the directory is another one, or cannot be written, nothing is run.
 */
static const char script_step[] =
	"krtask_path=${PATH-}\n"
	"PATH=/usr/local/bin:/usr/bin:/bin\n"
	"cd -- \"$krtask_dir\" && read -r krtask_found <" SCRIPT_MARK
	" && test \"$krtask_found\" = \"$krtask_server\" || {\n"
	"\techo \"krtask: $krtask_dir is not the directory of the server\" >&2\n"
	"\texit 78\n"
	"}\n"
	"mv -- \"$krtask_base.job\" \"$krtask_base.run\" || exit 78\n"
	"printf \"%63s\\n\" \"\" >\"$krtask_base.end.new\" || exit 78\n"
	"export krtask_dir krtask_base krtask_cwd krtask_path krtask_error krtask_umask\n"
	"krtask_env=\n"
	"env --default-signal=INT,QUIT true 2>/dev/null && krtask_env=\"env --default-signal=INT,QUIT\"\n"
	"krtask_signal=1\n"
	"krtask_term=0\n"
	"trap krtask_signal=1 HUP INT QUIT USR1 USR2 ALRM\n"
	"trap \"krtask_signal=1 krtask_term=1\" TERM\n"
	"$krtask_env sh -c '\n"
	"\tprintf \"%s %s %s %s\\n\" \"$SLURM_JOB_ID\" \"${SLURMD_NODENAME:-$(hostname)}\" $$ \"$(date +%s.%N)\" "
	">\"$krtask_base.beg.new\" && mv -f -- \"$krtask_base.beg.new\" \"$krtask_base.beg\" || exit 78\n"
	"\texec >>\"$krtask_base.out\" </dev/null || exit 78\n"
	"\tif test -n \"$krtask_error\"; then exec 2>>\"$krtask_error\" || exit 78; else exec 2>&1; fi\n"
	"\tcd -- \"$krtask_cwd\" || exit 126\n"
	"\tumask \"$krtask_umask\"\n"
	"\tPATH=$krtask_path\n"
	"\tunset krtask_dir krtask_base krtask_cwd krtask_path krtask_error krtask_umask\n"
	"\texec \"$@\"\n"
	"' krtask \"$@\" &\n"
	"krtask_pid=$!\n"
	"test $krtask_term = 0 || kill -s TERM $krtask_pid\n"
	"krtask_status=\n"
	"while test $krtask_signal = 1; do\n"
	"\tkrtask_signal=0\n"
	"\twait $krtask_pid\n"
	"\tkrtask_last=$?\n"
	"\ttest -n \"$krtask_status\" && test $krtask_last = 127 || krtask_status=$krtask_last\n"
	"done\n"
	"trap \"\" HUP INT QUIT USR1 USR2 ALRM TERM\n"
	"krtask_term=\"$krtask_term $(date +%s.%N)\"\n"
	"echo $SLURM_JOB_ID $krtask_status $krtask_term 1<>\"$krtask_base.end.new\" && mv -f -- \"$krtask_base.end.new\" \"$krtask_base.end\"\n"
	"exit $krtask_status\n";

/* In single quotes. */
static void script_quote(FILE *file, const char *text)
{
	(void)fputc('\'', file);
	for (; *text; text++) {
		if (*text == '\'')
			(void)fputs("'\\''", file);
		else
			(void)fputc(*text, file);
	}
	(void)fputc('\'', file);
}

char *script_quoted(const char *text)
{
	char *quoted = NULL;
	size_t size = 0;
	FILE *file = open_memstream(&quoted, &size);
	if (file)
		script_quote(file, text);
	if (!file || fclose(file)) {
		free(quoted);
		return NULL;
	}
	return quoted;
}

static void script_assign(FILE *file, const char *name, const char *value, const char *suffix)
{
	fprintf(file, "%s=", name);
	script_quote(file, value);
	fprintf(file, "%s\n", suffix);
}

static void script_write_options(FILE *file, const struct script *script, size_t *head)
{
	int64_t minutes = (script->time_limit + 59999) / 60000;
	if (minutes > 0)
		fprintf(file, "#SBATCH --time=%" PRId64 "\n", minutes);
	*head = (size_t)ftell(file);
	if (script->group_options)
		fprintf(file, "#SBATCH %s\n", script->group_options);
	if (script->options)
		fprintf(file, "#SBATCH %s\n", script->options);
}

char *script_write(const struct script *script, size_t *head)
{
	char *text = NULL;
	size_t size = 0;
	FILE *file = open_memstream(&text, &size);
	if (!file)
		return NULL;
	(void)fputs("#!/bin/sh\n", file);
	script_write_options(file, script, head);
	/* The server must be able to read what the step writes, whatever the umask of the command is. */
	fprintf(file, "umask 0077\nkrtask_umask=%04o\n", (unsigned)script->umask & 0777);
	script_assign(file, "krtask_server", script->identity, "");
	script_assign(file, "krtask_dir", script->directory, "");
	script_assign(file, "krtask_base", script->base, "");
	script_assign(file, "krtask_cwd", script->cwd, "");
	script_assign(file, "krtask_error", script->merge ? "" : script->base, script->merge ? "" : ".err");
	(void)fputs("set --", file);
	for (const char *word = NULL; (word = strings_next(script->command, word));) {
		(void)fputc(' ', file);
		script_quote(file, word);
	}
	(void)fputc('\n', file);
	(void)fputs(script_step, file);
	bool failed = ferror(file) != 0;
	if (fclose(file) || failed) {
		free(text);
		return NULL;
	}
	return text;
}
