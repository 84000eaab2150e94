#include "tests/unit/gated_engine.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "engine/engine.h"
#include "engine/store/store.h"
#include "tests/unit/scratch.h"
#include "tests/unit/turned_engine.h"
#include "tests/unit/unit.h"

int slots;
unsigned failures;

static void failed(void *ctx, uint64_t sequence, const char *reason)
{
	(void)ctx, (void)sequence;
	ck_assert_ptr_nonnull(reason);
	failures++;
}

static void open_engine(void)
{
	char *error = NULL;
	struct engine_options options = {
		.base = base,
		.directory = scratch_path("."),
		.address = "unix:/none",
		.slots = slots,
	};
	int code = engine_open(&engine, &options, &error);
	ck_assert_msg(code == 0, "%s", error ? error : "?");
	struct engine_hooks hooks = { .failed = failed };
	engine_set_hooks(engine, &hooks);
}

void setup(void)
{
	make_surroundings();
	slots = 0;
	failures = 0;
	open_engine();
}

void teardown(void)
{
	engine_close(engine);
	remove_surroundings();
}

void reopen(void)
{
	engine_close(engine);
	open_engine();
}

void await_removal(const char *name)
{
	while (access(scratch_path(name), F_OK) == 0)
		turn();
}

struct task *make(const char *id, const char *code, bool start)
{
	struct task_spec spec = { .id = id ? strdup(id) : NULL, .cwd = strdup("/") };
	struct task *task = NULL;
	char *error = NULL;
	strings_add(&spec.command, "sh");
	strings_add(&spec.command, "-c");
	strings_add(&spec.command, code);
	strings_add(&spec.command, scratch_path("gate")); /* $0 of the shell */
	int result = engine_create(engine, &spec, NULL, NULL, start, &task, &error);
	ck_assert_msg(result == 0, "%s", error ? error : "?");
	return task;
}

struct task *make_child(const char *id, struct task *parent)
{
	struct task_spec spec = { .id = id ? strdup(id) : NULL, .cwd = strdup("/") };
	struct task *task = NULL;
	char *error = NULL;
	strings_add(&spec.command, "true");
	ck_assert_int_eq(engine_create(engine, &spec, NULL, parent, false, &task, &error), 0);
	return task;
}

void settle_engine(void)
{
	while (!engine_settled(engine))
		turn();
}

int output_of(const struct task *task, enum executor_stream stream)
{
	struct executor_output output;
	int error = engine_output(engine, task, 1, stream, true, &output);
	return error ? error : output.fd;
}

const struct stop_options term = { .signal = SIGTERM, .kill_after = -1 };
