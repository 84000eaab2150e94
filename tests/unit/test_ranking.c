/* The order of a queue, compared with a plain array that is searched from its start. */
#include "config.h"

#include <check.h>
#include <stdlib.h>

#include "engine/core/ranking.h"
#include "tests/unit/unit.h"

enum { MANY = 400, ROUNDS = 20000 };

static struct ranking ranking;
static struct rank ranks[MANY];
static struct rank *line[MANY]; /* the members of the ranking, in order */
static size_t in_line;
static bool there[MANY];
static unsigned seed;

static unsigned draw(unsigned below)
{
	seed = seed * 1103515245u + 12345u;
	return seed / 65536u % below;
}

static void setup(void)
{
	ranking = (struct ranking){ .root = NULL };
	in_line = 0;
	seed = (unsigned)1;
	for (size_t i = 0; i < MANY; i++)
		there[i] = false;
}

static void add(size_t i)
{
	size_t at = in_line++;
	for (; at > 0 && ranking_compare(&ranks[i], line[at - 1]) < 0; at--)
		line[at] = line[at - 1];
	line[at] = &ranks[i];
	there[i] = true;
	ranking_add(&ranking, &ranks[i]);
}

static void take(size_t i)
{
	size_t at = 0;
	while (line[at] != &ranks[i])
		at++;
	for (in_line--; at < in_line; at++)
		line[at] = line[at + 1];
	there[i] = false;
	ranking_remove(&ranking, &ranks[i]);
}

static void check_all(void)
{
	struct rank *first[RANK_KINDS] = { NULL }, *last[RANK_KINDS] = { NULL }, *first_ready = NULL;
	size_t ready = 0, counts[RANK_KINDS] = { 0 };
	for (size_t at = 0; at < in_line; at++) {
		enum rank_kind kind = line[at]->kind;
		if (ranking_place(line[at]) != at || ranking_place_of_ready(line[at]) != ready ||
		    ranking_at(&ranking, at) != line[at])
			ck_abort_msg("place %zu", at);
		if (last[kind] && ranking_next(last[kind], 1u << kind) != line[at])
			ck_abort_msg("next of kind %d", (int)kind);
		ready += kind != RANK_WAITING;
		first_ready = ready == 1 && kind != RANK_WAITING ? line[at] : first_ready;
		counts[kind]++;
		first[kind] = first[kind] ? first[kind] : line[at];
		last[kind] = line[at];
	}
	ck_assert_uint_eq(ranking_count(&ranking), in_line);
	ck_assert_ptr_null(ranking_at(&ranking, in_line));
	ck_assert_ptr_eq(ranking_first(&ranking, RANKING_READY), first_ready);
	for (unsigned kind = 0; kind < RANK_KINDS; kind++) {
		ck_assert_uint_eq(ranking_count_kind(&ranking, kind), counts[kind]);
		ck_assert_ptr_eq(ranking_first(&ranking, 1u << kind), first[kind]);
		ck_assert_ptr_eq(ranking_last(&ranking, 1u << kind), last[kind]);
	}
}

START_TEST(it_is_as_a_sorted_array)
{
	for (unsigned round = 0; round < ROUNDS; round++) {
		size_t i = draw(MANY);
		if (there[i] && draw(2)) {
			ranking_set_kind(&ranking, &ranks[i], draw(RANK_KINDS));
		} else if (there[i]) {
			take(i);
		} else {
			ranks[i] = (struct rank){ .priority = (int32_t)draw(3) - 1,
				                  .start = draw(50),
				                  .number = i,
				                  .kind = draw(RANK_KINDS) };
			add(i);
		}
		if (round % 97 == 0)
			check_all();
	}
	check_all();
}
END_TEST

START_TEST(priority_then_start_then_number)
{
	const struct rank urgent = { .priority = 1, .start = 9, .number = 9 };
	const struct rank early = { .start = 1, .number = 8 }, late = { .start = 2, .number = 1 };
	const struct rank younger = { .start = 1, .number = 10 };
	ck_assert_int_lt(ranking_compare(&urgent, &early), 0);
	ck_assert_int_lt(ranking_compare(&early, &late), 0);
	ck_assert_int_lt(ranking_compare(&early, &younger), 0);
	ck_assert_int_gt(ranking_compare(&late, &early), 0);
	ck_assert_int_eq(ranking_compare(&early, &early), 0);
}
END_TEST

START_TEST(it_stays_shallow)
{
	static struct rank many[100000];
	size_t deepest = 0;
	for (size_t i = 0; i < sizeof(many) / sizeof(many[0]); i++) {
		many[i] = (struct rank){ .start = i, .kind = RANK_OPEN };
		ranking_add(&ranking, &many[i]);
	}
	for (size_t i = 0; i < sizeof(many) / sizeof(many[0]); i++) {
		size_t depth = 0;
		for (const struct rank *up = &many[i]; up; up = up->up)
			depth++;
		deepest = depth > deepest ? depth : deepest;
	}
	ck_assert_uint_lt(deepest, 80);
	ck_assert_uint_eq(ranking_place(&many[77777]), 77777);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("ranking");
	TCase *tcase = tcase_create("order");

	tcase_add_checked_fixture(tcase, setup, NULL);
	tcase_add_test(tcase, it_is_as_a_sorted_array);
	tcase_add_test(tcase, priority_then_start_then_number);
	tcase_add_test(tcase, it_stays_shallow);
	suite_add_tcase(suite, tcase);
	return unit_main(suite);
}
