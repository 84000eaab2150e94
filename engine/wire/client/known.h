/*
 * The servers that the configuration names, in its order.  A name of these stands for an address.  They belong to the
 * process, and are added before the first address is parsed.
 */
#ifndef KRTASK_WIRE_KNOWN_H
#define KRTASK_WIRE_KNOWN_H

#include <stddef.h>

/* The name that stands for all of them. */
#define KNOWN_ALL "all"

struct known_server {
	char *name;
	char *address; /* anything that address_parse() takes without known names */
	char *program; /* krtask on that machine; NULL: where its PATH has it */
};

/*
 * Adds one, or replaces the one of that name.  text is an address, or an address, blanks and the path of krtask there.
 * address_parse() of the name checks them.  0 or -ENOMEM.
 */
int known_add(const char *name, const char *text);
/* NULL: there is none. */
const struct known_server *known_find(const char *name);
size_t known_count(void);
const struct known_server *known_at(size_t index);

#endif
