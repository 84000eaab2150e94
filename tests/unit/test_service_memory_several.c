/* What is asked for several tasks or settings at once, or in several steps, while memory runs out. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/unit/event_memory.h"
#include "tests/unit/loop_memory.h"
#include "tests/unit/refusals.h"
#include "tests/unit/service_peer.h"
#include "tests/unit/unit.h"

/* All that is shown of a task and does not depend on the time. */
#define TASK(id)                                                                                                  \
	CALL("List",                                                                                              \
	     "\"columns\":[\"id\",\"name\",\"description\",\"state\",\"group\",\"command\",\"cwd\",\"priority\"," \
	     "\"after\",\"held\",\"statusMessage\",\"options\",\"unique\",\"retryOn\",\"onEnd\",\"webhook\","     \
	     "\"beginAt\",\"timeLimit\",\"nice\",\"cpuList\"],\"compact\":true,\"ids\":[\"" id "\"]")
#define STATUS CALL("ServerStatus", "")
#define WAITS(id)                                                                                            \
	CALL("Create",                                                                                       \
	     "\"id\":\"" id "\",\"command\":[\"true\"],\"cwd\":\"/\",\"after\":[\"other\"],\"start\":true")
#define BOTH "\"ids\":[\"t\",\"u\"]"
#define GONE                                                                                                 \
	{                                                                                                    \
		CALL("Stop", BOTH), CALL("Remove", BOTH)                                                     \
	}
#define ALL_SETTINGS                                                                                                   \
	"\"unmet\":\"hold\",\"weight\":2,\"retries\":4,\"retryDelay\":5,\"retryMax\":50,\"retryOn\":[\"3\",\"TERM\"]," \
	"\"retryLost\":true,\"nice\":5,\"ionice\":\"idle\",\"cpuList\":\"0\",\"onEnd\":\"echo the end\","              \
	"\"webhook\":\"http://localhost:1/x\",\"beginAt\":\"2099-01-01T00:00:00Z\",\"timeLimit\":60,"                  \
	"\"killAfter\":7,\"merge\":true,\"maxLog\":77,\"variables\":[\"A=one\",\"B=two\"]"

static const struct refusal acts[] = {
	{ "Create with a nonce, a key and all settings",
	  { NULL },
	  CALL("Create",
	       "\"id\":\"t\",\"command\":[\"true\"],\"cwd\":\"/\",\"unique\":\"its key\",\"autoRemove\":true,"
	       "\"nonce\":\"00112233445566778899aabbccddeeff\"," ALL_SETTINGS),
	  { TASK("t") },
	  GONE,
	  false },
	{ "Set of all settings, of two",
	  { CREATE("t", ""), WAITS("u") },
	  CALL("Set", BOTH "," ALL_SETTINGS),
	  { TASK("t"), TASK("u") },
	  GONE,
	  false },
	{ "Set of each in the same way",
	  { CREATE("t", ""), WAITS("u") },
	  CALL("Set", BOTH ",\"each\":true,\"priority\":3,\"description\":\"what both do\""),
	  { TASK("t"), TASK("u") },
	  GONE,
	  true },
	{ "Set of each as its edit says",
	  { CREATE("t", ""), WAITS("u") },
	  CALL("Set",
	       "\"each\":true,\"edits\":[{\"id\":\"t\",\"name\":\"its name\"},{\"id\":\"u\",\"priority\":3}]"),
	  { TASK("t"), TASK("u") },
	  GONE,
	  true },
	{ "Start of two",
	  { CREATE("t", ",\"after\":[\"other\"]"), CREATE("u", ",\"after\":[\"other\"]") },
	  CALL("Start", BOTH),
	  { TASK("t"), TASK("u") },
	  GONE,
	  true },
	{ "Stop of two",
	  { CREATE("t", ""), WAITS("u") },
	  CALL("Stop", BOTH),
	  { TASK("t"), TASK("u") },
	  GONE,
	  true },
	{ "Pause of two",
	  { WAITS("t"), WAITS("u") },
	  CALL("Pause", BOTH),
	  { TASK("t"), TASK("u") },
	  GONE,
	  true },
	{ "Resume of two",
	  { WAITS("t"), WAITS("u"), CALL("Pause", BOTH) },
	  CALL("Resume", BOTH),
	  { TASK("t"), TASK("u") },
	  GONE,
	  true },
	{ "Remove of two",
	  { CREATE("t", ""), CREATE("u", ""), CALL("Stop", BOTH) },
	  CALL("Remove", BOTH),
	  { TASK("t"), TASK("u") },
	  GONE,
	  true },
	{ "Remove of a parent",
	  { CREATE("t", ""), CREATE("u", ",\"parent\":\"t\""), CALL("Stop", BOTH) },
	  CALL("Remove", "\"id\":\"t\""),
	  { TASK("t"), TASK("u") },
	  GONE,
	  false },
	{ "Again of one for which another waits",
	  { CREATE("t", ",\"start\":true"), CALL("Wait", "\"ids\":[\"t\"]"),
	    CREATE("u", ",\"after\":[\"t:fail\"],\"unmet\":\"hold\",\"start\":true") },
	  CALL("Again", "\"task\":\"t\",\"id\":\"v\",\"adopt\":true,\"after\":[\"other\"]"),
	  { TASK("t"), TASK("u"), TASK("v") },
	  { CALL("Stop", "\"ids\":[\"u\",\"v\"]"), CALL("Remove", "\"ids\":[\"u\",\"v\",\"t\"]") },
	  false },
	{ "ServerSet",
	  { NULL },
	  CALL("ServerSet",
	       "\"slots\":3,\"hookLimit\":9,\"keep\":100000,\"keepFailed\":200000,\"keepSize\":300000"),
	  { STATUS },
	  { CALL("ServerSet", "\"slots\":0,\"hookLimit\":8,\"keep\":0,\"keepFailed\":0,\"keepSize\":0") },
	  false },
	{ "ServerPause", { NULL }, CALL("ServerPause", ""), { STATUS }, { CALL("ServerResume", "") }, false },
	{ "ServerResume",
	  { CALL("ServerPause", "") },
	  CALL("ServerResume", ""),
	  { STATUS },
	  { CALL("ServerResume", "") },
	  false },
	{ "GroupAdd over tasks",
	  { CREATE("t", ",\"group\":\"new\""),
	    CREATE("u", ",\"group\":\"new\",\"after\":[\"other\"],\"start\":true") },
	  CALL("GroupAdd",
	       "\"name\":\"new\",\"slots\":2,\"priority\":3,\"pauseOnFail\":true,\"nice\":4,\"onEmpty\":\"echo none\""),
	  { CALL("GroupList", ""), TASK("t"), TASK("u") },
	  { CALL("Stop", BOTH), CALL("Remove", BOTH), CALL("GroupRemove", "\"name\":\"new\"") },
	  false },
	{ "GroupSet of all",
	  { CALL("GroupAdd", "\"name\":\"new\",\"devices\":\"V=0-2\"") },
	  CALL("GroupSet",
	       "\"name\":\"new\",\"priority\":3,\"pauseOnFail\":true,\"devices\":\"W=a,b\",\"nice\":4,\"onEmpty\":\"echo none\""),
	  { CALL("GroupList", "") },
	  { CALL("GroupRemove", "\"name\":\"new\"") },
	  false },
};

START_TEST(what_memory_refuses_is_not_done)
{
	refusal_check(&acts[_i]);
}
END_TEST

static unsigned count_of(const char *text, const char *part)
{
	unsigned count = 0;

	while (text && (text = strstr(text, part))) {
		text += strlen(part);
		count++;
	}
	return count;
}

/* The ids are new each time, so the server is, too. */
START_TEST(again_of_several_tells_all_that_were_made)
{
	enum { BEFORE = 4 };
	bool failed = true;

	for (unsigned long at = 1; failed; at++) {
		char *got, *tasks;
		int fd;

		peer_begin();
		ask_and_forget(CREATE("o", ""));
		ask_and_forget(CREATE("a", ""));
		ask_and_forget(CREATE("b", ""));
		ask_and_forget(CREATE("c", ""));
		ask_and_forget(CALL("Stop", "\"ids\":[\"a\",\"b\",\"c\"]"));
		fd = dial();
		loop_memory_begin(at);
		got = ask(fd, CALL("Again", "\"tasks\":[\"a\",\"b\",\"nobody\",\"c\"],\"after\":[\"o\"]"));
		failed = loop_memory_end() >= at;
		close(fd);
		fd = dial();
		tasks = ask(fd, CALL("List", "\"columns\":[\"id\"]"));
		close(fd);
		ck_assert_msg(!got || count_of(got, "{\"id\":") == count_of(tasks, "{\"id\":") - BEFORE,
		              "%lu: %s, and %s", at, got, tasks);
		ck_assert(got || failed);
		free(got);
		free(tasks);
		peer_teardown();
	}
}
END_TEST

/* Tasks of that connection get it, if the reply says so. */
START_TEST(an_environment_that_memory_refuses_is_not_taken)
{
	bool failed = true;

	for (unsigned long at = 1; failed; at++) {
		int fd = dial();
		bool taken;
		char *got, *end;

		loop_memory_begin(at);
		got = ask(fd,
		          CALL("Environment",
		               "\"variables\":\"TUFSSz1oZXJlAFBBVEg9L3Vzci9iaW46L2JpbgA=\",\"always\":true"));
		failed = loop_memory_end() >= at;
		taken = got && strstr(got, "\"hash\"");
		ck_assert(taken || failed);
		end = got ? ask(fd,
		                CALL("Create",
		                     "\"id\":\"t\",\"command\":[\"/bin/sh\",\"-c\",\"test $MARK = here\"],\"cwd\":\"/\",\"start\":true"))
		          : NULL;
		free(end);
		close(fd);
		fd = dial();
		end = got ? ask(fd, CALL("Wait", "\"ids\":[\"t\"]")) : NULL;
		ck_assert_msg(!got || strstr(end, taken ? "Completed" : "Failed"), "%lu: %s, and %s", at, got,
		              end);
		free(end);
		free(got);
		close(fd);
		ask_and_forget(CALL("Remove", "\"id\":\"t\""));
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("service_memory_several");
	TCase *shared = tcase_create("acts"), *fresh = tcase_create("fresh");

	event_memory_own();
	tcase_add_checked_fixture(shared, peer_setup, peer_teardown);
	tcase_set_timeout(shared, 60);
	tcase_set_timeout(fresh, 60);
	tcase_add_loop_test(shared, what_memory_refuses_is_not_done, 0, sizeof(acts) / sizeof(*acts));
	tcase_add_test(shared, an_environment_that_memory_refuses_is_not_taken);
	tcase_add_test(fresh, again_of_several_tells_all_that_were_made);
	suite_add_tcase(suite, shared);
	suite_add_tcase(suite, fresh);
	return unit_main(suite);
}
