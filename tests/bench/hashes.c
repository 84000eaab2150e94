/*
 * The table of ids beside uthash's, in one run: COUNT ids are added, found, not found and removed.  Prints
 * a line for each operation: its name, then nanoseconds and bytes for each id, ours and uthash's.
 *
 *     hashes COUNT
 */
#include "config.h"

#include <malloc.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

static unsigned fold_hash(const char *key, size_t length)
{
	uint64_t hash = 14695981039346656037u;
	for (size_t i = 0; i < length; i++) {
		unsigned char c = (unsigned char)key[i];
		if (c >= 'A' && c <= 'Z')
			c = (unsigned char)(c + ('a' - 'A'));
		hash = (hash ^ c) * 1099511628211u;
	}
	return (unsigned)(hash ^ hash >> 32);
}

#define HASH_FUNCTION(key, length, hash) ((hash) = fold_hash((key), (length)))
#define HASH_KEYCMP(a, b, length)        strncasecmp((a), (b), (length))

#include <uthash.h>

#include "engine/core/ids.h"
#include "engine/core/registry.h"

struct other {
	UT_hash_handle hh;
	char id[TASK_ID_MAX + 1];
};

static struct registry registry;
static struct task **tasks;
static struct ids ids;
static struct other *others, *head;
static size_t count;

static double seconds(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static size_t in_use(void)
{
	struct mallinfo2 info = mallinfo2();
	return info.uordblks + info.hblkhd;
}

static void fail(const char *what)
{
	fprintf(stderr, "hashes: %s\n", what);
	exit(2);
}

static void make_tasks(void)
{
	static char cwd[] = "/", program[] = "true";
	tasks = calloc(count, sizeof(struct task *));
	others = calloc(count, sizeof(*others));
	if (!tasks || !others)
		fail("out of memory");
	for (size_t i = 0; i < count; i++) {
		snprintf(others[i].id, sizeof(others[i].id), "%zu", i + 1);
		struct task_spec spec = { .id = others[i].id,
			                  .cwd = cwd,
			                  .command = { program, sizeof(program), 0 } };
		tasks[i] = registry_make(&registry, &spec, NULL, NULL);
		if (!tasks[i])
			fail("out of memory");
	}
}

/* Yields each index once, because the factor is a prime, and in another order than memory's. */
static size_t scattered(size_t i)
{
	return (i * 2654435761u) % count;
}

static void own_add(size_t i)
{
	if (ids_add(&ids, tasks[i]))
		fail("out of memory");
}

static void uthash_add(size_t i)
{
	HASH_ADD_KEYPTR(hh, head, others[i].id, strlen(others[i].id), &others[i]);
}

static void own_find(size_t i)
{
	char id[32];
	snprintf(id, sizeof(id), "%zu", i + 1);
	if (!ids_find(&ids, id))
		fail("one is not found");
}

static void uthash_find(size_t i)
{
	char id[32];
	struct other *other;
	snprintf(id, sizeof(id), "%zu", i + 1);
	HASH_FIND(hh, head, id, strlen(id), other);
	if (!other)
		fail("one is not found");
}

static void own_miss(size_t i)
{
	char id[32];
	snprintf(id, sizeof(id), "no-%zu", i);
	if (ids_find(&ids, id))
		fail("one is found that is not there");
}

static void uthash_miss(size_t i)
{
	char id[32];
	struct other *other;
	snprintf(id, sizeof(id), "no-%zu", i);
	HASH_FIND(hh, head, id, strlen(id), other);
	if (other)
		fail("one is found that is not there");
}

static void own_remove(size_t i)
{
	ids_remove(&ids, tasks[i]);
	ids_forget(&ids, tasks[i]);
}

static void uthash_remove(size_t i)
{
	HASH_DELETE(hh, head, &others[i]);
}

static double each(void (*function)(size_t i), bool in_order)
{
	double start = seconds();
	for (size_t i = 0; i < count; i++)
		function(in_order ? i : scattered(i));
	return (seconds() - start) * 1e9 / (double)count;
}

int main(int argc, char **argv)
{
	count = argc == 2 ? strtoul(argv[1], NULL, 10) : 0;
	if (count == 0) {
		fputs("usage: hashes COUNT\n", stderr);
		return 2;
	}
	make_tasks();
	size_t before = in_use();
	double ours = each(own_add, true);
	size_t between = in_use();
	double theirs = each(uthash_add, true);
	double bytes = (double)(between - before) / (double)count;
	double other_bytes = (double)(in_use() - between) / (double)count + sizeof(UT_hash_handle);
	printf("add %.0f %.0f\n", ours, theirs);
	ours = each(own_find, false);
	printf("find %.0f %.0f\n", ours, each(uthash_find, false));
	ours = each(own_miss, false);
	printf("miss %.0f %.0f\n", ours, each(uthash_miss, false));
	ours = each(own_remove, false);
	printf("remove %.0f %.0f\n", ours, each(uthash_remove, false));
	printf("bytes %.0f %.0f\n", bytes, other_bytes);
	return 0;
}
