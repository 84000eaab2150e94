# The executor for Slurm: commands are jobs of a cluster.
engine_libengine_a_SOURCES += \
	engine/exec/slurm/attempt.c engine/exec/slurm/attempt.h \
	engine/exec/slurm/files.c engine/exec/slurm/files.h \
	engine/exec/slurm/options.h \
	engine/exec/slurm/orders.c engine/exec/slurm/orders.h \
	engine/exec/slurm/program.c engine/exec/slurm/program.h \
	engine/exec/slurm/rows.c engine/exec/slurm/rows.h \
	engine/exec/slurm/script.c engine/exec/slurm/script.h \
	engine/exec/slurm/slurm.c engine/exec/slurm/slurm.h \
	engine/exec/slurm/submit.c engine/exec/slurm/submit.h \
	engine/exec/slurm/watch.c engine/exec/slurm/watch.h

check_PROGRAMS += tests/unit/test_executors tests/unit/test_slurm
tests_unit_test_executors_SOURCES = tests/unit/test_executors.c $(scripted_core) \
	tests/unit/scripted_slurm.c tests/unit/scripted_slurm.h
tests_unit_test_executors_LDADD = $(ENGINE_LIBS) $(UNIT_LIBS)
EXTRA_DIST += tests/unit/cluster
tests_unit_test_slurm_SOURCES = tests/unit/test_slurm.c
tests_unit_test_slurm_LDADD = $(ENGINE_LIBS) $(UNIT_LIBS)
