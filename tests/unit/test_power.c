/*
 * Power failures: a random history of changes goes through the real store; at each sync and many writes,
 * states that a power failure could leave are opened by a store of their own, and hold all changes that were
 * told to be durable, those after them up to some one, and nothing else.  The schema's migrations are part of
 * the history.
 *
 * It ends after STATES_LEAST such states, and not before POWER_SECONDS (default 0).  POWER_SEED: the first
 * history (default: by the clock), which is said when one fails.
 */
#include "config.h"

#include <poll.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "engine/store/hash.h"
#include "engine/store/internal.h"
#include "engine/store/migrations.h"
#include "engine/store/schema.h"
#include "engine/store/store.h"
#include "tests/unit/power.h"
#include "tests/unit/scratch.h"
#include "tests/unit/unit.h"

enum { TASKS = 40, CHANGES = 120, PAGES_OF_LOG = 12, STATES_LEAST = 600 };

/* What the store should hold, and its digest after each change. */
struct modelled {
	bool there;
	int state;
	char name[16];
};
static struct modelled model[TASKS + 1];
static unsigned model_slots, model_last, model_next_id;
static bool model_slots_set, model_environment;
static uint64_t digests[CHANGES + 1];

/* How many changes the store has told to be durable, and how many were put. */
static atomic_uint told, put;
static unsigned base; /* changes before the store was opened, because the store counts from 1 */
static unsigned history_seed, history_state, failures_seed, states;
static bool has_power; /* power failures are off */
static struct store *store;
static char block[4096], block_hash[ENVIRONMENT_HASH_SIZE];

static uint64_t digest_bytes(uint64_t digest, const void *bytes, size_t length)
{
	for (const unsigned char *byte = bytes; length > 0; length--, byte++)
		digest = (digest ^ *byte) * 1099511628211u;
	return digest;
}

static uint64_t digest_number(uint64_t digest, uint64_t number)
{
	return digest_bytes(digest, &number, sizeof(number));
}

static uint64_t digest_task(uint64_t digest, uint64_t number, int state, const char *name)
{
	return digest_bytes(digest_number(digest_number(digest, number), (uint64_t)state), name,
	                    strlen(name) + 1);
}

static uint64_t digest_model(void)
{
	uint64_t digest = 14695981039346656037u;
	if (model_slots_set)
		digest = digest_number(digest, model_slots + 1);
	if (model_environment)
		digest = digest_bytes(digest, block_hash, sizeof(block_hash));
	for (uint64_t number = 1; number <= TASKS; number++) {
		if (model[number].there)
			digest = digest_task(digest, number, model[number].state, model[number].name);
	}
	return digest_number(digest_number(digest, model_last), model_next_id);
}

static int see_slots(void *ctx, unsigned slots)
{
	*(uint64_t *)ctx = digest_number(*(uint64_t *)ctx, slots + 1);
	return 0;
}

static int see_environment(void *ctx, const char *hash, const char *bytes, size_t length)
{
	ck_assert_uint_eq(length, sizeof(block));
	ck_assert_mem_eq(bytes, block, length);
	*(uint64_t *)ctx = digest_bytes(*(uint64_t *)ctx, hash, ENVIRONMENT_HASH_SIZE);
	return 0;
}

static int see_task(void *ctx, const struct store_task *task)
{
	uint64_t *digest = ctx;
	*digest = digest_task(*digest, task->number, task->status.state, task->spec.name);
	return 0;
}

static int see_reserved(void *ctx, uint64_t id)
{
	(void)ctx, (void)id;
	return 0;
}

static int see_counters(void *ctx, uint64_t last_number, uint64_t next_id)
{
	uint64_t *digest = ctx;
	*digest = digest_number(digest_number(*digest, last_number), next_id);
	return 0;
}

static const struct store_reader reader = {
	.slots = see_slots,
	.environment = see_environment,
	.task = see_task,
	.reserved = see_reserved,
	.counters = see_counters,
};

static struct store *open_and_read(const char *directory, uint64_t *digest)
{
	struct store *opened = NULL;
	char *error = NULL;
	*digest = 14695981039346656037u;
	int code = store_open(&opened, directory, &error);
	if (!code)
		code = store_load(opened, &reader, digest, &error);
	ck_assert_msg(code == 0, "POWER_SEED=%u: after %u changes: %s", history_seed, atomic_load(&told),
	              error);
	return opened;
}

static void remove_state(void)
{
	static const char *const names[] = { "", "-wal", "-shm", "-journal" };
	char path[256];
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(path, sizeof(path), "%s%s", scratch_path("after/tasks.db"), names[i]);
		unlink(path);
	}
}

/* The power fails now.  Checks what a new store finds. */
static void power_fails(void)
{
	unsigned durable = atomic_load(&told), last = atomic_load(&put);
	uint64_t digest;
	if (has_power)
		return;
	remove_state();
	power_fail(scratch_path("after"), failures_seed++);
	store_close(open_and_read(scratch_path("after"), &digest));
	states++;
	for (unsigned change = durable; change <= last; change++) {
		if (digests[change] == digest)
			return;
	}
	ck_abort_msg(
		"POWER_SEED=%u: what is found is not what was there after change %u, nor after one up to %u",
		history_seed, durable, last);
}

static unsigned chance(unsigned of)
{
	return (unsigned)rand_r(&history_state) % of;
}

static void put_created(struct store_batch *batch, unsigned number)
{
	struct store_task task = {
		.number = number, .created_at = 1000, .status = TASK_STATUS_INIT, .process = TASK_PROCESS_INIT
	};
	char id[16], command[] = "true", cwd[] = "/";
	struct modelled *modelled = &model[number];
	*modelled = (struct modelled){ .there = true, .state = TASK_CREATED };
	snprintf(modelled->name, sizeof(modelled->name), "n%u", chance(1000));
	snprintf(id, sizeof(id), "%u", number);
	task.spec = (struct task_spec){
		.id = id,
		.name = modelled->name,
		.cwd = cwd,
		.command = { .block = command, .length = sizeof(command) },
		.environment = chance(2) ? block_hash : NULL,
	};
	model_last = number;
	model_next_id = number + 1;
	store_batch_create(batch, &task, model_next_id);
}

static void put_changed(struct store_batch *batch, unsigned number)
{
	struct modelled *modelled = &model[number];
	struct task_status status = TASK_STATUS_INIT;
	char message[600];
	switch (chance(3)) {
	case 0:
		memset(message, 'm', sizeof(message));
		message[chance(sizeof(message))] = '\0';
		message[sizeof(message) - 1] = '\0';
		status.state = modelled->state = chance(2) ? TASK_QUEUED : TASK_FAILED;
		status.message = message;
		store_batch_status(batch, number, &status, NULL, "");
		break;
	case 1:
		snprintf(modelled->name, sizeof(modelled->name), "m%u", chance(1000));
		store_batch_text(batch, number, modelled->name, NULL);
		break;
	default:
		modelled->there = false;
		store_batch_remove(batch, number);
	}
}

static void make_change(struct store_batch *batch)
{
	if (!model_environment) {
		model_environment = true;
		store_batch_environment(batch, block_hash, block, sizeof(block));
	} else if (chance(10) == 0) {
		model_slots_set = true;
		model_slots = chance(9);
		store_batch_slots(batch, model_slots);
	}
	for (unsigned i = 1 + chance(4); i > 0; i--) {
		unsigned number = 1 + chance(model_last + 1);
		if (number <= model_last && model[number].there)
			put_changed(batch, number);
		else if (model_last < TASKS)
			put_created(batch, model_last + 1);
	}
	if (!batch->first)
		store_batch_probe(batch, (int64_t)atomic_load(&put));
}

static void wait_until_told(void)
{
	struct pollfd readable = { .fd = store_fd(store), .events = POLLIN };
	while (atomic_load(&told) < atomic_load(&put)) {
		uint64_t committed = 0;
		char *error = NULL;
		ck_assert_int_eq(poll(&readable, 1, 20000), 1);
		ck_assert_msg(store_poll(store, &committed, &error) == 0, "POWER_SEED=%u: %s", history_seed,
		              error);
		atomic_store(&told, base + (unsigned)committed);
	}
}

/* The version of an earlier database; 0: none. */
static void make_version(int version)
{
	sqlite3 *db;
	char pragma[64];
	if (version == 0)
		return;
	ck_assert_int_eq(sqlite3_open(scratch_path("live/tasks.db"), &db), SQLITE_OK);
	for (int i = 0; i < version; i++)
		ck_assert_int_eq(sqlite3_exec(db, schema_migrations[i], NULL, NULL, NULL), SQLITE_OK);
	snprintf(pragma, sizeof(pragma), "PRAGMA user_version = %d", version);
	ck_assert_int_eq(sqlite3_exec(db, pragma, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
}

/*
 * The log is small, so that it is often copied into the database.  Changes wait for an urgent one, so that
 * each seed gives the same history.
 */
static void open_store(void)
{
	uint64_t digest;
	store = open_and_read(scratch_path("live"), &digest);
	ck_assert_uint_eq(digest, digests[atomic_load(&put)]);
	base = atomic_load(&put);
	sqlite3_wal_autocheckpoint(store->db, PAGES_OF_LOG);
	store->pace.pace_ms = 1000000;
	ck_assert_int_eq(store_start(store), 0);
}

static void put_change(bool urgent)
{
	struct store_batch batch = STORE_BATCH_INIT;
	uint64_t sequence;
	make_change(&batch);
	digests[atomic_load(&put) + 1] = digest_model();
	atomic_fetch_add(&put, 1);
	ck_assert_int_eq(store_put(store, &batch, urgent, &sequence), 0);
	ck_assert_uint_eq(base + sequence, atomic_load(&put));
}

static void remove_live(void)
{
	unlink(scratch_path("live/tasks.db"));
	unlink(scratch_path("live/tasks.db-wal"));
	power_forget();
}

static void run_history(unsigned seed)
{
	history_seed = history_state = failures_seed = seed;
	memset(model, 0, sizeof(model));
	model_slots_set = model_environment = false;
	model_last = 0;
	model_next_id = 1;
	atomic_store(&told, 0);
	atomic_store(&put, 0);
	digests[0] = digest_model();
	has_power = true;
	make_version((int)chance((unsigned)schema_version + 1));
	has_power = false;
	open_store();
	while (atomic_load(&put) < CHANGES - 4) {
		for (unsigned more = chance(3); more > 0; more--)
			put_change(false);
		put_change(true);
		wait_until_told();
		if (chance(12) == 0) {
			store_close(store);
			open_store();
		}
	}
	store_close(store);
	remove_live();
}

static long power_option(const char *name, long otherwise)
{
	const char *value = getenv(name);
	return value && *value ? strtol(value, NULL, 10) : otherwise;
}

START_TEST(every_state_that_a_power_failure_leaves_holds_what_was_told)
{
	time_t end = time(NULL) + power_option("POWER_SECONDS", 0);
	unsigned seed = (unsigned)power_option("POWER_SEED", (long)time(NULL)), histories = 0;
	do
		run_history(seed + histories++);
	while (states < STATES_LEAST || time(NULL) < end);
	printf("# %u histories from seed %u, %u states after a failure\n", histories, seed, states);
	fflush(stdout);
}
END_TEST

static void setup(void)
{
	scratch_make();
	ck_assert_int_eq(mkdir(scratch_path("live"), 0700), 0);
	ck_assert_int_eq(mkdir(scratch_path("after"), 0700), 0);
	memset(block, 'b', sizeof(block));
	hash_make(block, sizeof(block), block_hash);
	power_make(scratch_path("live/"), power_fails);
}

int main(void)
{
	Suite *suite = suite_create("power");
	TCase *tcase = tcase_create("power");
	tcase_add_checked_fixture(tcase, setup, scratch_remove);
	tcase_set_timeout(tcase, (double)power_option("POWER_SECONDS", 0) + 120);
	tcase_add_test(tcase, every_state_that_a_power_failure_leaves_holds_what_was_told);
	suite_add_tcase(suite, tcase);
	return unit_main(suite);
}
