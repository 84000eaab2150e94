/*
 * The columns of the plan of a task: what was asked for, and its attempts.  Each writes the value of one.
 */
#ifndef KRTASK_ENGINE_SERVICE_PLAN_COLUMNS_H
#define KRTASK_ENGINE_SERVICE_PLAN_COLUMNS_H

#include <stdint.h>

#include "engine/wire/jsonw.h"

struct task;

void plan_column_priority(struct jsonw *w, const struct task *task, int64_t now);
void plan_column_weight(struct jsonw *w, const struct task *task, int64_t now);
void plan_column_nice(struct jsonw *w, const struct task *task, int64_t now);
void plan_column_ionice(struct jsonw *w, const struct task *task, int64_t now);
void plan_column_cpu_list(struct jsonw *w, const struct task *task, int64_t now);
void plan_column_unique(struct jsonw *w, const struct task *task, int64_t now);
void plan_column_auto_remove(struct jsonw *w, const struct task *task, int64_t now);
void plan_column_retries(struct jsonw *w, const struct task *task, int64_t now);
void plan_column_retry_delay(struct jsonw *w, const struct task *task, int64_t now);
void plan_column_retry_max(struct jsonw *w, const struct task *task, int64_t now);
void plan_column_retry_on(struct jsonw *w, const struct task *task, int64_t now);
void plan_column_retry_not(struct jsonw *w, const struct task *task, int64_t now);
void plan_column_retry_lost(struct jsonw *w, const struct task *task, int64_t now);
void plan_column_unmet(struct jsonw *w, const struct task *task, int64_t now);
void plan_column_on_end(struct jsonw *w, const struct task *task, int64_t now);
void plan_column_on_fail(struct jsonw *w, const struct task *task, int64_t now);
void plan_column_on_ok(struct jsonw *w, const struct task *task, int64_t now);
void plan_column_webhook(struct jsonw *w, const struct task *task, int64_t now);
void plan_column_sbatch(struct jsonw *w, const struct task *task, int64_t now);
void plan_column_job(struct jsonw *w, const struct task *task, int64_t now);
void plan_column_node(struct jsonw *w, const struct task *task, int64_t now);
void plan_column_begin_at(struct jsonw *w, const struct task *task, int64_t now);
void plan_column_delay(struct jsonw *w, const struct task *task, int64_t now);
void plan_column_expire_at(struct jsonw *w, const struct task *task, int64_t now);
void plan_column_time_limit(struct jsonw *w, const struct task *task, int64_t now);
void plan_column_kill_after(struct jsonw *w, const struct task *task, int64_t now);
/* null: none has begun. */
void plan_column_attempt(struct jsonw *w, const struct task *task, int64_t now);
void plan_column_attempts(struct jsonw *w, const struct task *task, int64_t now);
void plan_column_attempt_texts(struct jsonw *w, const struct task *task, int64_t now);
/* "2/6", of a task that may have several. */
void plan_column_attempt_of(struct jsonw *w, const struct task *task, int64_t now);

#endif
