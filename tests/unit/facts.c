#include "tests/unit/facts.h"

#include <stdlib.h>

#include "tests/unit/unit.h"
#include "tui/text/alloc.h"

struct facts facts(void)
{
	return (struct facts){
		.state = TASK_RUNNING, .text = "make", .message = "linking", .percent = 50, .started_ms = 1000
	};
}

static json_t *number_or_null(int number)
{
	return number ? json_integer(number) : json_null();
}

struct window_row row_of(const struct facts *facts)
{
	json_t *array = json_pack(
		"[s, s, s, n, i, b, s?, n, o, o, n, n, f, I, i, b, f, I, s?, o, o, s?, s]", "7", facts->text,
		task_state_name(facts->state), facts->percent, facts->percent > 0, facts->message,
		number_or_null(facts->exit_code), number_or_null(facts->signal), facts->duration,
		(json_int_t)facts->started_ms, facts->percent, facts->percent > 0, facts->duration,
		(json_int_t)facts->started_ms, facts->message, number_or_null(facts->exit_code),
		number_or_null(facts->signal), facts->group, facts->text);
	struct window_row row = { .number = 7, .state = facts->state, .silent_ms = -1 };

	if (facts->said)
		row.said = alloc_string(facts->said);
	if (facts->silent)
		row.silent_ms = facts->silent * 1000;
	ck_assert_ptr_nonnull(array);
	row.values = values_copy(array, 0);
	json_decref(array);
	return row;
}

void row_free(struct window_row *row)
{
	free(row->said);
	free(row->values);
}
