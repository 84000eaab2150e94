/*
 * Devices: a group may own some, e.g. graphics cards.  Each of its tasks gets the names of its own ones in a
 * variable.
 *
 * The list of a group is one text, "VARIABLE=NAME,NAME,…".  A name may stand in it twice: then two tasks
 * share that device.  So a device is known by its place in the list.  Pure; any thread.
 */
#ifndef KRTASK_TASK_DEVICES_H
#define KRTASK_TASK_DEVICES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	DEVICES_MAX = 256, /* in a list */
	DEVICES_WORDS = DEVICES_MAX / 64,
	DEVICES_TEXT_MAX = 16384, /* bytes of a list */
};

/* Places in a list. */
struct device_set {
	uint64_t words[DEVICES_WORDS];
};

static inline bool device_set_has(const struct device_set *set, unsigned place)
{
	return set->words[place / 64] >> place % 64 & 1;
}

static inline void device_set_add(struct device_set *set, unsigned place)
{
	set->words[place / 64] |= UINT64_C(1) << place % 64;
}

bool device_set_empty(const struct device_set *set);

/*
 * Makes a list of what a user wrote: "0-3" is a name for each number.  Sets *list, malloc'ed.  0; -ENOMEM; or
 * -EINVAL and *error (free() it), which names the text and says what it must be.
 */
int devices_parse(const char *text, char **list, char **error);
/* How many names the list has; NULL: none. */
unsigned devices_count(const char *list);
/* The bytes of the variable's name, with which the list begins. */
size_t devices_variable(const char *list);
/* The name at that place, and its length.  NULL: the list is not that long. */
const char *devices_name(const char *list, unsigned place, size_t *length);
/* "VARIABLE=NAME,NAME" with the names of the set, malloc'ed.  NULL: out of memory. */
char *devices_assign(const char *list, const struct device_set *set);
/* The reverse: finds the names in the list, each at another place.  Names that are not in it are passed by. */
void devices_match(const char *list, const char *names, struct device_set *set);

#endif
