#include "tests/simulate/keys.h"

#include <string.h>

#include "engine/core/uniques.h"
#include "tests/simulate/disk.h"
#include "tests/simulate/report.h"
#include "tests/simulate/server.h"
#include "tests/simulate/wishes.h"

const struct task *keys_owner(const char *key)
{
	const struct order *order = &server_core.registry.order;
	for (const struct task *task = order_at(order, 0); task && key; task = order_next(order, task)) {
		const char *its = task_plan(task)->unique;
		if (its && strcmp(its, key) == 0 && !task_state_terminal(task->status.state))
			return task;
	}
	return NULL;
}

/* Memory agrees with what was put (plans_check_task()), so it is enough to look at both images. */
static void keys_check_image(const struct disk_image *image)
{
	const struct disk_row *with[DISK_TASKS];
	unsigned count = 0;
	for (int number = 1; number <= DISK_TASKS; number++) {
		const struct disk_row *row = &image->rows[number];
		if (!row->exists || !*row->key || task_state_terminal((enum task_state)row->state))
			continue;
		for (unsigned i = 0; i < count; i++)
			must(strcmp(with[i]->key, row->key) != 0, "tasks %s and %s have the same key",
			     with[i]->id, row->id);
		with[count++] = row;
	}
}

void keys_check(void)
{
	for (int key = 1; key <= WISH_KEYS; key++) {
		const char *name = wish_key(&(struct wish){ .key = key });
		must(uniques_find(&server_core, name) == keys_owner(name), "key %s is another task's", name);
	}
	keys_check_image(&disk_durable);
	keys_check_image(&disk_ahead);
}
