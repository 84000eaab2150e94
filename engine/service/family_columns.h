/* Columns of the parent and the children of a task. */
#ifndef KRTASK_ENGINE_SERVICE_FAMILY_COLUMNS_H
#define KRTASK_ENGINE_SERVICE_FAMILY_COLUMNS_H

#include <stdint.h>

#include "engine/core/registry.h"
#include "engine/wire/jsonw.h"

void family_column_parent(struct jsonw *w, const struct task *task, int64_t now);
void family_column_children(struct jsonw *w, const struct task *task, int64_t now);
void family_column_count(struct jsonw *w, const struct task *task, int64_t now);
void family_column_ended(struct jsonw *w, const struct task *task, int64_t now);

#endif
