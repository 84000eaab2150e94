/* Rows as a tree, and how long a stored tree stays valid. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/service/tree.h"
#include "tests/unit/unit.h"

enum { MANY = 320000 };

static struct registry registry;
static struct row *rows;
static size_t count;

static struct task *make_task(const char *id, struct task *parent)
{
	static char command[] = "true", cwd[] = "/";
	struct task_spec spec = {
		.id = (char *)id,
		.cwd = cwd,
		.command = { .block = command, .length = sizeof(command) },
	};
	struct task *task = registry_make(&registry, &spec, NULL, parent);
	ck_assert_ptr_nonnull(task);
	task->number = registry.last_number + 1;
	ck_assert_int_eq(registry_add(&registry, task), 0);
	return task;
}

static struct task *make_numbered(size_t i, struct task *parent)
{
	char id[24];
	snprintf(id, sizeof(id), "%zu", i);
	return make_task(id, parent);
}

static void add_row(struct task *task)
{
	rows[count++] = (struct row){ .task = task, .number = task ? task->number : 0, .depth = 99 };
}

/* The rows as "ID depth last, …". */
static void check_rows(const char *wanted)
{
	char text[256] = "";
	for (size_t i = 0; i < count; i++) {
		const struct row *row = &rows[i];
		snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s%s %u%s", i ? ", " : "",
		         row->task ? task_id(row->task) : "-", row->depth, row->last ? " last" : "");
	}
	ck_assert_str_eq(text, wanted);
}

/* In slices that end at any place. */
static void arrange(void)
{
	struct arranging arranging;
	size_t units, slices = 0;
	ck_assert_int_eq(arranging_init(&arranging, rows, count), 0);
	do
		units = count > 1000 ? 1000 : 3;
	while (!arranging_go_on(&arranging, &units) && ++slices);
	ck_assert_uint_ge(slices, count / 1000);
	rows = arranging.rows;
	arranging_release(&arranging);
}

static void setup(void)
{
	registry_init(&registry);
	rows = calloc(MANY + 16, sizeof(*rows));
	ck_assert_ptr_nonnull(rows);
	count = 0;
}

static void teardown(void)
{
	free(rows);
	registry_release(&registry);
}

/* The trees are: a, with child c and grandchild e; b, with child d; f. */
static struct task *six[6];

static void make_six(void)
{
	six[0] = make_task("a", NULL);
	six[1] = make_task("b", NULL);
	six[2] = make_task("c", six[0]);
	six[3] = make_task("d", six[1]);
	six[4] = make_task("e", six[2]);
	six[5] = make_task("f", NULL);
}

START_TEST(children_stand_behind_their_parent)
{
	make_six();
	for (size_t i = 0; i < 6; i++)
		add_row(six[i]);
	arrange();
	check_rows("a 0, c 1 last, e 2 last, b 0, d 1 last, f 0 last");
}
END_TEST

START_TEST(siblings_keep_the_order_of_the_rows)
{
	make_six();
	make_task("g", six[0]);
	add_row(registry_find(&registry, "g"));
	for (size_t i = 6; i-- > 0;)
		add_row(six[i]);
	arrange();
	check_rows("f 0, b 0, d 1 last, a 0 last, g 1, c 1 last, e 2 last");
}
END_TEST

START_TEST(a_parent_that_is_left_out_counts_for_nothing)
{
	make_six();
	add_row(six[3]);
	add_row(six[0]);
	add_row(six[4]);
	add_row(NULL);
	arrange();
	check_rows("d 0, a 0, e 0, - 0 last");
	count = 0;
	arrange();
}
END_TEST

/* Recursion would overflow the stack here, and quadratic work would be too slow. */
START_TEST(trees_may_be_as_deep_and_as_wide_as_there_are_tasks)
{
	struct task *parent = NULL;
	for (size_t i = 1; i <= MANY; i++) {
		struct task *task = make_numbered(i, parent);
		add_row(task);
		if (!parent || _i == 0)
			parent = task;
	}
	arrange();
	for (size_t i = 0; i < count; i++) {
		ck_assert_uint_eq(rows[i].number, i + 1);
		ck_assert_uint_eq(rows[i].depth, _i == 0 ? i : i > 0);
		ck_assert_int_eq(rows[i].last, _i == 0 || i == 0 || i == MANY - 1);
	}
}
END_TEST

static void keep_all(struct tree *tree)
{
	struct row *all = calloc(registry.order.count + 1, sizeof(*all));
	ck_assert_ptr_nonnull(all);
	struct tree made;
	tree_begin(&made, &registry);
	made.rows = all;
	made.count = registry.order.count;
	tree_keep(tree, &made);
	ck_assert(tree_valid(tree, &registry));
}

START_TEST(a_kept_tree_holds_until_a_task_comes_or_goes)
{
	struct tree tree = { 0 };
	make_six();
	ck_assert(!tree_valid(&tree, &registry));
	keep_all(&tree);
	registry_set_state(&registry, six[5], TASK_QUEUED);
	registry_touch(&registry, six[0]);
	ck_assert(tree_valid(&tree, &registry));
	make_task("g", NULL);
	ck_assert(!tree_valid(&tree, &registry));
	keep_all(&tree);
	registry_remove(&registry, six[5]);
	ck_assert(!tree_valid(&tree, &registry));
	keep_all(&tree);
	registry_restore(&registry, six[5]);
	ck_assert(!tree_valid(&tree, &registry));
	tree_release(&tree);
	ck_assert(!tree_valid(&tree, &registry));
}
END_TEST

START_TEST(a_parent_knows_how_many_children_have_ended)
{
	struct task *parent = make_task("parent", NULL), *one = make_task("one", parent),
		    *two = make_task("two", parent);
	ck_assert_uint_eq(task_children(parent), 2);
	ck_assert_uint_eq(task_children_ended(parent), 0);
	ck_assert_uint_eq(task_children(one), 0);
	registry_set_state(&registry, one, TASK_FAILED);
	registry_set_state(&registry, two, TASK_RUNNING);
	registry_set_state(&registry, parent, TASK_COMPLETED);
	ck_assert_uint_eq(task_children_ended(parent), 1);
	registry_remove(&registry, one);
	ck_assert_uint_eq(task_children(parent), 1);
	ck_assert_uint_eq(task_children_ended(parent), 0);
	registry_restore(&registry, one);
	ck_assert_uint_eq(task_children(parent), 2);
	ck_assert_uint_eq(task_children_ended(parent), 1);
	registry_set_state(&registry, one, TASK_RUNNING);
	ck_assert_uint_eq(task_children_ended(parent), 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("tree");
	TCase *tcase = tcase_create("tree");
	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, children_stand_behind_their_parent);
	tcase_add_test(tcase, siblings_keep_the_order_of_the_rows);
	tcase_add_test(tcase, a_parent_that_is_left_out_counts_for_nothing);
	tcase_add_loop_test(tcase, trees_may_be_as_deep_and_as_wide_as_there_are_tasks, 0, 2);
	tcase_add_test(tcase, a_parent_knows_how_many_children_have_ended);
	tcase_add_test(tcase, a_kept_tree_holds_until_a_task_comes_or_goes);
	suite_add_tcase(suite, tcase);
	return unit_main(suite);
}
