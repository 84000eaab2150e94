/*
 * What a group has, as text.
 */
#ifndef KRTASK_TUI_FIELDS_GROUP_TEXT_H
#define KRTASK_TUI_FIELDS_GROUP_TEXT_H

#include <jansson.h>

/* "GPU=0:12,1": task 12 has the first one; "-": it has no devices.  group: a Group of io.krtask.  malloc'ed. */
char *group_text_devices(const json_t *group);
/* " slurm /shared '-p gpu' pause-on-fail on-empty nice=10": which of these it has; "": none.  malloc'ed. */
char *group_text_settings(const json_t *group);

#endif
