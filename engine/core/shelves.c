#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/core/record.h"
#include "engine/core/shelves.h"
#include "engine/task/array.h"

enum {
	BLOCK_TASKS = 126, /* with the head of the block 1 KiB */
	BLOCK_FEW = 30,    /* a block with fewer is joined with one beside it */
	BLOCK_JOINED = 96, /* if they have no more together */
};

struct shelf_block {
	uint32_t number; /* in the list of blocks */
	uint32_t shelf, at;
	uint32_t count;
	struct task *tasks[BLOCK_TASKS];
};

static struct shelf_block *shelf_block_at(const struct shelves *shelves, int shelf, size_t at)
{
	return shelves->blocks[shelves->list[shelf].blocks[at]];
}

/* The block of a task, and its place in that.  NULL: it is on no shelf. */
static struct shelf_block *shelf_block_of(const struct shelves *shelves, const struct task *task,
                                          size_t *place)
{
	struct shelf_block *block =
		task->block > 0 && task->block < shelves->block_count ? shelves->blocks[task->block] : NULL;
	for (size_t i = 0; block && i < block->count; i++) {
		if (block->tasks[i] == task) {
			*place = i;
			return block;
		}
	}
	return NULL;
}

/* Numbers of tasks. */

static void shelf_add(struct shelf *shelf, size_t at, uint32_t amount)
{
	for (size_t i = at + 1; i <= shelf->block_count; i += i & -i)
		shelf->tree[i] += amount; /* It may be negative, modulo 2^32. */
}

static size_t shelf_before(const struct shelf *shelf, size_t at)
{
	size_t sum = 0;
	for (size_t i = at; i > 0; i -= i & -i)
		sum += shelf->tree[i];
	return sum;
}

/* Counts the blocks from `at` on again, since others were put before them or have gone. */
static void shelf_count_again(struct shelves *shelves, int which, size_t at)
{
	struct shelf *shelf = &shelves->list[which];
	for (size_t i = at; i < shelf->block_count; i++)
		shelf_block_at(shelves, which, i)->at = (uint32_t)i;
	for (size_t i = at + 1; i <= shelf->block_count; i++) {
		shelf->tree[i] = shelf_block_at(shelves, which, i - 1)->count;
		for (size_t step = 1; step < (i & -i); step *= 2)
			shelf->tree[i] += shelf->tree[i - step];
	}
}

/* Blocks. */

static int shelf_grow(struct shelf *shelf)
{
	size_t size = shelf->size ? shelf->size * 2 : 16;
	if (shelf->block_count < shelf->size)
		return 0;
	uint32_t *tree = realloc(shelf->tree, (size + 1) * sizeof(*tree));
	if (!tree)
		return -ENOMEM;
	shelf->tree = tree;
	uint32_t *blocks = realloc(shelf->blocks, size * sizeof(*blocks));
	if (!blocks)
		return -ENOMEM;
	shelf->blocks = blocks;
	shelf->size = size;
	return 0;
}

/* A number that is free.  0: out of memory. */
static uint32_t shelves_number(struct shelves *shelves)
{
	size_t number = shelves->unused > 0 ? shelves->unused : 1;
	while (number < shelves->block_count && shelves->blocks[number])
		number++;
	shelves->unused = (uint32_t)number;
	if (number < shelves->block_count)
		return (uint32_t)number;
	struct shelf_block **blocks =
		array_grow(shelves->blocks, &shelves->block_size, number + 1, sizeof(*blocks));
	if (!blocks)
		return 0;
	shelves->blocks = blocks;
	while (shelves->block_count <= number)
		blocks[shelves->block_count++] = NULL;
	return (uint32_t)number;
}

/* An empty block that stands at this place of the shelf.  NULL: out of memory. */
static struct shelf_block *shelf_insert(struct shelves *shelves, int which, size_t at)
{
	struct shelf *shelf = &shelves->list[which];
	uint32_t number = shelf_grow(shelf) ? 0 : shelves_number(shelves);
	struct shelf_block *block = number ? malloc(sizeof(*block)) : NULL;
	if (!block)
		return NULL;
	block->number = number;
	block->shelf = (uint32_t)which;
	block->at = (uint32_t)at;
	block->count = 0;
	shelves->blocks[number] = block;
	memmove(shelf->blocks + at + 1, shelf->blocks + at,
	        (shelf->block_count - at) * sizeof(*shelf->blocks));
	shelf->blocks[at] = number;
	shelf->block_count++;
	shelf_count_again(shelves, which, at);
	return block;
}

/* It is empty. */
static void shelf_drop(struct shelves *shelves, int which, size_t at)
{
	struct shelf *shelf = &shelves->list[which];
	uint32_t number = shelf->blocks[at];
	free(shelves->blocks[number]);
	shelves->blocks[number] = NULL;
	if (number < shelves->unused)
		shelves->unused = number;
	shelf->block_count--;
	memmove(shelf->blocks + at, shelf->blocks + at + 1,
	        (shelf->block_count - at) * sizeof(*shelf->blocks));
	shelf_count_again(shelves, which, at);
}

/* Moves the tasks of a block from `from` on to the end of another of the same shelf, where there is room. */
static void shelf_move(struct shelf_block *block, size_t from, struct shelf_block *to)
{
	for (size_t i = from; i < block->count; i++) {
		block->tasks[i]->block = to->number;
		to->tasks[to->count++] = block->tasks[i];
	}
	block->count = (uint32_t)from;
}

/*
 * Makes room in a full block, for a task before its place `*place`.  At the ends of the block that is a new
 * one, so that blocks are full where tasks come in order.  The block with the room; NULL: out of memory.
 */
static struct shelf_block *shelf_split(struct shelves *shelves, struct shelf_block *block, size_t *place)
{
	int which = (int)block->shelf;
	bool ends = *place == 0 || *place == block->count;
	struct shelf_block *fresh = shelf_insert(shelves, which, block->at + (*place > 0));
	if (!fresh)
		return NULL;
	if (ends) {
		*place = 0;
		return fresh;
	}
	shelf_move(block, BLOCK_TASKS / 2, fresh);
	shelf_count_again(shelves, which, block->at);
	if (*place <= block->count)
		return block;
	*place -= block->count;
	return fresh;
}

/* Joins a block that has few tasks with the next one. */
static void shelf_join(struct shelves *shelves, int which, size_t at)
{
	if (at + 1 >= shelves->list[which].block_count)
		return;
	struct shelf_block *block = shelf_block_at(shelves, which, at),
			   *next = shelf_block_at(shelves, which, at + 1);
	if (block->count + next->count > BLOCK_JOINED)
		return;
	shelf_move(next, 0, block);
	shelf_drop(shelves, which, at + 1);
	shelf_count_again(shelves, which, at);
}

/* The block in which a place is, or that ends with it; *place becomes the place in that.  There is one. */
static struct shelf_block *shelf_find(const struct shelves *shelves, int which, size_t *place)
{
	const struct shelf *shelf = &shelves->list[which];
	struct shelf_block *last = shelf_block_at(shelves, which, shelf->block_count - 1);
	size_t at = 0, step = 1;
	/* Most tasks come and go at the ends. */
	if (*place >= shelf->count - last->count) {
		*place -= shelf->count - last->count;
		return last;
	}
	if (*place < shelf_block_at(shelves, which, 0)->count)
		return shelf_block_at(shelves, which, 0);
	while (step * 2 <= shelf->block_count)
		step *= 2;
	for (; step > 0; step /= 2) {
		if (at + step < shelf->block_count && shelf->tree[at + step] <= *place) {
			at += step;
			*place -= shelf->tree[at];
		}
	}
	return shelf_block_at(shelves, which, at);
}

/* Tasks. */

int shelves_put(struct shelves *shelves, int which, size_t place, struct task *task)
{
	struct shelf *shelf = &shelves->list[which];
	struct shelf_block *block =
		shelf->block_count > 0 ? shelf_find(shelves, which, &place) : shelf_insert(shelves, which, 0);
	if (block && place == 0 && block->count == BLOCK_TASKS && block->at > 0) {
		struct shelf_block *before = shelf_block_at(shelves, which, block->at - 1);
		if (before->count < BLOCK_TASKS) {
			block = before;
			place = before->count;
		}
	}
	if (block && block->count == BLOCK_TASKS)
		block = shelf_split(shelves, block, &place);
	if (!block)
		return -ENOMEM;
	memmove(block->tasks + place + 1, block->tasks + place,
	        (block->count - place) * sizeof(struct task *));
	block->tasks[place] = task;
	block->count++;
	task->block = block->number;
	shelf_add(shelf, block->at, 1);
	shelf->count++;
	return 0;
}

void shelves_take(struct shelves *shelves, struct task *task)
{
	size_t place;
	struct shelf_block *block = shelf_block_of(shelves, task, &place);
	task->block = 0;
	if (!block)
		return;
	int which = (int)block->shelf;
	struct shelf *shelf = &shelves->list[which];
	block->count--;
	memmove(block->tasks + place, block->tasks + place + 1,
	        (block->count - place) * sizeof(struct task *));
	shelf_add(shelf, block->at, UINT32_MAX);
	shelf->count--;
	if (block->count == 0)
		shelf_drop(shelves, which, block->at);
	else if (block->count < BLOCK_FEW)
		shelf_join(shelves, which, block->at);
}

void shelves_loosen(struct shelves *shelves, struct task *task)
{
	int which = shelves_where(shelves, task);
	if (which == SHELF_LOOSE)
		return;
	shelves_take(shelves, task);
	if (shelves_put(shelves, SHELF_LOOSE, shelves->list[SHELF_LOOSE].count, task))
		shelves->lost = true;
}

int shelves_where(const struct shelves *shelves, const struct task *task)
{
	size_t place;
	const struct shelf_block *block = shelf_block_of(shelves, task, &place);
	return block ? (int)block->shelf : -1;
}

struct task *shelves_at(const struct shelves *shelves, int which, size_t place)
{
	if (place >= shelves->list[which].count)
		return NULL;
	const struct shelf_block *block = shelf_find(shelves, which, &place);
	return block->tasks[place];
}

size_t shelves_place(const struct shelves *shelves, const struct task *task)
{
	size_t place = 0;
	const struct shelf_block *block = shelf_block_of(shelves, task, &place);
	return shelf_before(&shelves->list[block->shelf], block->at) + place;
}

void shelves_release(struct shelves *shelves)
{
	for (size_t i = 0; i < shelves->block_count; i++)
		free(shelves->blocks[i]);
	free(shelves->blocks);
	for (int i = 0; i < SHELVES_COUNT; i++) {
		free(shelves->list[i].blocks);
		free(shelves->list[i].tree);
	}
	*shelves = (struct shelves){ .block_count = 0 };
}
