# The executor for Slurm: commands are jobs of a cluster.
engine_libengine_a_SOURCES += \
	engine/exec/slurm/attempt.c engine/exec/slurm/attempt.h \
	engine/exec/slurm/claims.h \
	engine/exec/slurm/crew.c engine/exec/slurm/crew.h engine/exec/slurm/crews.h \
	engine/exec/slurm/files.c engine/exec/slurm/files.h \
	engine/exec/slurm/fleet.c engine/exec/slurm/fleet.h \
	engine/exec/slurm/heard.c engine/exec/slurm/heard.h \
	engine/exec/slurm/options.h \
	engine/exec/slurm/orders.c engine/exec/slurm/orders.h \
	engine/exec/slurm/pilots.c engine/exec/slurm/pilots.h \
	engine/exec/slurm/places.c engine/exec/slurm/places.h \
	engine/exec/slurm/program.c engine/exec/slurm/program.h \
	engine/exec/slurm/pump.c engine/exec/slurm/pump.h \
	engine/exec/slurm/reports.c engine/exec/slurm/reports.h \
	engine/exec/slurm/rows.c engine/exec/slurm/rows.h \
	engine/exec/slurm/script.c engine/exec/slurm/script.h \
	engine/exec/slurm/silence.c engine/exec/slurm/silence.h \
	engine/exec/slurm/slurm.c engine/exec/slurm/slurm.h \
	engine/exec/slurm/submit.c engine/exec/slurm/submit.h \
	engine/exec/slurm/tickets.c engine/exec/slurm/tickets.h \
	engine/exec/slurm/watch.c engine/exec/slurm/watch.h

# What a job runs: it needs no library.
krtask_pilot_SOURCES = engine/pilot/pilot.c engine/pilot/disk.c engine/pilot/disk.h engine/pilot/seconds.c engine/pilot/seconds.h \
	engine/pilot/ticket.c engine/pilot/ticket.h

check_PROGRAMS += tests/unit/test_executors tests/unit/test_pilots tests/unit/test_pilot_troubles tests/unit/test_slurm \
	tests/unit/test_slurm_troubles
scripted_slurm = $(scripted_core) tests/unit/scripted_slurm.c tests/unit/scripted_slurm.h
tests_unit_test_pilots_SOURCES = tests/unit/test_pilots.c $(scripted_slurm)
tests_unit_test_pilots_LDADD = $(ENGINE_LIBS) $(UNIT_LIBS)
tests_unit_test_pilot_troubles_SOURCES = tests/unit/test_pilot_troubles.c $(scripted_slurm)
tests_unit_test_pilot_troubles_LDADD = $(ENGINE_LIBS) $(UNIT_LIBS)
tests_unit_test_executors_SOURCES = tests/unit/test_executors.c $(scripted_slurm)
tests_unit_test_executors_LDADD = $(ENGINE_LIBS) $(UNIT_LIBS)
EXTRA_DIST += tests/unit/cluster
tests_unit_test_slurm_troubles_SOURCES = tests/unit/test_slurm_troubles.c $(scripted_slurm)
tests_unit_test_slurm_troubles_LDADD = $(ENGINE_LIBS) $(UNIT_LIBS)
tests_unit_test_slurm_SOURCES = tests/unit/test_slurm.c
tests_unit_test_slurm_LDADD = $(ENGINE_LIBS) $(UNIT_LIBS)
