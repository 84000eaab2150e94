/* Removal, also of trees that are removed in slices. */
#include "config.h"

#include <check.h>
#include <errno.h>
#include <string.h>

#include "engine/core/askers.h"
#include "engine/core/ending.h"
#include "engine/core/removal.h"
#include "engine/core/requests.h"
#include "tests/unit/bare_core.h"
#include "tests/unit/unit.h"

START_TEST(an_undone_removal_keeps_the_children_in_order)
{
	struct task *parent = make("p", false);
	static const char *const ids[] = { "c1", "c2", "c3" };
	for (int i = 0; i < 3; i++)
		ck_assert_int_eq(requests_stop(&core, make_child(ids[i], parent, false), &term), 0);
	ck_assert_int_eq(removal_remove(&core, parent), -EPERM);
	ck_assert_int_eq(requests_stop(&core, parent, &term), 0);
	commit();
	ck_assert_int_eq(removal_remove(&core, task_first_child(parent)), 0);
	fail_commit();
	const struct task *child = task_first_child(parent);
	for (int i = 0; i < 3; i++, child = task_next_sibling(child))
		ck_assert_str_eq(task_id(child), ids[i]);
	ck_assert_ptr_null(child);
	ck_assert_int_eq(removal_remove(&core, parent), 0);
	fail_commit();
	child = task_first_child(parent);
	for (int i = 0; i < 3; i++, child = task_next_sibling(child))
		ck_assert_str_eq(task_id(child), ids[i]);
	ck_assert_ptr_eq(order_at(&core.registry.order, 0), parent);
	ck_assert_int_eq(removal_remove(&core, parent), 0);
	ck_assert_uint_eq(discarded, 0);
	commit();
	ck_assert_uint_eq(discarded, 4);
	ck_assert_uint_eq(core.registry.order.count, 0);
}
END_TEST

/* Makes a chain of tasks that have ended.  Returns the first. */
static struct task *make_chain(int depth)
{
	struct task *root = NULL, *parent = NULL;
	for (int i = 0; i < depth; i++) {
		parent = make_child(NULL, parent, false);
		root = root ? root : parent;
		if (requests_stop(&core, parent, &term))
			ck_abort();
	}
	commit();
	return root;
}

static int removal_heard;
static unsigned removals_heard;

static void hear_removal(void *ctx, int error)
{
	(void)ctx;
	removal_heard = error;
	removals_heard++;
}

enum { LONG = 5 * REMOVAL_SLICE };
static const struct removal_asker removal_asker = { .ended = hear_removal };

/* Rings until a slice waits for its commit, or until a removal is reported. */
static void ring_until_put(void)
{
	uint64_t before = put_last;
	unsigned heard = removals_heard;
	while (put_last == before && removals_heard == heard)
		ring();
}

START_TEST(a_deep_subtree_is_removed_in_slices)
{
	enum { DEPTH = 450000 };
	struct task *root = make_chain(DEPTH);
	size_t before;
	ck_assert_int_eq(removal_remove(&core, root), -E2BIG);
	ck_assert_int_eq(removal_begin(&core, root, &removal_asker), 0);
	ck_assert_uint_eq(core.registry.order.count, DEPTH);
	ring_until_put();
	do {
		before = core.registry.order.count;
		if (removals_heard || put_last != put_committed + 1)
			ck_abort();
		commit();
		if (discarded != DEPTH - before || before - core.registry.order.count > REMOVAL_SLICE)
			ck_abort();
	} while (core.registry.order.count > 0);
	ck_assert_uint_eq(removals_heard, 1);
	ck_assert_int_eq(removal_heard, 0);
	ck_assert_uint_eq(core.asked, put_last);
	commit();
	ck_assert_uint_eq(discarded, DEPTH);
}
END_TEST

START_TEST(a_slice_that_fails_ends_a_removal)
{
	enum { DEPTH = 8 * REMOVAL_SLICE };
	struct task *root = make_chain(DEPTH);
	ck_assert_int_eq(removal_begin(&core, root, &removal_asker), 0);
	ring_until_put();
	commit();
	commit();
	ck_assert_uint_eq(core.registry.order.count, DEPTH - 3 * REMOVAL_SLICE);
	fail_commit();
	ck_assert_uint_eq(removals_heard, 1);
	ck_assert_int_eq(removal_heard, -EIO);
	ck_assert_uint_eq(core.registry.order.count, DEPTH - 2 * REMOVAL_SLICE);
	ck_assert_uint_eq(discarded, 2 * REMOVAL_SLICE);
	ck_assert_int_eq(removal_begin(&core, root, &removal_asker), 0);
	ring_until_put();
	while (removals_heard == 1)
		commit();
	ck_assert_int_eq(removal_heard, 0);
	commit();
	ck_assert_uint_eq(core.registry.order.count, 0);
}
END_TEST

START_TEST(a_child_that_comes_ends_a_removal)
{
	struct task *root = make_chain(LONG);
	ck_assert_int_eq(removal_begin(&core, root, &removal_asker), 0);
	ring_until_put();
	struct task *child = make_child("late", root, false);
	commit();
	while (removals_heard == 0)
		commit();
	ck_assert_int_eq(removal_heard, -EPERM);
	ck_assert_ptr_eq(registry_find(&core.registry, "late"), child);
	ck_assert_ptr_eq(task_first_child(root), child);
	ck_assert_int_eq(requests_stop(&core, child, &term), 0);
	commit();
	ck_assert_int_eq(removal_remove(&core, root), 0);
}
END_TEST

START_TEST(nothing_is_removed_while_one_has_not_ended)
{
	struct task *root = make_chain(LONG);
	make_child("late", root, false);
	commit();
	ck_assert_int_eq(removal_begin(&core, root, &removal_asker), 0);
	ring_until_put();
	ck_assert_int_eq(removal_heard, -EPERM);
	ck_assert_uint_eq(core.registry.order.count, LONG + 1);
}
END_TEST

START_TEST(a_removal_that_goes_on_is_released)
{
	struct task *root = make_chain(LONG);
	ck_assert_int_eq(removal_begin(&core, root, &removal_asker), 0);
	removal_disown(&core, NULL);
	ring_until_put();
	commit();
	ck_assert_uint_eq(removals_heard, 0);
}
END_TEST

static unsigned ends_heard;

static void hear_end(void *ctx)
{
	(void)ctx;
	ends_heard++;
}

/* The end of the root, or of what is under it, is being committed: that is waited for. */
static void check_awaited(struct task *root)
{
	struct core_asker asker = { .over = hear_end };
	unsigned heard = ends_heard;
	ck_assert_int_eq(removal_remove(&core, root), -EPERM);
	ck_assert(removal_awaits(&core, root));
	ending_await(&core, &asker);
	commit();
	ck_assert_uint_eq(ends_heard, heard + 1);
	ck_assert(!removal_awaits(&core, root));
	ck_assert_int_eq(removal_remove(&core, root), 0);
	commit();
}

START_TEST(who_removes_what_is_ending_waits_for_its_end)
{
	core.options.slots = 1;
	struct task *runs = make_running("runs"), *waits = make("waits", true), *parent = make("p", false);
	struct core_asker asker = { .over = hear_end };
	commit_all();
	ck_assert(!removal_awaits(&core, waits));
	ck_assert_int_eq(requests_stop(&core, waits, &term), 0);
	ck_assert_int_eq(waits->status.state, TASK_STOPPED);
	check_awaited(waits);
	ck_assert(!removal_awaits(&core, runs));
	ended(started[0], 0, 0);
	ck_assert_int_eq(runs->status.state, TASK_COMPLETED);
	ending_await(&core, &asker);
	fail_commit();
	ck_assert_uint_eq(ends_heard, 2);
	ck_assert(!removal_awaits(&core, runs));
	ring();
	commit();
	check_awaited(runs);
	struct task *child = make_child("c", parent, true);
	commit_all();
	ck_assert_int_eq(requests_stop(&core, parent, &term), 0);
	began(started[1]);
	ended(started[1], 0, 0);
	ck_assert_int_eq(child->status.state, TASK_COMPLETED);
	check_awaited(parent);
}
END_TEST

START_TEST(what_is_read_stays_until_it_is_let_go)
{
	struct core_reader first = { 0 }, second = { 0 };
	struct task *task = make_chain(1), *other;
	removal_hold(&core, &first);
	ck_assert_int_eq(removal_remove(&core, task), 0);
	commit();
	ck_assert_ptr_null(registry_find(&core.registry, "1"));
	removal_hold(&core, &second);
	other = make_chain(1);
	ck_assert_int_eq(removal_remove(&core, other), 0);
	commit();
	ck_assert_uint_eq(discarded, 0);
	ck_assert_str_eq(task_id(task), "1");
	removal_let_go(&core, &first);
	ring();
	commit();
	ck_assert_uint_eq(discarded, 1);
	ck_assert_str_eq(task_id(other), "2");
	removal_hold(&core, &first);
	removal_let_go(&core, &second);
	ring();
	commit();
	ck_assert_uint_eq(discarded, 2);
	other = make_chain(1);
	ck_assert_int_eq(removal_remove(&core, other), 0);
	commit();
	ck_assert_uint_eq(discarded, 2);
}
END_TEST

START_TEST(what_is_read_stays_even_if_its_creation_fails)
{
	struct core_reader reader = { 0 };
	struct task *task = make("a", true);
	removal_hold(&core, &reader);
	fail_commit();
	ck_assert_ptr_null(registry_find(&core.registry, "a"));
	ck_assert(task->removed);
	make("b", false);
	ck_assert_str_eq(task_id(task), "a");
	ck_assert_ptr_ne(make("a", false), task);
	removal_let_go(&core, &reader);
	ring();
	commit();
	ck_assert_ptr_null(core.kept);
	ck_assert_uint_eq(discarded, 0);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		an_undone_removal_keeps_the_children_in_order,
		a_deep_subtree_is_removed_in_slices,
		a_slice_that_fails_ends_a_removal,
		a_child_that_comes_ends_a_removal,
		nothing_is_removed_while_one_has_not_ended,
		a_removal_that_goes_on_is_released,
		who_removes_what_is_ending_waits_for_its_end,
		what_is_read_stays_until_it_is_let_go,
		what_is_read_stays_even_if_its_creation_fails,
	};
	unit_apart();
	return unit_run("core removal", setup, teardown, tests);
}
