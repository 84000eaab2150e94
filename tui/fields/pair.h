/*
 * Finds progress as programs print it that tell no percentage: "3/9", "[12/345]", "12/779 MB", "1.5 GiB / 2 GiB".
 * Pure, and safe for any bytes.
 */
#ifndef KRTASK_TUI_FIELDS_PAIR_H
#define KRTASK_TUI_FIELDS_PAIR_H

#include <stdbool.h>
#include <stddef.h>

struct pair {
	double part, whole; /* 0 <= part <= whole, 0 < whole */
	bool sizes;         /* they are bytes */
};

/*
 * The first pair of the text.  A date, a path, a version, an address or a part that is more than the whole is none.
 */
bool pair_find(const char *text, size_t length, struct pair *pair);

#endif
