/*
 * Askers: who is told once that what was asked for is over, when that takes several changes.  Each is in one list,
 * which belongs to what goes on.  Loop thread only.
 */
#ifndef KRTASK_CORE_ASKERS_H
#define KRTASK_CORE_ASKERS_H

#include <stdint.h>

struct core_asker {
	void *ctx;
	void (*over)(void *ctx);
	uint64_t serial; /* of what it has asked for, where that matters */
	/* The same file's: */
	struct core_asker **list;       /* NULL: it is in none */
	struct core_asker *prev, *next; /* (utlist) */
};

/* The asker is borrowed until it is told, or disowned.  One that is in a list already leaves that. */
void askers_add(struct core_asker **list, struct core_asker *asker);
/* Tells those with this serial, which leave the list first; 0: all. */
void askers_tell(struct core_asker **list, uint64_t serial);
/* The asker is not told any more. */
void askers_disown(struct core_asker *asker);
/* None of them is told any more. */
void askers_forget(struct core_asker **list);

#endif
