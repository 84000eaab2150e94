/*
 * What changes something, while memory runs out at each allocation in turn: those of jansson and libevent, too.  An error means that
 * nothing was done; the usual reply, that all was; the end of the connection, one of the two.
 */
#include <event2/event.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/unit/loop_memory.h"
#include "tests/unit/service_peer.h"
#include "tests/unit/unit.h"

enum { STEPS = 4, ALLOCATIONS_MAX = 5000 };

/* All that is shown of tasks and does not depend on the time. */
#define TASKS                                                                                                \
	CALL("List",                                                                                         \
	     "\"columns\":[\"id\",\"name\",\"description\",\"state\",\"parentId\",\"childrenId\",\"group\"," \
	     "\"command\",\"cwd\",\"priority\",\"weight\",\"after\",\"statusMessage\",\"held\","             \
	     "\"timeLimit\",\"retries\",\"variablesBase64\"],\"compact\":true,\"sort\":\"id\"")
#define GROUPS CALL("GroupList", "")

static const struct {
	const char *name;
	const char *before[STEPS]; /* is done first */
	const char *act, *shows;
	const char *undo[STEPS];
} acts[] = {
	{ "Create",
	  { NULL },
	  CALL("Create",
	       "\"id\":\"t\",\"command\":[\"/bin/echo\",\"a long word that has to be read to its end\"],"
	       "\"cwd\":\"/usr\",\"name\":\"its name\",\"description\":\"what it does\",\"group\":\"h\","
	       "\"parent\":\"build\",\"priority\":7,\"retries\":2,\"timeLimit\":60"),
	  TASKS,
	  { CALL("Stop", "\"id\":\"t\""), CALL("Remove", "\"id\":\"t\"") } },
	{ "Create, read by jansson",
	  { NULL },
	  CALL("Create",
	       "\"id\":\"t\",\"command\":[\"/bin/echo\",\"\\u00e9 and a word that has to be read to its end\"],"
	       "\"cwd\":\"/usr\",\"after\":[\"other:any\"]"),
	  TASKS,
	  { CALL("Stop", "\"id\":\"t\""), CALL("Remove", "\"id\":\"t\"") } },
	{ "Create and start one that waits",
	  { NULL },
	  CALL("Create",
	       "\"id\":\"t\",\"command\":[\"true\"],\"cwd\":\"/\",\"after\":[\"other\"],\"start\":true"),
	  TASKS,
	  { CALL("Stop", "\"id\":\"t\""), CALL("Remove", "\"id\":\"t\"") } },
	{ "Start one that waits",
	  { CALL("Create", "\"id\":\"t\",\"command\":[\"true\"],\"cwd\":\"/\",\"after\":[\"other\"]") },
	  CALL("Start", "\"id\":\"t\""),
	  TASKS,
	  { CALL("Stop", "\"id\":\"t\""), CALL("Remove", "\"id\":\"t\"") } },
	{ "Set",
	  { CREATE("t", "") },
	  CALL("Set",
	       "\"id\":\"t\",\"name\":\"another name\",\"description\":\"what it does now\",\"priority\":3,"
	       "\"after\":[\"other:any\"],\"timeLimit\":5,\"command\":[\"/bin/echo\",\"another word\"]"),
	  TASKS,
	  { CALL("Stop", "\"id\":\"t\""), CALL("Remove", "\"id\":\"t\"") } },
	{ "Set of two, in one way",
	  { CREATE("t", ""), CREATE("u", "") },
	  CALL("Set", "\"ids\":[\"t\",\"u\"],\"description\":\"what both do now\",\"priority\":3"),
	  TASKS,
	  { CALL("Stop", "\"ids\":[\"t\",\"u\"]"), CALL("Remove", "\"ids\":[\"t\",\"u\"]") } },
	{ "Set of two, in two ways",
	  { CREATE("t", ""), CREATE("u", "") },
	  CALL("Set", "\"edits\":[{\"id\":\"t\",\"name\":\"its new name\",\"after\":[\"u:any\"]},"
	              "{\"id\":\"u\",\"command\":[\"/bin/echo\",\"other words\"]}]"),
	  TASKS,
	  { CALL("Stop", "\"ids\":[\"t\",\"u\"]"), CALL("Remove", "\"ids\":[\"t\",\"u\"]") } },
	{ "Again",
	  { CREATE("t", ",\"description\":\"what it does\""), CALL("Stop", "\"id\":\"t\"") },
	  CALL("Again",
	       "\"task\":\"t\",\"id\":\"u\",\"start\":false,\"name\":\"its other name\",\"variables\":[\"A=a value\"]"),
	  TASKS,
	  { CALL("Stop", "\"id\":\"u\""), CALL("Remove", "\"id\":\"u\""), CALL("Remove", "\"id\":\"t\"") } },
	{ "Pause",
	  { CALL("Create",
	         "\"id\":\"t\",\"command\":[\"true\"],\"cwd\":\"/\",\"after\":[\"other\"],\"start\":true") },
	  CALL("Pause", "\"id\":\"t\""),
	  TASKS,
	  { CALL("Stop", "\"id\":\"t\""), CALL("Remove", "\"id\":\"t\"") } },
	{ "Resume",
	  { CALL("Create",
	         "\"id\":\"t\",\"command\":[\"true\"],\"cwd\":\"/\",\"after\":[\"other\"],\"start\":true"),
	    CALL("Pause", "\"id\":\"t\"") },
	  CALL("Resume", "\"id\":\"t\""),
	  TASKS,
	  { CALL("Stop", "\"id\":\"t\""), CALL("Remove", "\"id\":\"t\"") } },
	{ "Remove",
	  { CREATE("t", ""), CALL("Stop", "\"id\":\"t\"") },
	  CALL("Remove", "\"id\":\"t\""),
	  TASKS,
	  { CALL("Remove", "\"id\":\"t\"") } },
	{ "Stop of several",
	  { CREATE("t", ""), CREATE("u", "") },
	  CALL("Stop", "\"ids\":[\"t\",\"nobody\"]"),
	  TASKS,
	  { CALL("Stop", "\"ids\":[\"t\",\"u\"]"), CALL("Remove", "\"ids\":[\"t\",\"u\"]") } },
	{ "GroupAdd",
	  { NULL },
	  CALL("GroupAdd", "\"name\":\"new\",\"devices\":\"A_VARIABLE_WITH_A_LONG_NAME=0-2\""),
	  GROUPS,
	  { CALL("GroupRemove", "\"name\":\"new\"") } },
	{ "GroupSet",
	  { CALL("GroupAdd", "\"name\":\"new\",\"slots\":3") },
	  CALL("GroupSet", "\"name\":\"new\",\"slots\":5,\"priority\":2"),
	  GROUPS,
	  { CALL("GroupRemove", "\"name\":\"new\"") } },
	{ "GroupPause",
	  { CALL("GroupAdd", "\"name\":\"new\",\"slots\":3") },
	  CALL("GroupPause", "\"name\":\"new\""),
	  GROUPS,
	  { CALL("GroupRemove", "\"name\":\"new\"") } },
	{ "GroupResume",
	  { CALL("GroupAdd", "\"name\":\"new\",\"slots\":3"), CALL("GroupPause", "\"name\":\"new\"") },
	  CALL("GroupResume", "\"name\":\"new\""),
	  GROUPS,
	  { CALL("GroupRemove", "\"name\":\"new\"") } },
	{ "GroupRemove",
	  { CALL("GroupAdd", "\"name\":\"new\",\"slots\":3") },
	  CALL("GroupRemove", "\"name\":\"new\""),
	  GROUPS,
	  { CALL("GroupRemove", "\"name\":\"new\"") } },
};

static char *shown(const char *frame)
{
	int fd = dial();
	char *got = ask(fd, frame);

	ck_assert_ptr_nonnull(got);
	ck_assert_msg(!strstr(got, "\"error\""), "%s", got);
	close(fd);
	return got;
}

static void take_steps(const char *const steps[STEPS])
{
	for (int i = 0; i < STEPS && steps[i]; i++)
		ask_and_forget(steps[i]);
}

/* Does it, with the allocation of this number failing (0: none).  True: that one was reached. */
static bool act(int number, unsigned long at, char **got, char **after)
{
	int fd;
	bool failed;

	take_steps(acts[number].before);
	fd = dial();
	loop_memory_begin(at);
	*got = ask(fd, acts[number].act);
	failed = loop_memory_end() >= at;
	close(fd);
	*after = shown(acts[number].shows);
	take_steps(acts[number].undo);
	return failed;
}

START_TEST(what_memory_refuses_is_not_done)
{
	const char *name = acts[_i].name;
	char *answer, *done, *undone;
	bool failed = true;

	take_steps(acts[_i].before);
	undone = shown(acts[_i].shows);
	take_steps(acts[_i].undo);
	(void)act(_i, 0, &answer, &done);
	ck_assert_msg(answer && !strstr(answer, "\"error\""), "%s: %s", name, answer ? answer : "closed");
	ck_assert_msg(strcmp(done, undone) != 0, "%s changes nothing", name);
	for (unsigned long at = 1; failed; at++) {
		char *got, *after;

		failed = act(_i, at, &got, &after);
		if (got && strcmp(got, answer) == 0)
			ck_assert_msg(strcmp(after, done) == 0, "%s, %lu: %s is not %s", name, at, after,
			              done);
		else if (got)
			ck_assert_msg(
				strcmp(got, "{\"error\":\"io.krtask.OutOfMemory\",\"parameters\":{}}") == 0 &&
					strcmp(after, undone) == 0,
				"%s, %lu: %s, and %s is not %s", name, at, got, after, undone);
		else
			ck_assert_msg(strcmp(after, done) == 0 || strcmp(after, undone) == 0, "%s, %lu: %s",
			              name, at, after);
		ck_assert(got || failed);
		free(got);
		free(after);
		ck_assert_uint_lt(at, ALLOCATIONS_MAX);
	}
	free(answer);
	free(done);
	free(undone);
}
END_TEST

/* Those of this program can be made to fail. */
static void *own_malloc(size_t size)
{
	return malloc(size);
}

static void *own_realloc(void *memory, size_t size)
{
	return realloc(memory, size);
}

int main(void)
{
	Suite *suite = suite_create("service_memory");
	TCase *tcase = tcase_create("acts");

	event_set_mem_functions(own_malloc, own_realloc, free);
	tcase_add_checked_fixture(tcase, peer_setup, peer_teardown);
	tcase_add_loop_test(tcase, what_memory_refuses_is_not_done, 0, sizeof(acts) / sizeof(*acts));
	suite_add_tcase(suite, tcase);
	return unit_main(suite);
}
