/* What a logout does to the server. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "tests/unit/scratch.h"
#include "tests/unit/unit.h"
#include "tui/cli/logout.h"

static char paths[5][200];
static const char *configuration[] = { paths[2], paths[3], NULL };
static struct logout_places places;
static char unit[64];

static void setup(void)
{
	static const char *const names[] = { "cgroup", "linger", "logind.conf", "logind.conf.d", "busctl" };

	scratch_make();
	for (int i = 0; i < 5; i++)
		(void)snprintf(paths[i], sizeof(paths[i]), "%s", scratch_path(names[i]));
	ck_assert_int_eq(mkdir(paths[1], 0700), 0);
	ck_assert_int_eq(mkdir(paths[3], 0700), 0);
	places = (struct logout_places){ paths[0], paths[1], configuration, NULL, "me" };
}

static enum logout_end find_in(const char *cgroup)
{
	scratch_write("cgroup", cgroup, 0600);
	unit[0] = '\0';
	return logout_find(&places, unit);
}

static const char session[] = "0::/user.slice/user-1000.slice/session-5.scope\n";
static const char older[] =
	"9:pids:/user.slice\n1:name=systemd:/user.slice/user-1000.slice/session-c2.scope\n";
static const char manager[] = "0::/user.slice/user-1000.slice/user@1000.service/app.slice/terminal.scope\n";

START_TEST(what_no_session_has_stays)
{
	scratch_write("logind.conf", "[Login]\nKillUserProcesses=yes\n", 0600);
	ck_assert_int_eq(find_in("0::/system.slice/ssh.service\n"), LOGOUT_SURVIVES);
	ck_assert_int_eq(find_in("0::/\n"), LOGOUT_SURVIVES);
	ck_assert_int_eq(find_in("4:memory:/user.slice/session-5.scope\n0::/\n"), LOGOUT_SURVIVES);
	places.cgroup = scratch_path("nothing");
	ck_assert_int_eq(logout_find(&places, unit), LOGOUT_SURVIVES);
}
END_TEST

START_TEST(a_session_ends_as_logind_is_configured)
{
	ck_assert_int_eq(find_in(session), LOGOUT_SURVIVES);
	scratch_write("logind.conf", "[Login]\n#KillUserProcesses=no\nKillUserProcesses = yes\n", 0600);
	ck_assert_int_eq(find_in(session), LOGOUT_ENDS_SESSION);
	ck_assert_str_eq(unit, "session-5.scope");
	ck_assert_int_eq(find_in(older), LOGOUT_ENDS_SESSION);
	ck_assert_str_eq(unit, "session-c2.scope");
	scratch_write("logind.conf.d/50-mine.conf", "[Login]\nKillUserProcesses=no\n", 0600);
	scratch_write("logind.conf.d/60-mine.off", "[Login]\nKillUserProcesses=yes\n", 0600);
	ck_assert_int_eq(find_in(session), LOGOUT_SURVIVES);
	scratch_write("logind.conf.d/60-more.conf", "KillUserProcesses=true\n", 0600);
	ck_assert_int_eq(find_in(session), LOGOUT_ENDS_SESSION);
	/* A user who lingers has a manager that stays, but no session that stays. */
	scratch_write("linger/me", "", 0600);
	ck_assert_int_eq(find_in(session), LOGOUT_ENDS_SESSION);
}
END_TEST

START_TEST(logind_knows_best)
{
	scratch_write("logind.conf", "[Login]\nKillUserProcesses=yes\n", 0600);
	scratch_write("busctl", "#!/bin/sh\necho \"b false\"\n", 0700);
	places.busctl = paths[4];
	ck_assert_int_eq(find_in(session), LOGOUT_SURVIVES);
	scratch_write("busctl", "#!/bin/sh\necho \"b true\"\n", 0700);
	scratch_write("logind.conf", "[Login]\nKillUserProcesses=no\n", 0600);
	ck_assert_int_eq(find_in(session), LOGOUT_ENDS_SESSION);
	scratch_write("busctl", "#!/bin/sh\nexit 1\n", 0700);
	ck_assert_int_eq(find_in(session), LOGOUT_SURVIVES);
}
END_TEST

START_TEST(a_manager_ends_without_lingering)
{
	ck_assert_int_eq(find_in(manager), LOGOUT_ENDS_MANAGER);
	ck_assert_str_eq(unit, "user@1000.service");
	scratch_write("linger/other", "", 0600);
	ck_assert_int_eq(find_in(manager), LOGOUT_ENDS_MANAGER);
	scratch_write("linger/me", "", 0600);
	ck_assert_int_eq(find_in(manager), LOGOUT_SURVIVES);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("logout");
	TCase *tcase = tcase_create("logout");

	tcase_add_checked_fixture(tcase, setup, scratch_remove);
	tcase_add_test(tcase, what_no_session_has_stays);
	tcase_add_test(tcase, a_session_ends_as_logind_is_configured);
	tcase_add_test(tcase, logind_knows_best);
	tcase_add_test(tcase, a_manager_ends_without_lingering);
	suite_add_tcase(suite, tcase);
	return unit_main(suite);
}
