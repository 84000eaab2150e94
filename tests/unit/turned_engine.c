#include "tests/unit/turned_engine.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/scratch.h"
#include "tests/unit/unit.h"

struct event_base *base;
struct engine *engine;
int gate;

void make_surroundings(void)
{
	scratch_make();
	ck_assert_int_eq(mkfifo(scratch_path("gate"), 0600), 0);
	gate = open(scratch_path("gate"), O_RDWR | O_CLOEXEC);
	ck_assert_int_ge(gate, 0);
	base = event_base_new();
}

void remove_surroundings(void)
{
	event_base_free(base);
	close(gate);
	scratch_remove();
}

void open_gate(void)
{
	ck_assert_int_eq(write(gate, "go\n", 3), 3);
}

void turn(void)
{
	event_base_loop(base, EVLOOP_ONCE);
}

struct task *find(const char *id)
{
	struct task *task = engine_find(engine, id);

	ck_assert_ptr_nonnull(task);
	return task;
}

void until(const char *id, enum task_state state)
{
	while (find(id)->status.state != state || !engine_settled(engine))
		turn();
}
