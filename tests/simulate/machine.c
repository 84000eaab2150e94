#include "tests/simulate/machine.h"

#include <signal.h>
#include <string.h>

#include "tests/simulate/chance.h"
#include "tests/simulate/clock.h"
#include "tests/simulate/report.h"
#include "tests/simulate/server.h"

struct machine_process machine_processes[MACHINE_PIDS + 1];
struct machine_entry machine_ledger[MACHINE_ENTRIES];
struct machine_fate machine_fates[DISK_TASKS + 1];
unsigned machine_boot;

static uint64_t born;

void machine_reset(void)
{
	memset(machine_processes, 0, sizeof(machine_processes));
	memset(machine_ledger, 0, sizeof(machine_ledger));
	memset(machine_fates, 0, sizeof(machine_fates));
	machine_boot = 1;
	born = 0;
}

/* Takes the lowest free pid.  This is most often the pid that was freed last, so pids are used again soon. */
static int machine_bear(uint64_t task)
{
	int pid = 1;
	while (pid <= MACHINE_PIDS && machine_processes[pid].life != MACHINE_NOBODY)
		pid++;
	if (pid > MACHINE_PIDS)
		return 0;
	machine_processes[pid] = (struct machine_process){
		.life = MACHINE_ALIVE,
		.task = task,
		.start = ++born,
		.parent = task ? MACHINE_SERVER : MACHINE_INIT,
		.stubborn = chance_draw(3) == 0,
	};
	return pid;
}

static bool machine_is_hook(uint64_t task)
{
	return disk_durable.rows[task].target > 0;
}

/* Whether a process of another task in the same group lives, with what it was given.  Hooks have numbers of their own. */
static bool machine_is_beside(const struct machine_process *process, uint64_t task)
{
	return process->life == MACHINE_ALIVE && process->task && process->task != task &&
	       machine_is_hook(process->task) == machine_is_hook(task) &&
	       disk_durable.rows[process->task].group == disk_durable.rows[task].group;
}

static bool machine_same_device(const char *list, unsigned place, unsigned other)
{
	size_t length = 0, size = 0;
	const char *name = devices_name(list, place, &length), *beside = devices_name(list, other, &size);
	return name && beside && length == size && memcmp(name, beside, size) == 0;
}

/* A device that has two places in the list may be given to two tasks, whichever of the places each has on record. */
static void machine_check_device(uint64_t task, const char *list, unsigned place)
{
	unsigned count = devices_count(list), may = 0, holders = 1;
	for (unsigned other = 0; other < count; other++)
		may += machine_same_device(list, place, other);
	for (int pid = 1; pid <= MACHINE_PIDS; pid++) {
		const struct machine_process *process = &machine_processes[pid];
		const struct device_set *set = &machine_fates[process->task].holding.devices;
		for (unsigned other = 0; machine_is_beside(process, task) && other < count; other++)
			holders += device_set_has(set, other) && machine_same_device(list, place, other);
	}
	must(holders <= may, "task %llu gets device %u of %s, which %u have", (unsigned long long)task, place,
	     list, holders - 1);
}

/* In a group, a number and devices are given to one task at a time. */
static void machine_check_holding(uint64_t task, const struct run_holding *holding)
{
	const char *list = disk_durable.groups[disk_durable.rows[task].group].devices;
	for (int pid = 1; pid <= MACHINE_PIDS; pid++) {
		const struct machine_process *process = &machine_processes[pid];
		must(!machine_is_beside(process, task) ||
		             machine_fates[process->task].holding.slot != holding->slot,
		     "tasks %llu and %llu have number %d", (unsigned long long)process->task,
		     (unsigned long long)task, holding->slot);
	}
	for (unsigned place = 0; place < DEVICES_MAX; place++) {
		if (device_set_has(&holding->devices, place))
			machine_check_device(task, list, place);
	}
}

bool machine_clone(int number)
{
	struct machine_entry *entry = &machine_ledger[number];
	struct machine_fate *fate = &machine_fates[entry->task];
	int pid = machine_bear(entry->task);
	if (!pid)
		return false;
	must(fate->begun == disk_durable.rows[entry->task].plan.marks.attempt,
	     "the command of task %llu begins once more", (unsigned long long)entry->task);
	must(fate->left == 0, "the command of task %llu begins while %u are left",
	     (unsigned long long)entry->task, fate->left);
	machine_check_holding(entry->task, &entry->holding);
	*fate = (struct machine_fate){ .begun = fate->begun + 1,
		                       .server = server_generation,
		                       .tick = clock_ticks(NULL),
		                       .left = chance_draw(3),
		                       .holding = entry->holding };
	entry->pid = pid;
	entry->start = born;
	tell("        task %llu: its command begins, pid %d, number %d, devices %llx",
	     (unsigned long long)entry->task, pid, entry->holding.slot,
	     (unsigned long long)entry->holding.devices.words[0]);
	return true;
}

struct machine_process *machine_find(int pid, uint64_t start)
{
	struct machine_process *process = &machine_processes[pid];
	return process->life != MACHINE_NOBODY && process->start == start ? process : NULL;
}

void machine_exit(struct machine_process *process, int exit_code, int term_signal)
{
	struct machine_fate *fate = &machine_fates[process->task];
	tell("        task %llu: its process ends, %d", (unsigned long long)process->task,
	     term_signal ? term_signal : exit_code);
	fate->over = true;
	fate->exit_code = term_signal ? -1 : exit_code;
	fate->term_signal = term_signal;
	process->life = process->parent == MACHINE_INIT ? MACHINE_NOBODY : MACHINE_ZOMBIE;
}

void machine_signal(uint64_t task, int signal)
{
	struct machine_fate *fate = &machine_fates[task];
	fate->killed = fate->killed || signal == SIGKILL;
	fate->stopped = fate->stopped || (signal != SIGSTOP && signal != SIGCONT);
	if (signal == SIGKILL)
		fate->left = 0;
	fate->left_stopped = signal == SIGSTOP && fate->left > 0;
	for (int pid = 1; pid <= MACHINE_PIDS; pid++) {
		struct machine_process *process = &machine_processes[pid];
		if (process->life == MACHINE_NOBODY || process->task != task)
			continue;
		/* Of one whose end the server has not heard of, too: it counts the time. */
		process->stopped = signal == SIGSTOP;
		if (process->life == MACHINE_ALIVE && signal != SIGSTOP && signal != SIGCONT &&
		    (signal == SIGKILL || !process->stubborn))
			machine_exit(process, 0, signal);
	}
}

void machine_pass(int64_t milliseconds)
{
	clock_pass(milliseconds);
	for (int pid = 1; pid <= MACHINE_PIDS; pid++) {
		const struct machine_process *process = &machine_processes[pid];
		/* The server does not hear of its end at once. */
		if (process->life != MACHINE_NOBODY && !process->stopped)
			machine_fates[process->task].ran += milliseconds;
	}
}

uint64_t machine_left_ends(void)
{
	for (uint64_t task = 1; task <= DISK_TASKS; task++) {
		struct machine_fate *fate = &machine_fates[task];
		if (!fate->watched || fate->left_stopped || chance_draw(2))
			continue;
		fate->left -= fate->left > 0;
		fate->watched = fate->left > 0;
		return fate->watched ? 0 : task;
	}
	return 0;
}

void machine_reap(struct machine_process *process)
{
	must(process->life == MACHINE_ZOMBIE, "one that lives is reaped");
	process->life = MACHINE_NOBODY;
}

void machine_stranger(void)
{
	for (int pid = 1; pid <= MACHINE_PIDS; pid++) {
		struct machine_process *process = &machine_processes[pid];
		if (process->life == MACHINE_ALIVE && process->task == 0 && chance_draw(2)) {
			process->life = MACHINE_NOBODY;
			return;
		}
	}
	machine_bear(0);
}

/* The next server releases statuses that are durable and that the last server did not release. */
void machine_sweep(void)
{
	for (int pid = 1; pid <= MACHINE_PIDS; pid++) {
		struct machine_process *process = &machine_processes[pid];
		const struct disk_row *row = &disk_durable.rows[process->task];
		if (process->life == MACHINE_NOBODY || !process->task ||
		    (row->exists && task_state_active((enum task_state)row->state)))
			continue;
		must(process->life == MACHINE_ZOMBIE, "task %llu runs, and nobody knows",
		     (unsigned long long)process->task);
		machine_reap(process);
	}
}

/* The status is lost, because no living process keeps it. */
static void machine_lose(struct machine_process *process)
{
	if (process->life == MACHINE_NOBODY || !process->task)
		return;
	machine_fates[process->task].unseen = true;
	if (process->life == MACHINE_ZOMBIE)
		process->life = MACHINE_NOBODY;
	process->parent = MACHINE_INIT;
}

void machine_server_dies(void)
{
	for (int task = 1; task <= DISK_TASKS; task++)
		machine_fates[task].watched = false;
	for (int pid = 1; pid <= MACHINE_PIDS; pid++) {
		if (machine_processes[pid].parent == MACHINE_SERVER)
			machine_processes[pid].parent = MACHINE_ANCHOR;
	}
}

void machine_anchor_dies(void)
{
	for (int pid = 1; pid <= MACHINE_PIDS; pid++) {
		if (machine_processes[pid].parent == MACHINE_ANCHOR)
			machine_lose(&machine_processes[pid]);
	}
	machine_server_dies();
}

void machine_both_die(void)
{
	machine_server_dies();
	machine_anchor_dies();
}

void machine_reboot(void)
{
	for (int pid = 1; pid <= MACHINE_PIDS; pid++) {
		struct machine_process *process = &machine_processes[pid];
		machine_lose(process);
		if (process->life == MACHINE_ALIVE && process->task)
			machine_fates[process->task].over = true;
		if (process->task)
			machine_fates[process->task].left = 0;
		process->life = MACHINE_NOBODY;
	}
	for (int task = 1; task <= DISK_TASKS; task++) {
		machine_fates[task].left = 0;
		machine_fates[task].watched = false;
	}
	born = 0;
	machine_boot++;
	clock_reboot();
}

/* Small enough to be kept exactly. */
struct task_usage machine_usage(uint64_t number)
{
	return (struct task_usage){ .cpu_ms = (int64_t)number * 16 + machine_fates[number].begun,
		                    .max_rss = ((int64_t)number * 8 + machine_fates[number].begun) * 1024 };
}

void machine_check_over(void)
{
	for (int pid = 1; pid <= MACHINE_PIDS; pid++) {
		must(machine_processes[pid].life == MACHINE_NOBODY || machine_processes[pid].task == 0,
		     "process %d of task %llu is left", pid, (unsigned long long)machine_processes[pid].task);
	}
	for (int task = 1; task <= DISK_TASKS; task++) {
		const struct machine_fate *fate = &machine_fates[task];
		must(fate->left == 0 || !fate->left_stopped || !disk_durable.rows[task].exists,
		     "what task %d has left is stopped for ever", task);
	}
}
