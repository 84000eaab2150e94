# The engine: the façade over core and executors.  Its parts have fragments of their own.
include engine/task/local.mk
include engine/store/local.mk
include engine/run/local.mk
include engine/wire/local.mk
include engine/core/local.mk
include engine/exec/local/local.mk
include engine/exec/slurm/local.mk
include engine/service/local.mk
include engine/host/local.mk

engine_libengine_a_SOURCES += engine/engine.c engine/engine.h engine/calls.c engine/progress.c engine/parts.h

check_PROGRAMS += tests/unit/test_engine tests/unit/test_engine_failure
turned_engine = tests/unit/turned_engine.c tests/unit/turned_engine.h tests/unit/scratch.c tests/unit/scratch.h
gated_engine = tests/unit/gated_engine.c tests/unit/gated_engine.h $(turned_engine)
tests_unit_test_engine_SOURCES = tests/unit/test_engine.c $(gated_engine)
tests_unit_test_engine_LDADD = $(ENGINE_LIBS) $(UNIT_LIBS)
tests_unit_test_engine_failure_SOURCES = tests/unit/test_engine_failure.c $(gated_engine)
tests_unit_test_engine_failure_LDADD = $(ENGINE_LIBS) $(UNIT_LIBS)
check_PROGRAMS += tests/unit/test_engine_clock
tests_unit_test_engine_clock_SOURCES = tests/unit/test_engine_clock.c tests/unit/scratch.c tests/unit/scratch.h
tests_unit_test_engine_clock_LDADD = $(ENGINE_LIBS) $(UNIT_LIBS)
tests_unit_test_engine_clock_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=alarm_set,--wrap=alarm_take
check_PROGRAMS += tests/unit/test_engine_scarce
tests_unit_test_engine_scarce_SOURCES = tests/unit/test_engine_scarce.c tests/unit/scarce.c tests/unit/scarce.h \
	tests/unit/scratch.c tests/unit/scratch.h
tests_unit_test_engine_scarce_LDADD = $(ENGINE_LIBS) $(UNIT_LIBS)
tests_unit_test_engine_scarce_LDFLAGS = $(scarce_memory)
