/* Memory for libevent that a test can make scarce (scarce.h, loop_memory.h). */
#ifndef KRTASK_TESTS_EVENT_MEMORY_H
#define KRTASK_TESTS_EVENT_MEMORY_H

/* libevent calls this program's malloc() and realloc(), which the linker may have wrapped.  Before anything of it is used. */
void event_memory_own(void);

#endif
