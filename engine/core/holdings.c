#define HASH_NONFATAL_OOM 1

#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <uthash.h>

#include "engine/core/holdings.h"

/* Numbers of the live attempts of a group. */
struct slot_numbers {
	UT_hash_handle hh; /* by name */
	size_t count;      /* of the attempts */
	unsigned char *holders;
	size_t size;
	char name[];
};

enum { HOLDERS_MAX = 255, NUMBERS_STEP = 16 };

/* Hooks are in no group, and no group has an empty name. */
static const char *holdings_numbers_name(const struct task *task)
{
	const char *group = task_group(task);
	return task_hook_target(task) > 0 ? "" : group ? group : GROUP_DEFAULT;
}

static struct slot_numbers *holdings_numbers_of(const struct core *core, const struct task *task)
{
	const char *name = holdings_numbers_name(task);
	struct slot_numbers *numbers;
	HASH_FIND_STR(core->numbers, name, numbers);
	return numbers;
}

/* NULL: out of memory. */
static struct slot_numbers *holdings_numbers_make(struct core *core, const struct task *task)
{
	const char *name = holdings_numbers_name(task);
	struct slot_numbers *numbers = holdings_numbers_of(core, task);
	if (numbers)
		return numbers;
	size_t size = strlen(name) + 1;
	numbers = calloc(1, sizeof(*numbers) + size);
	if (!numbers)
		return NULL;
	memcpy(numbers->name, name, size);
	HASH_ADD_STR(core->numbers, name, numbers);
	if (numbers->hh.tbl)
		return numbers;
	free(numbers);
	return NULL;
}

static void holdings_numbers_free(struct core *core, struct slot_numbers *numbers)
{
	HASH_DEL(core->numbers, numbers);
	free(numbers->holders);
	free(numbers);
}

static int holdings_numbers_grow(struct slot_numbers *numbers, size_t slot)
{
	size_t size = slot + NUMBERS_STEP;
	if (slot < numbers->size)
		return 0;
	unsigned char *holders = realloc(numbers->holders, size);
	if (!holders)
		return -ENOMEM;
	memset(holders + numbers->size, 0, size - numbers->size);
	numbers->holders = holders;
	numbers->size = size;
	return 0;
}

static size_t holdings_numbers_lowest(const struct slot_numbers *numbers)
{
	const unsigned char *lowest = numbers->size ? memchr(numbers->holders, 0, numbers->size) : NULL;
	return lowest ? (size_t)(lowest - numbers->holders) : numbers->size;
}

/* slot -1: the lowest free one.  0 or -ENOMEM. */
static int holdings_take_number(struct core *core, struct run *run, int32_t slot)
{
	struct slot_numbers *numbers = holdings_numbers_make(core, run->task);
	if (!numbers)
		return -ENOMEM;
	size_t wanted = slot < 0 ? holdings_numbers_lowest(numbers) : (size_t)slot;
	if (holdings_numbers_grow(numbers, wanted)) {
		if (numbers->count == 0)
			holdings_numbers_free(core, numbers);
		return -ENOMEM;
	}
	numbers->count++;
	if (numbers->holders[wanted] < HOLDERS_MAX)
		numbers->holders[wanted]++;
	run->holding.slot = (int32_t)wanted;
	return 0;
}

static void holdings_give_number(struct core *core, struct run *run)
{
	struct slot_numbers *numbers = run->holding.slot < 0 ? NULL : holdings_numbers_of(core, run->task);
	if (!numbers)
		return;
	numbers->holders[run->holding.slot]--;
	run->holding.slot = -1;
	/* The only one is kept: it will be needed again. */
	if (--numbers->count == 0 && HASH_COUNT(core->numbers) > 1)
		holdings_numbers_free(core, numbers);
}

const char *holdings_devices(const struct run *run)
{
	const struct standing *standing = run->task->standing;
	return standing ? standing->group->settings.devices : NULL;
}

/* A task that weighs more than all devices gets all. */
static unsigned holdings_wanted(const struct task_group *group, const struct task *task)
{
	unsigned count = devices_count(group->settings.devices);
	uint32_t weight = task_plan(task)->weight;
	return weight < count ? weight : count;
}

bool holdings_suffice(const struct task_group *group, const struct task *task)
{
	unsigned wanted = holdings_wanted(group, task), unused = 0;
	unsigned count = wanted > 0 ? devices_count(group->settings.devices) : 0;
	for (unsigned place = 0; unused < wanted && place < count; place++)
		unused += group->devices[place].holders == 0;
	return unused >= wanted;
}

bool holdings_in_use(const struct task_group *group)
{
	for (unsigned place = 0; group->devices && place < DEVICES_MAX; place++) {
		if (group->devices[place].holders > 0)
			return true;
	}
	return false;
}

/* A name that stands in the list twice means the same device at both places. */
static unsigned holdings_free_place(const struct task_group *group, unsigned place)
{
	const char *list = group->settings.devices, *other;
	size_t length = 0, size;
	const char *name = devices_name(list, place, &length);
	for (unsigned at = 0; group->devices[place].holders > 0 && (other = devices_name(list, at, &size));
	     at++) {
		if (group->devices[at].holders == 0 && size == length && memcmp(name, other, size) == 0)
			return at;
	}
	return place;
}

static void holdings_take_device(struct run *run, unsigned place)
{
	if (device_set_has(&run->holding.devices, place))
		return;
	struct group_device *device = &run->task->standing->group->devices[place];
	device->holders++;
	device->task = run->task;
	core_touch(run->core, run->task->standing->group);
	device_set_add(&run->holding.devices, place);
}

int holdings_take(struct core *core, struct run *run)
{
	const struct task_group *group = run->task->standing->group;
	unsigned wanted = holdings_wanted(group, run->task);
	holdings_release(core, run);
	if (holdings_take_number(core, run, -1))
		return -ENOMEM;
	for (unsigned place = 0; wanted > 0 && place < DEVICES_MAX; place++) {
		if (group->devices[place].holders > 0)
			continue;
		holdings_take_device(run, place);
		wanted--;
	}
	return 0;
}

int holdings_take_back(struct core *core, struct run *run, const struct run_holding *holding)
{
	unsigned count = devices_count(holdings_devices(run));
	if (holding->slot >= 0 && holding->slot == run->holding.slot)
		return 0;
	holdings_release(core, run);
	if (holding->slot >= 0 && holdings_take_number(core, run, holding->slot))
		return -ENOMEM;
	for (unsigned place = 0; place < count; place++) {
		if (device_set_has(&holding->devices, place))
			holdings_take_device(run, holdings_free_place(run->task->standing->group, place));
	}
	return 0;
}

void holdings_release(struct core *core, struct run *run)
{
	holdings_give_number(core, run);
	if (device_set_empty(&run->holding.devices))
		return;
	for (unsigned place = 0; place < DEVICES_MAX; place++) {
		if (!device_set_has(&run->holding.devices, place))
			continue;
		struct group_device *device = &run->task->standing->group->devices[place];
		device->holders--;
		if (device->task == run->task)
			device->task = NULL;
	}
	core_touch(core, run->task->standing->group);
	run->holding.devices = (struct device_set){ { 0 } };
}

void holdings_end(struct core *core)
{
	struct slot_numbers *numbers, *next;
	HASH_ITER(hh, core->numbers, numbers, next)
	{
		holdings_numbers_free(core, numbers);
	}
}
