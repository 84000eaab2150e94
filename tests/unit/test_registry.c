/*
 * The registry: a task comes back as it was given, and every way to look for it finds it.  A removed and
 * restored task has its old place among its relatives and in the order.
 */
#include "config.h"

#include <check.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/core/registry.h"
#include "engine/store/hash.h"
#include "tests/unit/scarce.h"
#include "tests/unit/unit.h"

static struct registry registry;
static char gone[ENVIRONMENT_HASH_SIZE];

static void set_up(void)
{
	registry_init(&registry);
}

static void tear_down(void)
{
	registry_release(&registry);
}

static struct task *task_made(const struct task_spec *spec, struct shared_environment *environment,
                              struct task *parent)
{
	struct task *task = registry_make(&registry, spec, environment, parent);
	if (!task)
		return NULL;
	task->number = registry.last_number + 1;
	if (registry_add(&registry, task) == 0)
		return task;
	registry_forget(&registry, task, gone);
	return NULL;
}

/* Makes a task for "true" in "/", with this id, or with its number as id. */
static struct task *task_new(const char *id, struct task *parent)
{
	static char cwd[] = "/", command[] = "true";
	char number[24];
	snprintf(number, sizeof(number), "%llu", (unsigned long long)registry.last_number + 1);
	struct task_spec spec = {
		.id = id ? (char *)id : number,
		.cwd = cwd,
		.command = { command, sizeof(command), 0 },
	};
	struct task *task = task_made(&spec, NULL, parent);
	ck_assert_ptr_nonnull(task);
	return task;
}

static struct shared_environment *environment_new(char hash[ENVIRONMENT_HASH_SIZE])
{
	struct environment environment = { .umask = 022 };
	struct shared_environment *shared = NULL;
	char *block = NULL;
	size_t length = 0;
	strings_add(&environment.variables, "A=1");
	ck_assert_int_eq(environment_pack(&environment, &block, &length), 0);
	hash_make(block, length, hash);
	ck_assert_int_eq(registry_add_environment(&registry, hash, block, length, &shared), 0);
	free(block);
	environment_release(&environment);
	return shared;
}

/* A task with every possible value. */
static void spec_fill(struct task_spec *spec)
{
	*spec = (struct task_spec){
		.id = strdup("Build.1"),
		.name = strdup("a name"),
		.description = strdup("what it does"),
		.group = strdup("nightly"),
		.cwd = strdup("/tmp/\xff"),
		.max_log = 4096,
		.merge = true,
		.has_nonce = true,
		.nonce = { 1, 2, 3, [15] = 0xff },
	};
	strings_add(&spec->command, "printf");
	strings_add(&spec->command, "");
	strings_add(&spec->command, "x");
	strings_add(&spec->variables, "K=V");
}

static void assert_same_strings(struct strings a, struct strings b)
{
	ck_assert_uint_eq(a.length, b.length);
	if (a.length)
		ck_assert_mem_eq(a.block, b.block, a.length);
}

START_TEST(a_task_is_as_it_was_asked_for)
{
	char buffer[TASK_DEFAULT_NAME_SIZE];
	struct task_spec spec;
	spec_fill(&spec);
	struct task *task = task_made(&spec, NULL, NULL);
	ck_assert_str_eq(task_id(task), spec.id);
	ck_assert_str_eq(task_name(task, buffer), spec.name);
	ck_assert_str_eq(task_given_name(task), spec.name);
	ck_assert_str_eq(task_description(task), spec.description);
	ck_assert_str_eq(task_group(task), spec.group);
	ck_assert_str_eq(task_cwd(task), spec.cwd);
	assert_same_strings(task_command(task), spec.command);
	assert_same_strings(task_variables(task), spec.variables);
	ck_assert_ptr_null(task_environment(task));
	ck_assert_uint_eq(task_max_log(task), 4096);
	ck_assert(task_merge(task));
	ck_assert_mem_eq(task_nonce(task), spec.nonce, TASK_NONCE_SIZE);
	ck_assert_int_eq(task->status.state, TASK_CREATED);
	ck_assert_int_eq(task->status.exit_code, -1);
	struct task_spec borrowed = task_spec_borrow(task);
	ck_assert_str_eq(borrowed.id, spec.id);
	ck_assert_str_eq(borrowed.group, spec.group);
	ck_assert_mem_eq(borrowed.nonce, spec.nonce, TASK_NONCE_SIZE);
	ck_assert(borrowed.merge && borrowed.has_nonce && borrowed.parent == 0);
	task_spec_release(&spec);
}
END_TEST

START_TEST(what_was_not_given_is_absent)
{
	char buffer[TASK_DEFAULT_NAME_SIZE];
	struct task *task = task_new("x", NULL);
	ck_assert_ptr_null(task_given_name(task));
	ck_assert_str_eq(task_name(task, buffer), "Task x");
	ck_assert_ptr_null(task_description(task));
	ck_assert_ptr_null(task_group(task));
	ck_assert_ptr_null(task_nonce(task));
	ck_assert_uint_eq(task_variables(task).length, 0);
	ck_assert_uint_eq(task_max_log(task), 0);
	ck_assert(!task_merge(task));
	ck_assert_ptr_null(task_parent(task));
	ck_assert_ptr_null(task_first_child(task));
	ck_assert_ptr_null(task_next_sibling(task));
}
END_TEST

/* A task and its indexes must take at most 250 bytes, because there can be a million. */
START_TEST(a_task_is_small)
{
	ck_assert_uint_le(sizeof(struct task_status), 40);
	ck_assert_uint_le(offsetof(struct task, texts), 126);
	struct task *task = task_new(NULL, NULL);
	ck_assert_ptr_null(task->extra);
	ck_assert_ptr_null(task->relatives);
}
END_TEST

START_TEST(what_many_share_is_kept_once)
{
	struct task *one = task_new("one", NULL), *other = task_new("other", NULL);
	ck_assert_ptr_eq(task_cwd(one), task_cwd(other));
	ck_assert_uint_eq(registry.origins.lookup.count, 1);
	struct task_spec spec = task_spec_borrow(one);
	static const struct {
		char *cwd, *group;
	} differences[] = { { "/tmp", NULL }, { "/", "g" }, { "/", "G" }, { "/g", NULL }, { "/tmp", "g" } };
	for (size_t i = 0; i < sizeof(differences) / sizeof(*differences); i++) {
		char id[8];
		snprintf(id, sizeof(id), "d%zu", i);
		spec.id = id;
		spec.cwd = differences[i].cwd;
		spec.group = differences[i].group;
		struct task *task = task_made(&spec, NULL, NULL);
		ck_assert_str_eq(task_cwd(task), differences[i].cwd);
		ck_assert_pstr_eq(task_group(task), differences[i].group);
		ck_assert_uint_eq(registry.origins.lookup.count, i + 2);
	}
	registry_remove(&registry, one);
	registry_forget(&registry, one, gone);
	ck_assert_uint_eq(registry.origins.lookup.count, 6);
	registry_remove(&registry, other);
	registry_forget(&registry, other, gone);
	ck_assert_uint_eq(registry.origins.lookup.count, 5);
}
END_TEST

START_TEST(an_environment_goes_with_its_last_task)
{
	char hash[ENVIRONMENT_HASH_SIZE];
	struct shared_environment *shared = environment_new(hash);
	static char cwd[] = "/", other_cwd[] = "/tmp", one_id[] = "one", other_id[] = "other";
	struct task_spec spec = { .id = one_id, .cwd = cwd };
	struct task *one = task_made(&spec, shared, NULL);
	spec = (struct task_spec){ .id = other_id, .cwd = other_cwd };
	struct task *other = task_made(&spec, shared, NULL);
	ck_assert_ptr_eq(task_environment(one), shared);
	ck_assert_str_eq(task_spec_borrow(one).environment, hash);
	registry_remove(&registry, one);
	ck_assert(!registry_forget(&registry, one, gone));
	ck_assert_ptr_eq(registry_environment(&registry, hash), shared);
	registry_remove(&registry, other);
	/* The task can be restored, and then it needs its environment. */
	ck_assert_ptr_eq(registry_environment(&registry, hash), shared);
	ck_assert(registry_forget(&registry, other, gone));
	ck_assert_str_eq(gone, hash);
	ck_assert_ptr_null(registry_environment(&registry, hash));
}
END_TEST

START_TEST(ids_are_found_in_any_case)
{
	struct task *task = task_new("Build.Z_a-1", NULL);
	ck_assert_ptr_eq(registry_find(&registry, "build.z_A-1"), task);
	ck_assert_ptr_eq(registry_find(&registry, "BUILD.Z_A-1"), task);
	ck_assert_ptr_null(registry_find(&registry, "Build.Z_a-"));
	ck_assert_ptr_null(registry_find(&registry, "Build.Z_a-11"));
	ck_assert_ptr_null(registry_find(&registry, ""));
	/* Only letters have cases: '[' and '{' differ. */
	ck_assert_ptr_null(registry_find(&registry, "Build.Z\x7f"
	                                            "a-1"));
}
END_TEST

START_TEST(many_ids_are_found_as_they_come_and_go)
{
	enum { COUNT = 20000 };
	struct task **tasks = calloc(COUNT, sizeof(struct task *));
	char id[24];
	ck_assert_ptr_nonnull(tasks);
	for (int i = 0; i < COUNT; i++) {
		snprintf(id, sizeof(id), "Id-%d", i);
		tasks[i] = task_new(id, NULL);
	}
	for (int i = 0; i < COUNT; i += 2) {
		registry_remove(&registry, tasks[i]);
		registry_forget(&registry, tasks[i], gone);
	}
	for (int i = 0; i < COUNT; i++) {
		snprintf(id, sizeof(id), "iD-%d", i);
		ck_assert_ptr_eq(registry_find(&registry, id), i % 2 ? tasks[i] : NULL);
	}
	ck_assert_uint_eq(registry.order.count, COUNT / 2);
	free(tasks);
}
END_TEST

START_TEST(nonces_are_found)
{
	struct task_spec spec;
	spec_fill(&spec);
	struct task *task = task_made(&spec, NULL, NULL);
	ck_assert_ptr_eq(registry_find_nonce(&registry, spec.nonce), task);
	registry_remove(&registry, task);
	ck_assert_ptr_null(registry_find_nonce(&registry, spec.nonce));
	ck_assert_ptr_null(registry_find(&registry, spec.id));
	registry_restore(&registry, task);
	ck_assert_ptr_eq(registry_find_nonce(&registry, spec.nonce), task);
	ck_assert_ptr_eq(registry_find(&registry, spec.id), task);
	spec.nonce[15]--;
	ck_assert_ptr_null(registry_find_nonce(&registry, spec.nonce));
	task_spec_release(&spec);
}
END_TEST

START_TEST(names_are_exchanged_and_exchanged_back)
{
	struct task_spec spec;
	struct task_text text, second;
	char buffer[TASK_DEFAULT_NAME_SIZE];
	spec_fill(&spec);
	struct task *task = task_made(&spec, NULL, NULL);
	ck_assert_int_eq(task_text_init(&text, task, "another", NULL), 0);
	ck_assert_str_eq(task_name(task, buffer), "a name");
	task_text_exchange(&text, task);
	ck_assert_str_eq(task_name(task, buffer), "another");
	ck_assert_str_eq(task_description(task), "what it does");
	ck_assert_int_eq(task_text_init(&second, task, NULL, "more"), 0);
	task_text_exchange(&second, task);
	ck_assert_str_eq(task_given_name(task), "another");
	ck_assert_str_eq(task_description(task), "more");
	task_text_exchange(&second, task);
	task_text_exchange(&text, task);
	ck_assert_str_eq(task_given_name(task), "a name");
	ck_assert_str_eq(task_description(task), "what it does");
	task_text_release(&second);
	task_text_release(&text);
	assert_same_strings(task_command(task), spec.command);
	task_spec_release(&spec);
}
END_TEST

/* Returns the ids, with a space after each. */
struct listed {
	char text[256];
	size_t length;
};

static void list_id(struct listed *listed, const struct task *task)
{
	size_t room = sizeof(listed->text) - listed->length;
	listed->length += (size_t)snprintf(listed->text + listed->length, room, "%s ", task_id(task));
	ck_assert_uint_lt(listed->length, sizeof(listed->text));
}

static const char *children(const struct task *parent)
{
	static struct listed listed;
	listed = (struct listed){ 0 };
	const struct task *last = NULL;
	for (const struct task *child = task_first_child(parent); child; child = task_next_sibling(child)) {
		list_id(&listed, child);
		ck_assert_ptr_eq(child->relatives->before, last);
		ck_assert_ptr_eq(task_parent(child), parent);
		last = child;
	}
	if (parent->relatives)
		ck_assert_ptr_eq(parent->relatives->last, last);
	return listed.text;
}

START_TEST(siblings_are_restored_to_their_places)
{
	/* The tasks are removed in this order, and restored in reverse, as changes are undone. */
	static const char *const removals[] = { "a",   "c",   "e",  "abcde", "edcba",
		                                "bdc", "cbd", "ae", "ea",    "dbeac" };
	struct task *parent = task_new("p", NULL), *tasks[5];
	for (int i = 0; i < 5; i++)
		tasks[i] = task_new((char[]){ (char)('a' + i), '\0' }, parent);
	ck_assert_str_eq(children(parent), "a b c d e ");
	const char *which = removals[_i];
	size_t count = strlen(which);
	for (size_t i = 0; i < count; i++)
		registry_remove(&registry, tasks[which[i] - 'a']);
	ck_assert_uint_eq(strlen(children(parent)), 2 * (5 - count));
	/* Later changes are undone first. */
	struct task *late = task_new("late", parent);
	registry_remove(&registry, late);
	registry_forget(&registry, late, gone);
	while (count > 0)
		registry_restore(&registry, tasks[which[--count] - 'a']);
	ck_assert_str_eq(children(parent), "a b c d e ");
	for (size_t i = 0; i < 5; i++)
		ck_assert_uint_eq(order_rank(&registry.order, tasks[i]), i + 1);
	ck_assert_uint_eq(registry.counts[TASK_CREATED], 6);
}
END_TEST

START_TEST(some_are_restored_after_others_have_gone)
{
	struct task *parent = task_new("p", NULL), *tasks[5];
	for (int i = 0; i < 5; i++)
		tasks[i] = task_new((char[]){ (char)('a' + i), '\0' }, parent);
	for (int i = 0; i < 5; i++)
		registry_remove(&registry, tasks[i]);
	/* The first removals were committed, and the commit of the last one failed. */
	registry_forget(&registry, tasks[0], gone);
	registry_forget(&registry, tasks[1], gone);
	for (int i = 4; i > 1; i--)
		registry_restore(&registry, tasks[i]);
	ck_assert_str_eq(children(parent), "c d e ");
}
END_TEST

/* There are 450,000 generations of parents.  Recursion through them would overflow the stack. */
enum { DEEP = 450000 };

static void *go_through_a_deep_tree(void *unused)
{
	(void)unused;
	struct task *top = task_new(NULL, NULL), *task = top, *next;
	for (int i = 1; i < DEEP; i++)
		task = task_new(NULL, task);
	size_t count = 0;
	uint64_t last = UINT64_MAX;
	for (task = task_subtree_first(top); task; task = next) {
		next = task_subtree_next(top, task);
		ck_assert_uint_lt(task->number, last);
		last = task->number;
		registry_remove(&registry, task);
		count++;
	}
	ck_assert_uint_eq(count, DEEP);
	ck_assert_uint_eq(registry.order.count, 0);
	for (size_t i = 0; i < registry.order.length; i++)
		registry_restore(&registry, registry.order.entries[i]);
	ck_assert_uint_eq(registry.order.count, DEEP);
	ck_assert_ptr_eq(task_subtree_first(top), order_at(&registry.order, DEEP - 1));
	registry_release(&registry);
	return NULL;
}

START_TEST(a_deep_tree_needs_no_stack)
{
	pthread_attr_t attributes;
	pthread_t thread;
	pthread_attr_init(&attributes);
	ck_assert_int_eq(pthread_attr_setstacksize(&attributes, 256 * 1024), 0);
	ck_assert_int_eq(pthread_create(&thread, &attributes, go_through_a_deep_tree, NULL), 0);
	ck_assert_int_eq(pthread_join(thread, NULL), 0);
	pthread_attr_destroy(&attributes);
}
END_TEST

START_TEST(a_subtree_is_gone_through_children_first)
{
	struct task *top = task_new("top", NULL);
	struct task *a = task_new("a", top), *b = task_new("b", top);
	task_new("beside", NULL);
	task_new("a1", a);
	task_new("b1", b);
	task_new("a2", a);
	struct listed all = { 0 }, part = { 0 };
	for (struct task *task = task_subtree_first(top); task; task = task_subtree_next(top, task))
		list_id(&all, task);
	ck_assert_str_eq(all.text, "a1 a2 a b1 b top ");
	for (struct task *task = task_subtree_first(a); task; task = task_subtree_next(a, task))
		list_id(&part, task);
	ck_assert_str_eq(part.text, "a1 a2 a ");
}
END_TEST

/* After any number of failures the task exists in the end, and nothing exists before. */
START_TEST(out_of_memory_leaves_nothing_half_done)
{
	char hash[ENVIRONMENT_HASH_SIZE];
	struct shared_environment *shared = environment_new(hash);
	shared->references = 1; /* the connection's reference */
	struct task *parent = task_new("p", NULL), *task = NULL;
	struct task_spec spec;
	spec_fill(&spec);
	for (long i = 0; !task; i++) {
		scarce_after(i);
		task = task_made(&spec, shared, parent);
		ck_assert(scarce_end() == !task);
		if (task)
			break;
		ck_assert_uint_eq(registry.order.count, 1);
		ck_assert_uint_eq(registry.counts[TASK_CREATED], 1);
		ck_assert_uint_eq(shared->references, 1);
		ck_assert_uint_eq(registry.origins.lookup.count, 1);
		ck_assert_str_eq(children(parent), "");
		ck_assert_ptr_null(registry_find(&registry, spec.id));
		ck_assert_ptr_null(registry_find_nonce(&registry, spec.nonce));
	}
	ck_assert_uint_eq(shared->references, 2);
	ck_assert_str_eq(children(parent), "Build.1 ");
	struct task_text text = { 0 };
	int error = -ENOMEM;
	for (long i = 0; error; i++) {
		scarce_after(i);
		error = task_text_init(&text, task, "n", "d");
		ck_assert(scarce_end() == (error == -ENOMEM));
	}
	task_text_release(&text);
	/* Undoing needs no memory. */
	scarce_after(0);
	registry_remove(&registry, task);
	registry_restore(&registry, task);
	ck_assert(!scarce_end());
	task_spec_release(&spec);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("registry");
	TCase *tc = tcase_create("registry");
	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, a_task_is_as_it_was_asked_for);
	tcase_add_test(tc, what_was_not_given_is_absent);
	tcase_add_test(tc, a_task_is_small);
	tcase_add_test(tc, what_many_share_is_kept_once);
	tcase_add_test(tc, an_environment_goes_with_its_last_task);
	tcase_add_test(tc, ids_are_found_in_any_case);
	tcase_add_test(tc, many_ids_are_found_as_they_come_and_go);
	tcase_add_test(tc, nonces_are_found);
	tcase_add_test(tc, names_are_exchanged_and_exchanged_back);
	tcase_add_loop_test(tc, siblings_are_restored_to_their_places, 0, 10);
	tcase_add_test(tc, some_are_restored_after_others_have_gone);
	tcase_add_test(tc, a_deep_tree_needs_no_stack);
	tcase_add_test(tc, a_subtree_is_gone_through_children_first);
	tcase_add_test(tc, out_of_memory_leaves_nothing_half_done);
	suite_add_tcase(suite, tc);
	return unit_main(suite);
}
