# System tests: real binaries, each with a server of its own.
system_tests += \
	tests/system/access.test \
	tests/system/late.test \
	tests/system/plainly.test \
	tests/system/activate.test \
	tests/system/operation.test \
	tests/system/after.test \
	tests/system/again.test \
	tests/system/edit.test \
	tests/system/keep.test \
	tests/system/unique.test \
	tests/system/batch.test \
	tests/system/born.test \
	tests/system/clock.test \
	tests/system/asking.test \
	tests/system/selection.test \
	tests/system/away.test \
	tests/system/clean.test \
	tests/system/hook.test \
	tests/system/cmdlet.test \
	tests/system/cluster.test \
	tests/system/completion.test \
	tests/system/confirm.test \
	tests/system/connection.test \
	tests/system/conformance.test \
	tests/system/crash.test \
	tests/system/create.test \
	tests/system/delay.test \
	tests/system/devices.test \
	tests/system/disk.test \
	tests/system/lost.test \
	tests/system/ending.test \
	tests/system/examples.test \
	tests/system/family.test \
	tests/system/far.test \
	tests/system/fields.test \
	tests/system/foreign.test \
	tests/system/golden.test \
	tests/system/group.test \
	tests/system/hostile.test \
	tests/system/hung.test \
	tests/system/foreground.test \
	tests/system/idle.test \
	tests/system/logout.test \
	tests/system/mash.test \
	tests/system/nice.test \
	tests/system/output.test \
	tests/system/log_view.test \
	tests/system/pages.test \
	tests/system/pause.test \
	tests/system/retry.test \
	tests/system/paste.test \
	tests/system/points.test \
	tests/system/progress.test \
	tests/system/reach.test \
	tests/system/restart.test \
	tests/system/rm.test \
	tests/system/pipes.test \
	tests/system/scarce.test \
	tests/system/select.test \
	tests/system/server.test \
	tests/system/show.test \
	tests/system/several.test \
	tests/system/slurm.test \
	tests/system/sort.test \
	tests/system/ssh.test \
	tests/system/stuck.test \
	tests/system/terminals.test \
	tests/system/times.test \
	tests/system/tree.test \
	tests/system/trouble.test \
	tests/system/table.test \
	tests/system/tui.test \
	tests/system/upgrade.test \
	tests/system/usage.test \
	tests/system/why.test \
	tests/system/varlink.test
EXTRA_DIST += $(system_tests) tests/system/lib.sh tests/system/scene.sh tests/system/cluster.sh tests/system/clock.c tests/system/json.c tests/system/faults.c tests/system/mash.c tests/system/on_terminal.c tests/system/pty.c tests/system/pty.h tests/system/scarce.c tests/system/slow_terminal.c tests/system/stuck.c tests/source/messages.awk tests/system/proxy.pl tests/system/varlink.pl tests/system/conformance.tsv

# What `make bench' measures krtask against.
bench_programs += tests/bench/pool tests/bench/inserts tests/bench/repeat tests/bench/parse tests/bench/least \
	tests/bench/rows tests/bench/hashes tests/bench/queue tests/bench/stopping tests/bench/paint
EXTRA_PROGRAMS += $(bench_programs)
CLEANFILES += $(bench_programs) tests/system/json
tests_bench_pool_SOURCES = tests/bench/pool.c
tests_bench_inserts_SOURCES = tests/bench/inserts.c
tests_bench_inserts_LDADD = $(SQLITE_LIBS)
tests_bench_repeat_SOURCES = tests/bench/repeat.c
tests_bench_least_SOURCES = tests/bench/least.c
tests_bench_rows_SOURCES = tests/bench/rows.c
tests_bench_rows_LDADD = $(SQLITE_LIBS)
tests_bench_paint_SOURCES = tests/bench/paint.c tests/system/pty.c
tests_bench_stopping_SOURCES = tests/bench/stopping.c
tests_bench_stopping_LDADD = $(SQLITE_LIBS)
tests_bench_hashes_SOURCES = tests/bench/hashes.c
tests_bench_hashes_LDADD = $(ENGINE_LIBS)
tests_bench_queue_SOURCES = tests/bench/queue.c
tests_bench_queue_LDADD = $(ENGINE_LIBS)
tests_bench_parse_SOURCES = tests/bench/parse.c
tests_bench_parse_LDADD = tui/libbatch.a $(cli_libs)
EXTRA_DIST += tests/bench/run tests/bench/table.sh tests/bench/tasks.sh tests/bench/client.sh tests/bench/held.sh tests/bench/lists.pl tests/bench/follow.pl tests/bench/echo.pl tests/bench/screen.sh tests/bench/hosts.sh tests/bench/bridge.pl tests/stress/crash tests/stress/crash.pl tests/stress/graph.pl tests/stress/processes.pl tests/stress/points.c

# Kills and failing calls for STRESS_SECONDS, a third of them under a graph of tasks; SEED=N chooses the same ones again.
# Both may be in the environment, or arguments of make, which puts them there.
stress: all
	@abs_top_builddir='$(abs_top_builddir)' CC='$(CC)' $(BASH_PROGRAM) $(top_srcdir)/tests/stress/crash $$(($${STRESS_SECONDS:-60} * 2 / 3))
	@abs_top_builddir='$(abs_top_builddir)' CC='$(CC)' $(BASH_PROGRAM) $(top_srcdir)/tests/stress/crash $$(($${STRESS_SECONDS:-60} / 3)) graph

# Power failures for POWER_SECONDS; POWER_SEED=N chooses the same ones again.
power: tests/unit/test_power
	POWER_SECONDS=$${POWER_SECONDS:-60} tests/unit/test_power

# Wrong edits that tests must notice: MUTATIONS of them (0: all), from number MUTATE_FIRST on.
MUTATIONS = 0
MUTATE_FIRST = 0
mutate:
	@$(BASH_PROGRAM) $(top_srcdir)/tests/mutate/run $(top_srcdir) $(top_srcdir)/tests/mutate/list mutate.work \
		'$(CC)' $(MUTATIONS) $(MUTATE_FIRST)
# Those of the core, each of which the simulation must find.
mutate-simulate:
	@$(BASH_PROGRAM) $(top_srcdir)/tests/mutate/run $(top_srcdir) $(top_srcdir)/tests/mutate/list mutate.work \
		'$(CC)' $(MUTATIONS) $(MUTATE_FIRST) simulate
EXTRA_DIST += tests/mutate/run tests/mutate/list

# The pictures of the documentation, from the real program.
pictures: all
	@abs_top_builddir='$(abs_top_builddir)' $(BASH_PROGRAM) $(top_srcdir)/doc/pictures $(top_srcdir)/doc
EXTRA_DIST += doc/pictures doc/picture.pl tests/system/golden

bench: all $(bench_programs)
	@abs_top_builddir='$(abs_top_builddir)' $(BASH_PROGRAM) $(top_srcdir)/tests/bench/run
