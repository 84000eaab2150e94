#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "engine/task/environment.h"
#include "tests/unit/unit.h"

static const char *variable_of(const struct environment *env, const char *name)
{
	return strings_value(&env->variables, name, strlen(name));
}

START_TEST(what_is_captured_is_what_is)
{
	struct environment env;
	/* setenv() would make neither of these */
	static char cut[] = "KRTEST_NOVALUE", nameless[] = "=nameless";
	static char variables[][24] = { "KRTEST=a=b", "KRTEST_BYTES=\xff\n", "KRTASK_ID=12" };
	static char *made[] = { nameless, cut, variables[0], variables[1], variables[2], NULL };

	umask(027);
	signal(SIGUSR2, SIG_IGN);
	signal(SIGHUP, SIG_DFL);
	struct rlimit limit = { .rlim_cur = 100, .rlim_max = 200 };
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
	environ = made;
	ck_assert_int_eq(setpriority(PRIO_PROCESS, 0, 7), 0);
	const unsigned long first_cpu = 1;
	ck_assert_int_gt(syscall(SYS_sched_setaffinity, 0, sizeof(first_cpu), &first_cpu), -1);

	ck_assert_int_eq(environment_capture(&env), 0);
	ck_assert_uint_eq(strings_count(&env.variables), 3);
	ck_assert_str_eq(variable_of(&env, "KRTEST"), "a=b");
	ck_assert_str_eq(variable_of(&env, "KRTEST_BYTES"), "\xff\n");
	ck_assert_str_eq(variable_of(&env, "KRTASK_ID"), "12");
	ck_assert_ptr_null(variable_of(&env, "KRTEST_"));
	ck_assert_ptr_null(variable_of(&env, "KRTEST_NOVALUE"));
	ck_assert_ptr_null(variable_of(&env, ""));
	ck_assert_uint_eq(env.umask, 027);
	ck_assert_uint_eq(umask(0), 027);
	ck_assert(env.ignored & UINT64_C(1) << (SIGUSR2 - 1));
	ck_assert(!(env.ignored & UINT64_C(1) << (SIGHUP - 1)));
	ck_assert(env.has_limits);
	ck_assert_uint_eq(env.limits[RLIMIT_NOFILE].rlim_cur, 100);
	ck_assert_uint_eq(env.limits[RLIMIT_NOFILE].rlim_max, 200);
	ck_assert(env.has_schedule);
	ck_assert_int_eq(env.niceness, 7);
	ck_assert_uint_eq(cpus_length(&env.cpus), 1);
	ck_assert(cpus_has(&env.cpus, 0) && !cpus_has(&env.cpus, 1));
	environment_release(&env);
	ck_assert_ptr_null(variable_of(&env, "KRTEST"));
}
END_TEST

static void sample(struct environment *env, bool limits, bool schedule)
{
	*env = (struct environment){ .umask = 0077,
		                     .ignored = UINT64_C(0x8000000000000001),
		                     .has_limits = limits };
	strings_add(&env->variables, "A=1");
	strings_add(&env->variables, "B=\xff");
	for (int i = 0; limits && i < RLIM_NLIMITS; i++)
		env->limits[i] = (struct rlimit){ .rlim_cur = (rlim_t)i, .rlim_max = RLIM_INFINITY };
	if (!schedule)
		return;
	env->has_schedule = true;
	env->niceness = -20;
	env->io_priority = 2 << 13 | 7;
	env->oom_score = -1000;
	cpus_add(&env->cpus, 0);
	cpus_add(&env->cpus, 17);
}

START_TEST(what_cannot_be_read_is_not_left_out)
{
	struct environment env = { 0 };
	struct rlimit limit, none;

	ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
	none = (struct rlimit){ 0, limit.rlim_max };
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &none), 0);
	ck_assert_int_eq(environment_capture(&env), -EMFILE);
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
	ck_assert_int_eq(environment_capture(&env), 0);
	environment_release(&env);
}
END_TEST

START_TEST(packing_goes_both_ways)
{
	struct environment env, back;
	char *block, *again;
	size_t length, length_again;

	sample(&env, _i & 1, _i & 2);
	ck_assert_int_eq(environment_pack(&env, &block, &length), 0);
	ck_assert_int_eq(environment_unpack(&back, block, length), 0);
	ck_assert_uint_eq(back.umask, 0077);
	ck_assert(back.ignored == env.ignored);
	ck_assert_int_eq(back.has_limits, _i & 1);
	ck_assert_int_eq(back.has_schedule, env.has_schedule);
	ck_assert_int_eq(back.niceness, env.niceness);
	ck_assert_int_eq(back.io_priority, env.io_priority);
	ck_assert_int_eq(back.oom_score, env.oom_score);
	ck_assert_mem_eq(&back.cpus, &env.cpus, sizeof(env.cpus));
	ck_assert_mem_eq(back.limits, env.limits, sizeof(env.limits));
	ck_assert_str_eq(variable_of(&back, "B"), "\xff");
	ck_assert_int_eq(environment_pack(&back, &again, &length_again), 0);
	ck_assert_uint_eq(length, length_again);
	ck_assert_mem_eq(block, again, length);
	free(block);
	free(again);
	environment_release(&env);
	environment_release(&back);
}
END_TEST

START_TEST(an_empty_environment_packs)
{
	struct environment env = { .umask = 0 }, back;
	char *block;
	size_t length;

	ck_assert_int_eq(environment_pack(&env, &block, &length), 0);
	ck_assert_int_eq(environment_unpack(&back, block, length), 0);
	ck_assert_uint_eq(strings_count(&back.variables), 0);
	free(block);
}
END_TEST

START_TEST(every_cut_is_refused)
{
	struct environment env, back;
	char *block;
	size_t length;

	sample(&env, true, _i);
	ck_assert_int_eq(environment_pack(&env, &block, &length), 0);
	size_t variables = length - env.variables.length;
	for (size_t cut = 0; cut < length; cut++) {
		char *part = unit_exact(block, cut);
		int rc = environment_unpack(&back, part, cut);
		bool whole = cut == variables || (cut > variables && part[cut - 1] == '\0');
		ck_assert_int_eq(rc, whole ? 0 : -EINVAL);
		if (rc == 0)
			environment_release(&back);
		free(part);
	}
	free(block);
	environment_release(&env);
}
END_TEST

START_TEST(nonsense_is_refused)
{
	struct environment env, back;
	char *block;
	size_t length;

	sample(&env, true, false);
	ck_assert_int_eq(environment_pack(&env, &block, &length), 0);
	static const struct {
		size_t offset;
		char byte;
	} damages[] = { { 0, 'X' }, { 3, '3' }, { 5, 2 }, { 7, 1 }, { 16, 1 }, { 16, RLIM_NLIMITS + 1 },
		        { 19, 1 } };
	for (size_t i = 0; i < sizeof(damages) / sizeof(damages[0]); i++) {
		char kept = block[damages[i].offset];
		block[damages[i].offset] = damages[i].byte;
		ck_assert_int_eq(environment_unpack(&back, block, length), -EINVAL);
		block[damages[i].offset] = kept;
	}
	free(block);
	environment_release(&env);
}
END_TEST

START_TEST(a_schedule_that_cannot_be_is_refused)
{
	struct environment env, back;
	char *block;
	size_t length;

	sample(&env, false, true);
	ck_assert_int_eq(environment_pack(&env, &block, &length), 0);
	/*
	 * Behind the header: niceness -20, I/O priority, OOM score -1000, 3 bytes of CPUs, the last of them
	 * not 0.
	 */
	static const struct {
		size_t offset;
		char byte;
	} damages[] = { { 20, (char)0xeb }, { 23, 0 }, { 26, 1 }, { 28, 0x17 },
		        { 32, 2 },          { 33, 1 }, { 35, 1 }, { 38, 0 } };
	for (size_t i = 0; i < sizeof(damages) / sizeof(damages[0]); i++) {
		char kept = block[damages[i].offset];
		block[damages[i].offset] = damages[i].byte;
		ck_assert_int_eq(environment_unpack(&back, block, length), -EINVAL);
		block[damages[i].offset] = kept;
	}
	free(block);
	environment_release(&env);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("environment");
	TCase *tcase = tcase_create("environment");

	tcase_add_test(tcase, what_is_captured_is_what_is);
	tcase_add_test(tcase, what_cannot_be_read_is_not_left_out);
	tcase_add_loop_test(tcase, packing_goes_both_ways, 0, 4);
	tcase_add_test(tcase, an_empty_environment_packs);
	tcase_add_loop_test(tcase, every_cut_is_refused, 0, 2);
	tcase_add_test(tcase, nonsense_is_refused);
	tcase_add_test(tcase, a_schedule_that_cannot_be_is_refused);
	suite_add_tcase(suite, tcase);
	return unit_main(suite);
}
