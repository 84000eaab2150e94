/* What changes one task or one group, while memory runs out. */
#include <stddef.h>

#include "tests/unit/event_memory.h"
#include "tests/unit/refusals.h"
#include "tests/unit/service_peer.h"
#include "tests/unit/unit.h"

/* All that is shown of tasks and does not depend on the time. */
#define TASKS                                                                                                \
	CALL("List",                                                                                         \
	     "\"columns\":[\"id\",\"name\",\"description\",\"state\",\"parentId\",\"childrenId\",\"group\"," \
	     "\"command\",\"cwd\",\"priority\",\"weight\",\"after\",\"statusMessage\",\"held\","             \
	     "\"timeLimit\",\"retries\",\"variablesBase64\"],\"compact\":true,\"sort\":\"id\"")
#define GROUPS CALL("GroupList", "")

static const struct refusal acts[] = {
	{ "Create",
	  { NULL },
	  CALL("Create",
	       "\"id\":\"t\",\"command\":[\"/bin/echo\",\"a long word that has to be read to its end\"],"
	       "\"cwd\":\"/usr\",\"name\":\"its name\",\"description\":\"what it does\",\"group\":\"h\","
	       "\"parent\":\"build\",\"priority\":7,\"retries\":2,\"timeLimit\":60"),
	  { TASKS },
	  { CALL("Stop", "\"id\":\"t\""), CALL("Remove", "\"id\":\"t\"") },
	  false },
	{ "Create, read by jansson",
	  { NULL },
	  CALL("Create",
	       "\"id\":\"t\",\"command\":[\"/bin/echo\",\"\\u00e9 and a word that has to be read to its end\"],"
	       "\"cwd\":\"/usr\",\"after\":[\"other:any\"]"),
	  { TASKS },
	  { CALL("Stop", "\"id\":\"t\""), CALL("Remove", "\"id\":\"t\"") },
	  false },
	{ "Create and start one that waits",
	  { NULL },
	  CALL("Create",
	       "\"id\":\"t\",\"command\":[\"true\"],\"cwd\":\"/\",\"after\":[\"other\"],\"start\":true"),
	  { TASKS },
	  { CALL("Stop", "\"id\":\"t\""), CALL("Remove", "\"id\":\"t\"") },
	  false },
	{ "Start one that waits",
	  { CALL("Create", "\"id\":\"t\",\"command\":[\"true\"],\"cwd\":\"/\",\"after\":[\"other\"]") },
	  CALL("Start", "\"id\":\"t\""),
	  { TASKS },
	  { CALL("Stop", "\"id\":\"t\""), CALL("Remove", "\"id\":\"t\"") },
	  false },
	{ "Set",
	  { CREATE("t", "") },
	  CALL("Set",
	       "\"id\":\"t\",\"name\":\"another name\",\"description\":\"what it does now\",\"priority\":3,"
	       "\"after\":[\"other:any\"],\"timeLimit\":5,\"command\":[\"/bin/echo\",\"another word\"]"),
	  { TASKS },
	  { CALL("Stop", "\"id\":\"t\""), CALL("Remove", "\"id\":\"t\"") },
	  false },
	{ "Set of two, in one way",
	  { CREATE("t", ""), CREATE("u", "") },
	  CALL("Set", "\"ids\":[\"t\",\"u\"],\"description\":\"what both do now\",\"priority\":3"),
	  { TASKS },
	  { CALL("Stop", "\"ids\":[\"t\",\"u\"]"), CALL("Remove", "\"ids\":[\"t\",\"u\"]") },
	  false },
	{ "Set of two, in two ways",
	  { CREATE("t", ""), CREATE("u", "") },
	  CALL("Set", "\"edits\":[{\"id\":\"t\",\"name\":\"its new name\",\"after\":[\"u:any\"]},"
	              "{\"id\":\"u\",\"command\":[\"/bin/echo\",\"other words\"]}]"),
	  { TASKS },
	  { CALL("Stop", "\"ids\":[\"t\",\"u\"]"), CALL("Remove", "\"ids\":[\"t\",\"u\"]") },
	  false },
	{ "Again",
	  { CREATE("t", ",\"description\":\"what it does\""), CALL("Stop", "\"id\":\"t\"") },
	  CALL("Again",
	       "\"task\":\"t\",\"id\":\"u\",\"start\":false,\"name\":\"its other name\",\"variables\":[\"A=a value\"]"),
	  { TASKS },
	  { CALL("Stop", "\"id\":\"u\""), CALL("Remove", "\"id\":\"u\""), CALL("Remove", "\"id\":\"t\"") },
	  false },
	{ "Pause",
	  { CALL("Create",
	         "\"id\":\"t\",\"command\":[\"true\"],\"cwd\":\"/\",\"after\":[\"other\"],\"start\":true") },
	  CALL("Pause", "\"id\":\"t\""),
	  { TASKS },
	  { CALL("Stop", "\"id\":\"t\""), CALL("Remove", "\"id\":\"t\"") },
	  false },
	{ "Resume",
	  { CALL("Create",
	         "\"id\":\"t\",\"command\":[\"true\"],\"cwd\":\"/\",\"after\":[\"other\"],\"start\":true"),
	    CALL("Pause", "\"id\":\"t\"") },
	  CALL("Resume", "\"id\":\"t\""),
	  { TASKS },
	  { CALL("Stop", "\"id\":\"t\""), CALL("Remove", "\"id\":\"t\"") },
	  false },
	{ "Remove",
	  { CREATE("t", ""), CALL("Stop", "\"id\":\"t\"") },
	  CALL("Remove", "\"id\":\"t\""),
	  { TASKS },
	  { CALL("Remove", "\"id\":\"t\"") },
	  false },
	{ "Stop of several",
	  { CREATE("t", ""), CREATE("u", "") },
	  CALL("Stop", "\"ids\":[\"t\",\"nobody\"]"),
	  { TASKS },
	  { CALL("Stop", "\"ids\":[\"t\",\"u\"]"), CALL("Remove", "\"ids\":[\"t\",\"u\"]") },
	  false },
	{ "GroupAdd",
	  { NULL },
	  CALL("GroupAdd", "\"name\":\"new\",\"devices\":\"A_VARIABLE_WITH_A_LONG_NAME=0-2\""),
	  { GROUPS },
	  { CALL("GroupRemove", "\"name\":\"new\"") },
	  false },
	{ "GroupSet",
	  { CALL("GroupAdd", "\"name\":\"new\",\"slots\":3") },
	  CALL("GroupSet", "\"name\":\"new\",\"slots\":5,\"priority\":2"),
	  { GROUPS },
	  { CALL("GroupRemove", "\"name\":\"new\"") },
	  false },
	{ "GroupPause",
	  { CALL("GroupAdd", "\"name\":\"new\",\"slots\":3") },
	  CALL("GroupPause", "\"name\":\"new\""),
	  { GROUPS },
	  { CALL("GroupRemove", "\"name\":\"new\"") },
	  false },
	{ "GroupResume",
	  { CALL("GroupAdd", "\"name\":\"new\",\"slots\":3"), CALL("GroupPause", "\"name\":\"new\"") },
	  CALL("GroupResume", "\"name\":\"new\""),
	  { GROUPS },
	  { CALL("GroupRemove", "\"name\":\"new\"") },
	  false },
	{ "GroupRemove",
	  { CALL("GroupAdd", "\"name\":\"new\",\"slots\":3") },
	  CALL("GroupRemove", "\"name\":\"new\""),
	  { GROUPS },
	  { CALL("GroupRemove", "\"name\":\"new\"") },
	  false },
};

START_TEST(what_memory_refuses_is_not_done)
{
	refusal_check(&acts[_i]);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("service_memory");
	TCase *tcase = tcase_create("acts");

	event_memory_own();
	tcase_add_checked_fixture(tcase, peer_setup, peer_teardown);
	tcase_add_loop_test(tcase, what_memory_refuses_is_not_done, 0, sizeof(acts) / sizeof(*acts));
	suite_add_tcase(suite, tcase);
	return unit_main(suite);
}
