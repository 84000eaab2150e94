#include "tests/unit/scripted_slurm.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/core/kernel.h"
#include "engine/exec/slurm/slurm.h"
#include "engine/task/messages.h"
#include "tests/unit/scratch.h"
#include "tests/unit/unit.h"

int scripted_program_ms;
static char pilot[512];   /* the program */
static char scratch[256]; /* the directory: paths of scratch_path() do not last */

void scripted_local_setup(void)
{
	scripted_setup();
	snprintf(scratch, sizeof(scratch), "%s", scratch_path(""));
	local_options.directory = scratch;
}

static struct task_group group = { .settings = { .executor = GROUP_SLURM } };

static int open_slurm(struct executor **opened)
{
	const struct slurm_options options = { .base = base,
		                               .identity = identity,
		                               .address = "unix:/none",
		                               .programs = scratch_path("bin"),
		                               .pilot = pilot,
		                               .now = local_options.now,
		                               .own_environment = local_options.own_environment,
		                               .least_ms = 20,
		                               .most_ms = 100,
		                               .program_ms = scripted_program_ms };
	return slurm_open(opened, &options);
}

static void close_slurm(struct executor *opened)
{
	slurm_silence(opened);
	slurm_close(opened);
}

static void fit_slurm(struct task *task)
{
	ck_assert_int_eq(record_make_standing(&registry.slabs, task), 0);
	task->standing->group = &group;
}

void scripted_slurm_setup(void)
{
	static const char *const names[] = { "sbatch", "squeue", "scontrol", "scancel" };
	static const struct scripted_kind kind = { open_slurm, close_slurm, fit_slurm };
	const char *top = getenv("top_srcdir");
	char program[512], path[512];
	scripted_local_setup();
	scripted_close();
	snprintf(program, sizeof(program), "%s/tests/unit/cluster", top ? top : ".");
	ck_assert_int_eq(mkdir(scratch_path("bin"), 0700), 0);
	ck_assert_int_eq(mkdir(scratch_path("shared"), 0700), 0);
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		snprintf(path, sizeof(path), "bin/%s", names[i]);
		ck_assert_int_eq(symlink(program, scratch_path(path)), 0);
	}
	group.settings.directory = strdup(scratch_path("shared"));
	scripted_kind = &kind;
	scripted_open();
}

void scripted_pilots_setup(void)
{
	const char *top = getenv("abs_top_builddir");
	snprintf(pilot, sizeof(pilot), "%s/krtask-pilot", top ? top : ".");
	/* They end soon when a test is over. */
	setenv("KRTASK_PILOT_IDLE", "1", 1);
	group.settings.pilots = 2;
	group.settings.pilot_slots = 4;
	scripted_slurm_setup();
}

void scripted_pilot_program(const char *program)
{
	scripted_close();
	snprintf(pilot, sizeof(pilot), "%s", program);
	scripted_open();
}

void scripted_slurm_teardown(void)
{
	scripted_teardown();
	scripted_kind = NULL;
	free(group.settings.directory);
	group.settings.directory = NULL;
	group.settings.pilots = group.settings.pilot_slots = 0;
	scripted_program_ms = 0;
}

bool scripted_exists(const char *name)
{
	char path[512];
	snprintf(path, sizeof(path), "%s/%s", scratch, name);
	return access(path, F_OK) == 0;
}

struct subject *prepared(const char *id, const char *code)
{
	struct subject *subject = subject_new(id, code);
	prepare(subject);
	await(subject, "prepared");
	return subject;
}

struct subject *released(const char *id, const char *code)
{
	struct subject *subject = prepared(id, code);
	go(subject);
	return subject;
}

struct subject *running(const char *id, const char *code)
{
	struct subject *subject = released(id, code);
	await(subject, "prepared began");
	return subject;
}

struct subject *ended(const char *id, const char *code)
{
	struct subject *subject = released(id, code);
	await(subject, "prepared began ended");
	return subject;
}

int count_calls(const char *program)
{
	char line[4096];
	int count = 0;
	FILE *file = fopen(scratch_path("calls"), "r");
	while (file && fgets(line, sizeof(line), file))
		count += strncmp(line, program, strlen(program)) == 0;
	if (file)
		(void)fclose(file);
	return count;
}

pid_t job_group(int job)
{
	char path[64], text[32] = "";
	snprintf(path, sizeof(path), "jobs/%d/pid", job);
	FILE *file = fopen(scratch_path(path), "r");
	ck_assert_ptr_nonnull(file);
	ck_assert_ptr_nonnull(fgets(text, sizeof(text), file));
	int closed = fclose(file);
	ck_assert_int_eq(closed, 0);
	pid_t leader = (pid_t)strtol(text, NULL, 10);
	ck_assert_int_gt(leader, 1);
	return leader;
}

void signal_pilot(int job, int number)
{
	ck_assert_int_eq(kill(-job_group(job), number), 0);
}

void check_lost(const struct subject *subject, const char *state)
{
	ck_assert(!subject->end.known);
	ck_assert_int_eq(subject->end.exit_code, -1);
	unit_expect(subject->end.message, MSG_PILOT_LOST, state);
}
