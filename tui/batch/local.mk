# Commands from a file or standard input.

noinst_LIBRARIES += tui/libbatch.a
tui_libbatch_a_SOURCES = \
	tui/batch/batch.c tui/batch/batch.h \
	tui/batch/continuation.c tui/batch/continuation.h \
	tui/batch/expand.c tui/batch/expand.h \
	tui/batch/foreign.c tui/batch/foreign.h \
	tui/batch/jobs.c tui/batch/jobs.h \
	tui/batch/lexer.c tui/batch/lexer.h \
	tui/batch/line.c tui/batch/line.h \
	tui/batch/name.c tui/batch/name.h \
	tui/batch/pieces.c tui/batch/pieces.h \
	tui/batch/pipeline.c tui/batch/pipeline.h \
	tui/batch/preferences.c tui/batch/preferences.h \
	tui/batch/script.c tui/batch/script.h \
	tui/batch/source.c tui/batch/source.h \
	tui/batch/variables.c tui/batch/variables.h

check_PROGRAMS += tests/unit/test_lexer tests/unit/test_batch tests/unit/test_jobs
tests_unit_test_lexer_SOURCES = tests/unit/test_lexer.c
tests_unit_test_lexer_LDADD = tui/libbatch.a $(cli_libs) $(UNIT_LIBS)
tests_unit_test_batch_SOURCES = tests/unit/test_batch.c
tests_unit_test_batch_LDADD = tui/libbatch.a $(cli_libs) $(UNIT_LIBS)
tests_unit_test_jobs_SOURCES = tests/unit/test_jobs.c tests/unit/fake_server.c tests/unit/fake_server.h
tests_unit_test_jobs_LDADD = tui/libbatch.a $(cli_libs) $(UNIT_LIBS)
