/* What Slurm is asked and says: options of sbatch, lines of squeue, the script of a job. */
#include "config.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/exec/slurm/program.h"
#include "engine/exec/slurm/rows.h"
#include "engine/exec/slurm/script.h"
#include "engine/task/sbatch.h"
#include "tests/unit/unit.h"

static bool taken(const char *options)
{
	char word[64];
	return sbatch_check(options, word, sizeof(word));
}

START_TEST(options_that_make_something_else_than_one_job_are_refused)
{
	static const char *const good[] = { "",
		                            "-p gpu -A project",
		                            "--gres=gpu:2 --mem=40G",
		                            "--begin now+1hour",
		                            "-n4",
		                            "--partition='a b'",
		                            "--account=a --wait-all-nodes=1",
		                            "-kOv",
		                            "--deadline=2030-01-01" };
	static const char *const bad[] = { "-a 1-3",
		                           "--array=1-3",
		                           "--arr 1-3",
		                           "-d afterok:1",
		                           "--dep=afterok:1",
		                           "stray",
		                           "-p gpu script.sh stray",
		                           "-W",
		                           "--wait",
		                           "-kOW",
		                           "-o file",
		                           "--output=x",
		                           "-D /",
		                           "--export-file=9",
		                           "-H",
		                           "-p a\n-q b",
		                           "-p 'open",
		                           "-p a : -p b",
		                           "-- x",
		                           "-p a # b" };
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++)
		ck_assert_msg(taken(good[i]), "%s", good[i]);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		ck_assert_msg(!taken(bad[i]), "%s", bad[i]);
}
END_TEST

START_TEST(lines_of_a_script_are_found_before_its_first_command)
{
	static const char text[] =
		"#!/bin/sh\n\n# x\n#SBATCH -p a\n  \n#SBATCH --mem=1\necho\n#SBATCH -p b\n";
	size_t length;
	const char *line = sbatch_line(text, &length);
	ck_assert_int_eq(strncmp(line, "#SBATCH -p a\n", length + 1), 0);
	line = sbatch_line(line + length, &length);
	ck_assert_int_eq(strncmp(line, "#SBATCH --mem=1\n", length + 1), 0);
	ck_assert_ptr_null(sbatch_line(line + length, &length));
	ck_assert_ptr_null(sbatch_line("\177ELF", &length));
}
END_TEST

static bool parsed(const char *text, struct slurm_row *row)
{
	char line[256];
	snprintf(line, sizeof(line), "%s", text);
	return slurm_row_parse(line, "id", row);
}

START_TEST(only_jobs_with_our_comment_are_taken)
{
	struct slurm_row row;
	ck_assert(parsed("12|N/A|12|PENDING|0|Priority|4294901757||krtask:id:7:2|", &row));
	ck_assert_uint_eq(row.job, 12);
	ck_assert_uint_eq(row.number, 7);
	ck_assert_uint_eq(row.attempt, 2);
	ck_assert(!row.held);
	ck_assert_str_eq(row.reason, "Priority");
	ck_assert(parsed("12|N/A|12|PENDING|0|JobHeldUser|0||krtask:id:7:1|", &row));
	ck_assert(row.held);
	ck_assert(parsed("12|N/A|12|CANCELLED by 0|0|None|0|n1|krtask:id:7:1|", &row));
	ck_assert_str_eq(row.state, "CANCELLED");
	ck_assert_str_eq(row.node, "n1");
	ck_assert(!row.held);
	static const char *const others[] = {
		"12|N/A|12|PENDING|0|Priority|1||krtask:other:7:1|",
		"12|N/A|12|PENDING|0|Priority|1||krtask:id2:7:1|",
		"12|N/A|12|PENDING|0|Priority|1||krtask:id27:1|",
		"12|N/A|12|PENDING|0|Priority|1||krtask:id:7|",
		"12|N/A|12|PENDING|0|Priority|1||krtask:id:7:0|",
		"12|N/A|12|PENDING|0|Priority|1||krtask:id:0:1|",
		"12|N/A|12|PENDING|0|Priority|1||krtask:id:7:1x|",
		"12|N/A|12|PENDING|0|Priority|1||(null)|",
		"12_[1-2]|1-2|x|PENDING|0|Priority|1||krtask:id:7:1|",
		"12|N/A|12|PENDING|0|Priority|1|",
		"",
	};
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
		ck_assert_msg(!parsed(others[i], &row), "%s", others[i]);
}
END_TEST

START_TEST(states_have_their_meaning)
{
	static const struct {
		const char *state;
		enum slurm_condition condition;
	} states[] = {
		{ "PENDING", SLURM_PENDING },     { "RUNNING", SLURM_ACTIVE },
		{ "COMPLETING", SLURM_ACTIVE },   { "CONFIGURING", SLURM_ACTIVE },
		{ "SUSPENDED", SLURM_ACTIVE },    { "COMPLETED", SLURM_OVER },
		{ "FAILED", SLURM_OVER },         { "CANCELLED", SLURM_OVER },
		{ "TIMEOUT", SLURM_FATAL },       { "DEADLINE", SLURM_FATAL },
		{ "OUT_OF_MEMORY", SLURM_FATAL }, { "NODE_FAIL", SLURM_LOST },
		{ "BOOT_FAIL", SLURM_LOST },      { "PREEMPTED", SLURM_LOST },
	};
	for (size_t i = 0; i < sizeof(states) / sizeof(*states); i++)
		ck_assert_msg(slurm_condition_of(states[i].state) == states[i].condition, "%s",
		              states[i].state);
}
END_TEST

START_TEST(a_script_has_its_options_in_order)
{
	struct strings command = STRINGS_INIT;
	ck_assert_int_eq(strings_add(&command, "echo"), 0);
	ck_assert_int_eq(strings_add(&command, "it's"), 0);
	const struct script script = { .identity = "id",
		                       .directory = "/a b",
		                       .base = "7",
		                       .cwd = "/",
		                       .command = &command,
		                       .group_options = "-p group",
		                       .options = "-p task",
		                       .time_limit = 60001,
		                       .umask = 027 };
	size_t head;
	char *text = script_write(&script, &head);
	static const char first[] = "#!/bin/sh\n#SBATCH --time=2\n";
	ck_assert_uint_eq(head, sizeof(first) - 1);
	ck_assert_int_eq(strncmp(text, first, head), 0);
	static const char then[] = "#SBATCH -p group\n#SBATCH -p task\numask 0077\nkrtask_umask=0027\n";
	ck_assert_int_eq(strncmp(text + head, then, sizeof(then) - 1), 0);
	ck_assert_ptr_nonnull(strstr(text, "\nset -- 'echo' 'it'\\''s'\n"));
	ck_assert_ptr_nonnull(strstr(text, "krtask_dir='/a b'\n"));
	free(text);
	strings_release(&command);
}
END_TEST

/* sbatch writes these lines, and fails: what is said of them. */
static void explained(const char *lines, const char *reason)
{
	char directory[] = "/tmp/krtask-slurm.XXXXXX", path[64];
	ck_assert_ptr_nonnull(mkdtemp(directory));
	snprintf(path, sizeof(path), "%s/sbatch", directory);
	FILE *file = fopen(path, "w");
	ck_assert_ptr_nonnull(file);
	fprintf(file, "#!/bin/sh\ncat >&2 <<'EOF'\n%sEOF\nexit 1\n", lines);
	ck_assert_int_eq(fchmod(fileno(file), 0700), 0);
	int closed = fclose(file);
	ck_assert_int_eq(closed, 0);
	int stop = eventfd(0, EFD_CLOEXEC);
	struct program program = { .directory = directory, .stop = stop };
	ck_assert_int_eq(strings_add(&program.arguments, "sbatch"), 0);
	ck_assert_int_eq(program_run(&program), PROGRAM_REFUSED);
	ck_assert_str_eq(program.error, reason);
	program_release(&program);
	close(stop);
	unlink(path);
	rmdir(directory);
}

START_TEST(the_line_that_says_why_is_found)
{
	explained("sbatch: error: first line\n"
	          "sbatch: error: Batch job submission failed: Invalid account or partition\n",
	          "Batch job submission failed: Invalid account or partition");
	explained("sbatch: error: resolve_ctls_from_dns_srv: res_nsearch error: Unknown host\n"
	          "sbatch: error: fetch_config: DNS SRV lookup failed\n"
	          "sbatch: fatal: Could not establish a configuration source\n",
	          "Could not establish a configuration source");
	explained("sbatch: fatal: no\nsbatch: error: later\n", "no");
	explained("hint\nsbatch: error: one\nsbatch: error: two\nsee the manual\n\n", "two");
	explained("hint\nsbatch: not today\n \n", "not today");
	explained("sbatch: unrecognized option '--nonsense'\nTry \"sbatch --help\" for more information\n",
	          "unrecognized option '--nonsense'");
	explained("Usage\nsee the manual\n", "see the manual");
	explained("", "it ended with status 1");
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		options_that_make_something_else_than_one_job_are_refused,
		lines_of_a_script_are_found_before_its_first_command,
		only_jobs_with_our_comment_are_taken,
		states_have_their_meaning,
		a_script_has_its_options_in_order,
		the_line_that_says_why_is_found,
	};
	return unit_run("slurm", NULL, NULL, tests);
}
