#include "config.h"

#include "engine/service/family_columns.h"

void family_column_parent(struct jsonw *w, const struct task *task, int64_t now)
{
	(void)now;
	jsonw_string(w, task_parent(task) ? task_id(task_parent(task)) : NULL);
}

void family_column_children(struct jsonw *w, const struct task *task, int64_t now)
{
	(void)now;
	jsonw_array(w);
	for (const struct task *child = task_first_child(task); child; child = task_next_sibling(child))
		jsonw_string(w, task_id(child));
	jsonw_end_array(w);
}

void family_column_count(struct jsonw *w, const struct task *task, int64_t now)
{
	(void)now;
	jsonw_uint(w, task_children(task));
}

void family_column_ended(struct jsonw *w, const struct task *task, int64_t now)
{
	(void)now;
	jsonw_uint(w, task_children_ended(task));
}
