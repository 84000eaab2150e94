# The simulation of everything around the core: see main.c.
check_PROGRAMS += tests/simulate/simulate
tests_simulate_simulate_SOURCES = \
	tests/simulate/adoptions.c tests/simulate/adoptions.h \
	tests/simulate/cancels.c tests/simulate/cancels.h \
	tests/simulate/causes.c tests/simulate/causes.h \
	tests/simulate/chance.c tests/simulate/chance.h \
	tests/simulate/clock.c tests/simulate/clock.h \
	tests/simulate/copies.c tests/simulate/copies.h \
	tests/simulate/creations.c tests/simulate/creations.h \
	tests/simulate/disk.c tests/simulate/disk.h \
	tests/simulate/disk_load.c \
	tests/simulate/disk_rows.c \
	tests/simulate/edits.c tests/simulate/edits.h \
	tests/simulate/grouped.c tests/simulate/grouped.h \
	tests/simulate/hooked.c tests/simulate/hooked.h \
	tests/simulate/keys.c tests/simulate/keys.h \
	tests/simulate/lines.c tests/simulate/lines.h \
	tests/simulate/machine.c tests/simulate/machine.h \
	tests/simulate/main.c \
	tests/simulate/memory.c tests/simulate/memory.h \
	tests/simulate/oracle.c tests/simulate/oracle.h \
	tests/simulate/overdue.c tests/simulate/overdue.h \
	tests/simulate/plans.c tests/simulate/plans.h \
	tests/simulate/promises.c tests/simulate/promises.h \
	tests/simulate/removals.c tests/simulate/removals.h \
	tests/simulate/report.c tests/simulate/report.h \
	tests/simulate/rest.c tests/simulate/rest.h \
	tests/simulate/runner.c tests/simulate/runner.h \
	tests/simulate/runner_checks.c \
	tests/simulate/runner_left.c \
	tests/simulate/server.c tests/simulate/server.h \
	tests/simulate/settings.c tests/simulate/settings.h \
	tests/simulate/shares.c tests/simulate/shares.h \
	tests/simulate/shrink.c tests/simulate/shrink.h \
	tests/simulate/steps.c tests/simulate/steps.h \
	tests/simulate/sweeps.c tests/simulate/sweeps.h \
	tests/simulate/targets.c tests/simulate/targets.h \
	tests/simulate/users.c tests/simulate/users.h \
	tests/simulate/whys.c tests/simulate/whys.h \
	tests/simulate/wishes.c tests/simulate/wishes.h \
	tests/unit/scarce.c tests/unit/scarce.h
tests_simulate_simulate_LDADD = $(ENGINE_LIBS)
tests_simulate_simulate_LDFLAGS = $(scarce_memory)

# One minute by default; for another time: `make simulate SIMULATE_SECONDS=3600 SIMULATE_SEED=7'.
SIMULATE_SECONDS = 60
SIMULATE_SEED =
simulate: tests/simulate/simulate
	@tests/simulate/simulate $(SIMULATE_SECONDS) $(SIMULATE_SEED)
