# Running commands: worker threads, the ledger, spawning, processes, output files.
noinst_LIBRARIES += engine/librun.a
engine_librun_a_SOURCES = \
	engine/run/alarm.c engine/run/alarm.h \
	engine/run/child.c engine/run/child.h \
	engine/run/content.c engine/run/content.h \
	engine/run/follow.c engine/run/follow.h \
	engine/run/hunt.c engine/run/hunt.h \
	engine/run/ledger.c engine/run/ledger.h \
	engine/run/numbers.c engine/run/numbers.h \
	engine/run/output.c engine/run/output.h \
	engine/run/pidfd.c \
	engine/run/pool.c engine/run/pool.h \
	engine/run/proc.c engine/run/proc.h \
	engine/run/process.c engine/run/process.h \
	engine/run/seats.c engine/run/seats.h \
	engine/run/shed.c engine/run/shed.h \
	engine/run/shortfall.c engine/run/shortfall.h \
	engine/run/sieve.c engine/run/sieve.h \
	engine/run/spawn.c engine/run/spawn.h \
	engine/run/turns.c engine/run/turns.h \
	engine/run/sizes.c engine/run/sizes.h

check_PROGRAMS += \
	tests/unit/test_alarm \
	tests/unit/test_content \
	tests/unit/test_hunt \
	tests/unit/test_follow \
	tests/unit/test_ledger \
	tests/unit/test_output \
	tests/unit/test_output_reuse \
	tests/unit/test_pool \
	tests/unit/test_process \
	tests/unit/test_process_lists \
	tests/unit/test_shortfall \
	tests/unit/test_spawn \
	tests/unit/test_spawn_descriptors \
	tests/unit/test_turns

tests_unit_test_alarm_SOURCES = tests/unit/test_alarm.c
tests_unit_test_alarm_LDADD = engine/librun.a $(UNIT_LIBS)
tests_unit_test_follow_SOURCES = tests/unit/test_follow.c tests/unit/scratch.c tests/unit/scratch.h
tests_unit_test_follow_LDADD = engine/librun.a $(UNIT_LIBS)
tests_unit_test_ledger_SOURCES = tests/unit/test_ledger.c tests/unit/scratch.c tests/unit/scratch.h
tests_unit_test_ledger_LDADD = engine/librun.a engine/libtask.a $(UNIT_LIBS)
check_PROGRAMS += tests/unit/test_sizes
tests_unit_test_sizes_SOURCES = tests/unit/test_sizes.c tests/unit/scratch.c tests/unit/scratch.h
tests_unit_test_sizes_LDADD = engine/librun.a engine/libtask.a $(UNIT_LIBS)
written_output = tests/unit/written_output.c tests/unit/written_output.h tests/unit/scratch.c tests/unit/scratch.h
tests_unit_test_content_SOURCES = tests/unit/test_content.c $(written_output)
tests_unit_test_hunt_SOURCES = tests/unit/test_hunt.c
tests_unit_test_hunt_LDADD = engine/librun.a engine/libtask.a $(UNIT_LIBS)
tests_unit_test_content_LDADD = engine/librun.a engine/libtask.a $(UNIT_LIBS)
tests_unit_test_output_SOURCES = tests/unit/test_output.c $(written_output)
tests_unit_test_output_LDADD = engine/librun.a engine/libtask.a $(UNIT_LIBS)
tests_unit_test_output_reuse_SOURCES = tests/unit/test_output_reuse.c $(written_output)
tests_unit_test_output_reuse_LDADD = engine/librun.a engine/libtask.a $(UNIT_LIBS)
tests_unit_test_pool_SOURCES = tests/unit/test_pool.c tests/unit/scratch.c tests/unit/scratch.h
tests_unit_test_pool_LDADD = engine/librun.a $(UNIT_LIBS)
children = tests/unit/children.c tests/unit/children.h
tests_unit_test_process_SOURCES = tests/unit/test_process.c $(children)
tests_unit_test_process_LDADD = engine/librun.a engine/libtask.a $(UNIT_LIBS)
tests_unit_test_process_lists_SOURCES = tests/unit/test_process_lists.c $(children)
tests_unit_test_process_lists_LDADD = engine/librun.a engine/libtask.a $(UNIT_LIBS)
tests_unit_test_shortfall_SOURCES = tests/unit/test_shortfall.c
tests_unit_test_shortfall_LDADD = engine/librun.a engine/libtask.a $(UNIT_LIBS)
spawned = tests/unit/spawned.c tests/unit/spawned.h tests/unit/scratch.c tests/unit/scratch.h
tests_unit_test_spawn_SOURCES = tests/unit/test_spawn.c $(spawned)
tests_unit_test_spawn_LDADD = engine/librun.a engine/libtask.a $(UNIT_LIBS)
tests_unit_test_spawn_descriptors_SOURCES = tests/unit/test_spawn_descriptors.c $(spawned)
tests_unit_test_spawn_descriptors_LDADD = engine/librun.a engine/libtask.a $(UNIT_LIBS)
tests_unit_test_turns_SOURCES = tests/unit/test_turns.c tests/unit/event_memory.c tests/unit/event_memory.h tests/unit/scarce.c tests/unit/scarce.h
tests_unit_test_turns_LDADD = engine/librun.a $(EVENT_LIBS) $(UNIT_LIBS)
tests_unit_test_turns_LDFLAGS = $(AM_LDFLAGS) $(scarce_memory)
