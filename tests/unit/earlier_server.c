#include "tests/unit/earlier_server.h"

#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/core/kernel.h"
#include "engine/exec/local/attempt.h"
#include "engine/run/ledger.h"
#include "engine/run/process.h"
#include "engine/task/messages.h"
#include "tests/unit/scratch.h"
#include "tests/unit/scripted_core.h"
#include "tests/unit/unit.h"

struct fake_anchor fake;

static int fake_status(void *ctx, pid_t pid, enum local_ending *ending, int *status, struct task_usage *usage)
{
	ck_assert_ptr_eq(ctx, &fake);
	fake.asked++;
	*ending = pid == fake.child ? fake.ending : LOCAL_NOT_MINE;
	*status = fake.status;
	*usage = (struct task_usage){ .cpu_ms = 1500, .max_rss = 1 << 20 };
	return fake.error;
}

static int fake_reap(void *ctx, pid_t pid)
{
	ck_assert_ptr_eq(ctx, &fake);
	if (fake.reaped_count < sizeof(fake.reaped) / sizeof(*fake.reaped))
		fake.reaped[fake.reaped_count++] = pid;
	return 0;
}

void use_anchor(pid_t child, enum local_ending ending, int status)
{
	memset(&fake, 0, sizeof(fake));
	fake.anchor = (struct local_anchor){
		.ctx = &fake, .pid = getpid(), .status = fake_status, .reap = fake_reap
	};
	fake.child = child;
	fake.ending = ending;
	fake.status = status;
	local_options.anchor = &fake.anchor;
}

void reopen(void)
{
	scripted_close();
	scripted_open();
}

void rewrite_ledger(int entry, pid_t pid, uint64_t start)
{
	struct ledger *ledger;
	bool same_boot;
	char *error = NULL;
	ck_assert_int_eq(ledger_open(&ledger, scratch_path(""), local_options.boot_id, &same_boot, &error),
	                 0);
	ck_assert(same_boot);
	*ledger_pid_word(ledger, entry) = pid;
	ledger_set_start(ledger, entry, start);
	ledger_close(ledger);
}

void forget_files(int entry)
{
	struct ledger *ledger;
	bool same_boot;
	char *error = NULL;
	ck_assert_int_eq(ledger_open(&ledger, scratch_path(""), local_options.boot_id, &same_boot, &error),
	                 0);
	ledger_set_files(ledger, entry, -1, 0);
	ledger_close(ledger);
}

void await_zombie(pid_t pid)
{
	siginfo_t info;
	ck_assert_int_eq(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT), 0);
}

pid_t end_unseen(const struct subject *subject)
{
	pid_t pid = pid_of(subject);
	scripted_close();
	kill(pid, SIGKILL);
	ck_assert_int_eq(waitid(P_PID, (id_t)pid, NULL, WEXITED), 0);
	return pid;
}

void adopt_unseen(struct subject *subject, bool began)
{
	scripted_open();
	adopt(subject, false);
	await(subject, began ? "began ended" : "ended");
	check_unseen(subject);
}

void check_unseen(const struct subject *subject)
{
	ck_assert(!subject->end.known);
	ck_assert_int_eq(subject->end.exit_code, -1);
	ck_assert_int_eq(subject->end.term_signal, 0);
	ck_assert_str_eq(subject->end.message, MSG_ENDED_UNSEEN);
}

void check_restarted(const struct subject *subject)
{
	ck_assert_str_eq(subject->trail, "ended");
	ck_assert(!subject->end.known);
	ck_assert_uint_eq(subject->end.left, 0);
	ck_assert_str_eq(subject->end.message, MSG_ENDED_RESTARTED);
}
