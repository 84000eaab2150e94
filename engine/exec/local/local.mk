# The local executor: commands are processes of this machine.
engine_libengine_a_SOURCES += \
	engine/exec/local/adopt.c engine/exec/local/adopt.h \
	engine/exec/local/anchor.h \
	engine/exec/local/attempt.c engine/exec/local/attempt.h \
	engine/exec/local/cap.c engine/exec/local/cap.h \
	engine/exec/local/census.c engine/exec/local/census.h \
	engine/exec/local/discard.c engine/exec/local/discard.h \
	engine/exec/local/lingering.c engine/exec/local/lingering.h \
	engine/exec/local/ending.c engine/exec/local/ending.h \
	engine/exec/local/files.c engine/exec/local/files.h \
	engine/exec/local/holding.c engine/exec/local/holding.h \
	engine/exec/local/kin.c engine/exec/local/kin.h \
	engine/exec/local/kinship.c engine/exec/local/kinship.h \
	engine/exec/local/local.c engine/exec/local/local.h \
	engine/exec/local/marks.c engine/exec/local/marks.h \
	engine/exec/local/parent.c engine/exec/local/parent.h \
	engine/exec/local/progress.c engine/exec/local/progress.h \
	engine/exec/local/reach.c engine/exec/local/reach.h \
	engine/exec/local/settling.c engine/exec/local/settling.h \
	engine/exec/local/spares.c engine/exec/local/spares.h \
	engine/exec/local/start.c engine/exec/local/start.h \
	engine/exec/local/strays.c engine/exec/local/strays.h \
	engine/exec/local/stuck.c engine/exec/local/stuck.h \
	engine/exec/local/survivors.c engine/exec/local/survivors.h \
	engine/exec/local/traces.c engine/exec/local/traces.h \
	engine/exec/local/variables.c engine/exec/local/variables.h \
	engine/exec/local/watch.c engine/exec/local/watch.h

scripted_core = tests/unit/scripted_core.c tests/unit/scripted_core.h tests/unit/scratch.c tests/unit/scratch.h

check_PROGRAMS += tests/unit/test_adopt tests/unit/test_adopt_ledger tests/unit/test_adopt_whose \
	tests/unit/test_lingering tests/unit/test_local tests/unit/test_local_output tests/unit/test_local_survivors \
	tests/unit/test_marks tests/unit/test_reach
earlier_server = tests/unit/earlier_server.c tests/unit/earlier_server.h $(scripted_core)
tests_unit_test_adopt_SOURCES = tests/unit/test_adopt.c $(earlier_server)
tests_unit_test_adopt_LDADD = $(ENGINE_LIBS) $(UNIT_LIBS)
tests_unit_test_adopt_ledger_SOURCES = tests/unit/test_adopt_ledger.c $(earlier_server)
tests_unit_test_adopt_ledger_LDADD = $(ENGINE_LIBS) $(UNIT_LIBS)
tests_unit_test_adopt_whose_SOURCES = tests/unit/test_adopt_whose.c $(earlier_server)
tests_unit_test_adopt_whose_LDADD = $(ENGINE_LIBS) $(UNIT_LIBS)
tests_unit_test_lingering_SOURCES = tests/unit/test_lingering.c $(scripted_core)
tests_unit_test_lingering_LDADD = $(ENGINE_LIBS) $(UNIT_LIBS)
tests_unit_test_local_SOURCES = tests/unit/test_local.c $(scripted_core)
tests_unit_test_local_LDADD = $(ENGINE_LIBS) $(UNIT_LIBS)
tests_unit_test_local_output_SOURCES = tests/unit/test_local_output.c $(scripted_core)
tests_unit_test_local_output_LDADD = $(ENGINE_LIBS) $(UNIT_LIBS)
tests_unit_test_local_survivors_SOURCES = tests/unit/test_local_survivors.c $(scripted_core)
tests_unit_test_local_survivors_LDADD = $(ENGINE_LIBS) $(UNIT_LIBS)
tests_unit_test_marks_SOURCES = tests/unit/test_marks.c
tests_unit_test_marks_LDADD = $(ENGINE_LIBS) $(UNIT_LIBS)
tests_unit_test_marks_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=process_writes,--wrap=process_variable
tests_unit_test_reach_SOURCES = tests/unit/test_reach.c $(scripted_core)
tests_unit_test_reach_LDADD = $(ENGINE_LIBS) $(UNIT_LIBS)
