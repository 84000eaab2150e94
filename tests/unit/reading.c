#include "tests/unit/reading.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "engine/run/hunt.h"
#include "tests/unit/unit.h"

enum { PART = 192 * 1024 /* bytes of one reply */ };

struct reader reader;
char *output;
size_t length;
int64_t hole_from, hole_to;
int reads;
bool hunting = true;

void serve(int64_t offset)
{
	int64_t skipped = 0, end;

	if (offset >= hole_from && offset < hole_to) {
		skipped = hole_to - offset;
		offset = hole_to;
	}
	end = offset + PART < (int64_t)length ? offset + PART : (int64_t)length;
	if (offset < hole_from && end > hole_from)
		end = hole_from;
	ck_assert_int_lt(offset - skipped, (int64_t)length);
	book_put(&reader.book, offset, output + offset, (size_t)(end - offset), skipped);
	reads++;
}

/* As the server answers when lines are hunted for.  The whole output is in the file. */
static void serve_hunt(void)
{
	const struct pattern *pattern = reader.hunt;
	struct sieve *sieve = sieve_new(pattern->any_case);
	struct hunt hunt = { .at = reader.wanted, .backward = reader.hunt_back };
	int file = memfd_create("output", MFD_CLOEXEC);
	int64_t from;

	ck_assert_int_eq(write(file, output, length), (ssize_t)length);
	for (size_t i = 0; i < pattern->words.count; i++)
		ck_assert(sieve_add(sieve, pattern->words.words[i]));
	ck_assert_int_eq(hunt_on(&hunt, sieve, file), 0);
	sieve_free(sieve);
	close(file);
	from = hunt.at > 0 ? (hunt.at - 1) / BOOK_PAGE * BOOK_PAGE : 0;
	reads += !hunt.found;
	if (hunt.found)
		serve(from);
	reader_reached(&reader, reader.hunts, reader.wanted, hunt.at, hunt.found);
}

void settle_at(int width, int height)
{
	for (int i = 0; i < 100000; i++) {
		reader_turn(&reader, width, height);
		if (reader.hunt && hunting)
			serve_hunt();
		else if (reader.hunt) /* a server that knows no such reads */
			reader_reached(&reader, reader.hunts, reader.wanted, reader.wanted, true);
		else if (reader.wanted >= 0)
			serve(reader.wanted);
		else if (!reader.busy)
			return;
	}
	ck_abort_msg("it is never content");
}

void settle(void)
{
	settle_at(WIDTH, HEIGHT);
}

const char *row(int number)
{
	struct book_line line;
	size_t used;

	if (number >= reader.count)
		return NULL;
	ck_assert_int_eq(reader_print(&reader, &reader.rows[number], &line), BOOK_HAVE);
	return line.hole ? "hole" : printed_text(&reader.printed, &used) + reader.rows[number].place.column;
}

void print(const char *text)
{
	char *longer = realloc(output, length + strlen(text) + 1);

	ck_assert_ptr_nonnull(longer);
	output = longer;
	memcpy(output + length, text, strlen(text) + 1);
	length += strlen(text);
	reader.book.size = (int64_t)length;
}

void print_lines(int from, int to)
{
	size_t size = (size_t)(to - from + 1) * 16;
	char *text = malloc(size + 1), *end = text;

	ck_assert_ptr_nonnull(text);
	for (int i = from; i <= to; i++)
		end += sprintf(end, "line %d\n", i);
	print(text);
	free(text);
}

void reading_setup(void)
{
	unit_utf8();
	reader_init(&reader);
	output = NULL;
	length = 0;
	hole_from = hole_to = reads = 0;
}

void reading_teardown(void)
{
	reader_release(&reader);
	free(output);
}
