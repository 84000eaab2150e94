/* Parts of sorted lists, which are kept while tasks change, and places in them are what sorting all tasks gives. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/service/seeking.h"
#include "engine/service/select.h"
#include "engine/service/tops.h"
#include "engine/service/tree.h"
#include "tests/unit/gated_engine.h"
#include "tests/unit/unit.h"

enum { SOME = 2500, MANY = 11500, MOST = 21500, ROWS = 40 };

static struct service service;
static struct registry *registry;
static struct query query;
static struct selection found;
static bool selected, reading; /* reading: what is removed must stay */
static unsigned state;

static unsigned random_below(unsigned limit)
{
	state ^= state << 13;
	state ^= state >> 17;
	state ^= state << 5;
	return state % limit;
}

static void add_named(const char *name)
{
	static char command[] = "true", cwd[] = "/";
	char id[24];
	snprintf(id, sizeof(id), "t%llu", (unsigned long long)registry->last_number + 1);
	struct task_spec spec = { .id = id,
		                  .name = (char *)name,
		                  .cwd = cwd,
		                  .command = { .block = command, .length = sizeof(command) } };
	struct task *task = registry_make(registry, &spec, NULL, NULL);
	ck_assert_ptr_nonnull(task);
	task->number = registry->last_number + 1;
	ck_assert_int_eq(registry_add(registry, task), 0);
}

static void add_task(void)
{
	char name[24];
	snprintf(name, sizeof(name), "a name %u", random_below(500));
	add_named(name);
}

static void setup_service(void)
{
	setup();
	state = 3;
	selected = false;
	service = (struct service){ .engine = engine,
		                    .tops = calloc(1, sizeof(*service.tops)),
		                    .tree = calloc(1, sizeof(*service.tree)) };
	ck_assert_int_eq(chores_init(&service.chores, base), 0);
	registry = (struct registry *)engine_registry(engine);
	query = (struct query){ .states = QUERY_STATES_ALL, .rows = ROWS };
}

static void teardown_service(void)
{
	query_release(&query);
	tops_release(service.tops);
	free(service.tops);
	free(service.tree);
	chores_release(&service.chores);
	teardown();
}

static struct task *random_task(void)
{
	return order_at(&registry->order, random_below((unsigned)registry->order.count));
}

static void rename_task(struct task *task)
{
	struct task_text text;
	char name[24];
	snprintf(name, sizeof(name), "a name %u", random_below(500));
	ck_assert_int_eq(task_text_init(&text, task, name, NULL), 0);
	task_text_exchange(&text, task);
	task_text_release(&text);
	registry_touch(registry, task);
}

static void remove_task(struct task *task)
{
	char gone[ENVIRONMENT_HASH_SIZE];
	registry_remove(registry, task);
	if (!reading)
		(void)registry_forget(registry, task, gone);
}

static void change_task(void)
{
	struct task *task = random_task();
	switch (random_below(4)) {
	case 0:
		add_task();
		break;
	case 1:
		remove_task(task);
		break;
	case 2:
		rename_task(task);
		break;
	default:
		registry_set_state(registry, task, random_below(2) ? TASK_STOPPED : TASK_CREATED);
		break;
	}
}

/* Few, or more than are known by their numbers. */
static void change_some(void)
{
	unsigned count = random_below(20) ? random_below(30) : REGISTRY_RECENT + 100;
	while (count-- > 0)
		change_task();
}

static void take_rows(void *ctx, struct selection *selection, int error)
{
	(void)ctx;
	ck_assert_int_eq(error, 0);
	found = *selection;
	selected = true;
}

/* changes: tasks are changed while others are being looked at. */
static void select_rows(bool changes)
{
	struct selecting *selecting = NULL;
	selected = false;
	reading = true;
	select_start(&service, &query, take_rows, NULL, &selecting);
	while (!selected) {
		if (changes)
			change_task();
		turn();
	}
	reading = false;
}

static int compare_all(const void *a, const void *b, void *order)
{
	return rows_compare(a, b, order);
}

/* All rows of the list, as sorting makes them; the caller frees them. */
static struct row *sorted_rows(size_t *count)
{
	struct rows_order order = { .ordering = query.sort ? query.sort->ordering : NULL,
		                    .reverse = query.reverse,
		                    .now = engine_now(engine) };
	struct row *rows = calloc(registry->order.count + 1, sizeof(*rows));
	struct matcher matcher = { .line = NULL };
	ck_assert_ptr_nonnull(rows);
	*count = 0;
	for (size_t i = 0; i < registry->order.count; i++) {
		struct task *task = order_at(&registry->order, i);
		if (query_matches(&matcher, &query, task) > 0)
			rows[(*count)++] = (struct row){ .task = task, .key = rows_key(&order, task) };
	}
	qsort_r(rows, *count, sizeof(*rows), compare_all, &order);
	matcher_release(&matcher);
	return rows;
}

static void compare(void)
{
	size_t count;
	struct row *rows = sorted_rows(&count);
	size_t left = query.offset < count ? count - query.offset : 0;
	ck_assert_uint_eq(found.total, count);
	ck_assert_uint_eq(found.count, left < query.rows ? left : query.rows);
	for (size_t i = 0; i < found.count; i++) {
		if (found.rows[i].task != rows[query.offset + i].task)
			ck_abort_msg("row %zu of %zu from %zu", i, count, query.offset);
	}
	free(rows);
}

static void check_rows(bool changes)
{
	size_t count = registry->order.count;
	const size_t middle = count / 2 + random_below(200);
	const size_t offsets[] = { 0, 0, 0, 30, 500, middle, middle, count - ROWS, count - 200, count + 5 };
	query.offset = offsets[random_below(sizeof(offsets) / sizeof(*offsets))];
	query.reverse = random_below(3) == 0;
	select_rows(changes);
	if (!changes)
		compare();
	free(found.rows);
}

static void check_list(size_t tasks, unsigned rounds)
{
	while (registry->order.count < tasks)
		add_task();
	for (unsigned round = 0; round < rounds; round++) {
		change_some();
		check_rows(round % 10 == 9);
	}
}

static void sort_by(const char *column)
{
	query.sort = column_to_sort_by(column);
	ck_assert_ptr_nonnull(query.sort);
}

START_TEST(by_name)
{
	sort_by("name");
	check_list(SOME, 120);
}
END_TEST

START_TEST(by_state_and_then_by_number)
{
	sort_by("state");
	check_list(SOME, 120);
}
END_TEST

START_TEST(by_activity_with_a_filter)
{
	sort_by("activity");
	ck_assert_int_eq(filter_read(&query.filter, "name:7 -state:stopped", NULL), 0);
	check_list(SOME, 120);
}
END_TEST

START_TEST(as_they_were_created_with_a_text)
{
	query.text = strdup("3");
	check_list(SOME, 120);
}
END_TEST

/* The last rows of so many that not all that come before them are kept. */
START_TEST(of_very_many)
{
	sort_by("name");
	check_list(MANY, 25);
}
END_TEST

/* Rows in the middle, which are too far from both ends. */
START_TEST(of_so_many_that_the_middle_is_selected_alone)
{
	sort_by("name");
	check_list(MOST, 20);
}
END_TEST

/* Those in the middle are known again, with what is beside them, while tasks come and go before, among and after them. */
START_TEST(the_middle_is_known_again)
{
	sort_by("name");
	while (registry->order.count < MOST)
		add_task();
	query.offset = MOST / 2;
	select_rows(false);
	free(found.rows);
	for (int round = 0; round < 30; round++) {
		for (int i = 0; i < 15; i++)
			change_task();
		query.reverse = round % 2;
		query.offset = registry->order.count / 2 + random_below(400) - 200;
		ck_assert(tops_select(&service, &query, &found));
		compare();
		free(found.rows);
	}
	query.offset = 0;
	ck_assert(!tops_select(&service, &query, &found));
}
END_TEST

/* Most rows are equal but for their numbers. */
START_TEST(in_the_middle_of_equals)
{
	sort_by("state");
	check_list(MOST, 6);
}
END_TEST

/* The place of the next row from there on, round the end, that has the text; the count: there is none. */
static size_t next_with(const char *text, const struct row *rows, size_t count, size_t from, bool backwards)
{
	struct matcher matcher = { .line = NULL };
	size_t place = count;
	for (size_t i = 1; i <= count && place == count; i++) {
		size_t next = (from + (backwards ? count - i % count : i)) % count;
		if (matcher_has(&matcher, rows[next].task, text) > 0)
			place = next;
	}
	matcher_release(&matcher);
	return place;
}

static void check_seeking(const char *text, bool backwards)
{
	size_t count, units = SIZE_MAX, from;
	struct row *rows = sorted_rows(&count);
	struct seeking seeking;
	from = random_below((unsigned)count);
	seeking_init(&seeking, &service, &query, rows[from].task, text, backwards);
	while (!seeking_go_on(&seeking, &units))
		units = SIZE_MAX;
	size_t place = text ? next_with(text, rows, count, from, backwards) : from;
	ck_assert_int_eq(seeking.error, 0);
	ck_assert_int_eq(seeking.listed, place < count);
	if (place < count) {
		ck_assert_uint_eq(seeking.place, place);
		ck_assert_ptr_eq(seeking.found.task, rows[place].task);
	}
	seeking_release(&seeking);
	free(rows);
}

START_TEST(what_is_looked_for_is_where_sorting_puts_it)
{
	static const char *const columns[] = { "name", "state", "activity" };
	ck_assert_int_eq(filter_read(&query.filter, "-state:stopped", NULL), 0);
	while (registry->order.count < SOME)
		add_task();
	for (int round = 0; round < 90; round++) {
		sort_by(columns[round % 3]);
		change_task();
		query.reverse = random_below(2);
		check_seeking(NULL, false);
		check_seeking("e 7", random_below(2));
		check_seeking("nowhere", random_below(2));
	}
}
END_TEST

/* It is looked for again if it leaves the list before its place is known. */
START_TEST(what_is_found_is_still_there)
{
	size_t units = SIZE_MAX;
	struct seeking seeking;
	sort_by("name");
	while (registry->order.count < SOME)
		add_task();
	add_named("a first one");
	struct task *first = order_at(&registry->order, SOME);
	add_named("b first one");
	reading = true;
	seeking_init(&seeking, &service, &query, NULL, "first one", false);
	while (!seeking.counts) {
		units = 200;
		ck_assert(!seeking_go_on(&seeking, &units));
	}
	ck_assert_ptr_eq(seeking.found.task, first);
	remove_task(first);
	units = SIZE_MAX;
	while (!seeking_go_on(&seeking, &units))
		units = SIZE_MAX;
	ck_assert(seeking.listed);
	ck_assert_str_eq(task_given_name(seeking.found.task), "b first one");
	seeking_release(&seeking);
}
END_TEST

/* Rows go, and others come after the last that is kept: when too few are left, the list is selected again. */
START_TEST(while_its_first_rows_go)
{
	sort_by("name");
	while (registry->order.count < SOME)
		add_task();
	for (int round = 0; round < 50; round++) {
		select_rows(false);
		compare();
		for (size_t i = 0; i < found.count; i++) {
			remove_task(found.rows[i].task);
			add_named("b");
		}
		free(found.rows);
	}
}
END_TEST

/* The same list is known, without a look at all tasks; another one is not. */
START_TEST(the_same_again_is_known)
{
	size_t total;
	sort_by("name");
	while (registry->order.count < SOME)
		add_task();
	ck_assert(!tops_select(&service, &query, &found));
	select_rows(false);
	free(found.rows);
	for (int i = 0; i < 200; i++)
		change_task();
	ck_assert(tops_select(&service, &query, &found));
	compare();
	free(found.rows);
	query.offset = SOME - 2 * ROWS;
	query.reverse = true;
	ck_assert(tops_select(&service, &query, &found));
	compare();
	free(found.rows);
	ck_assert(tops_total(&service, &query, &total));
	ck_assert_uint_eq(total, registry->order.count);
	query.states = 1u << TASK_STOPPED;
	ck_assert(!tops_select(&service, &query, &found));
}
END_TEST

START_TEST(when_the_clock_is_set_nothing_is_known)
{
	sort_by("startedAt");
	while (registry->order.count < SOME)
		add_task();
	select_rows(false);
	free(found.rows);
	registry_doubt(registry);
	ck_assert(!tops_select(&service, &query, &found));
}
END_TEST

/* How long a task has run changes although the task does not. */
START_TEST(what_changes_with_the_time_is_not_kept)
{
	sort_by("elapsed");
	while (registry->order.count < SOME)
		add_task();
	select_rows(false);
	compare();
	free(found.rows);
	ck_assert(!tops_select(&service, &query, &found));
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		by_name,
		by_state_and_then_by_number,
		by_activity_with_a_filter,
		as_they_were_created_with_a_text,
		of_very_many,
		of_so_many_that_the_middle_is_selected_alone,
		the_middle_is_known_again,
		in_the_middle_of_equals,
		what_is_looked_for_is_where_sorting_puts_it,
		what_is_found_is_still_there,
		while_its_first_rows_go,
		the_same_again_is_known,
		when_the_clock_is_set_nothing_is_known,
		what_changes_with_the_time_is_not_kept,
	};

	return unit_run("tops", setup_service, teardown_service, tests);
}
