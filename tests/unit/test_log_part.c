/* Searching parts of an output: the hole of a cap is no reason to read, and to send, all that is around it. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "engine/service/log_part.h"
#include "tests/unit/unit.h"

enum { LINE = 32, LINES = 131072, SIZE = LINES * LINE, HOLE = 1 << 20, DATA = 3 << 20 };

static struct log_part part;
static int file;

static void put(int line, const char *text)
{
	char bytes[LINE + 1];

	memset(bytes, '.', LINE);
	memcpy(bytes, text, strlen(text));
	bytes[LINE - 1] = '\n';
	ck_assert_int_eq(pwrite(file, bytes, LINE, (off_t)line * LINE), LINE);
}

static void setup(void)
{
	char *lines = unit_room(SIZE);

	file = memfd_create("output", MFD_CLOEXEC);
	for (int i = 0; i < LINES; i++) {
		memset(lines + (size_t)i * LINE, '.', LINE - 1);
		lines[(size_t)i * LINE + LINE - 1] = '\n';
	}
	ck_assert_int_eq(pwrite(file, lines, SIZE, 0), SIZE);
	free(lines);
	ck_assert_int_eq(fallocate(file, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, HOLE, DATA - HOLE), 0);
}

static void teardown(void)
{
	close(file);
}

/* What is read from an offset of the capped output on. */
static void look_for(const char *word, off_t from, bool backward)
{
	ck_assert_int_eq(log_part_init(&part, from, -1), 0);
	part.capped = true;
	part.backward = backward;
	part.sieve = sieve_new(false);
	ck_assert(sieve_add(part.sieve, word));
	log_part_read(&part, file, false);
}

START_TEST(nothing_is_sent_before_the_hole)
{
	look_for("needle", 0, false);
	/* One line ends where the hole begins, and the next one may show anything. */
	ck_assert_int_eq(part.reached, HOLE);
	ck_assert_int_ge(part.got, 0);
	ck_assert_uint_ge(part.skipped + (uint64_t)part.got, 1);
	log_part_release(&part);
}
END_TEST

START_TEST(nothing_is_sent_after_the_hole)
{
	look_for("needle", DATA, false);
	ck_assert(part.at_end);
	ck_assert_int_eq(part.got, 0);
	ck_assert_int_eq(part.reached, SIZE);
	log_part_release(&part);
	look_for("needle", SIZE, true);
	ck_assert_int_eq(part.reached, DATA + LINE); /* what the hole has left of a line ends there */
	log_part_release(&part);
}
END_TEST

START_TEST(a_word_is_found_on_both_sides)
{
	put(100, "needle");
	put(LINES - 100, "needle");
	look_for("needle", 0, false);
	ck_assert_int_eq(part.reached, 100 * LINE);
	ck_assert_int_gt(part.got, 100 * LINE);
	ck_assert_uint_eq(part.skipped, 0);
	log_part_release(&part);
	look_for("needle", DATA, false);
	ck_assert_int_eq(part.reached, (LINES - 100) * LINE);
	ck_assert_int_gt(part.got, 0);
	log_part_release(&part);
	look_for("needle", HOLE, true);
	ck_assert_int_eq(part.reached, 101 * LINE);
	log_part_release(&part);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = { nothing_is_sent_before_the_hole, nothing_is_sent_after_the_hole,
		                       a_word_is_found_on_both_sides };

	return unit_run("log_part", setup, teardown, tests);
}
