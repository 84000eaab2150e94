# Fuzzers, for `make fuzz': libFuzzer brings the main().  NAME.dict are words, NAME.corpus inputs to begin with.
fuzz_programs += tests/fuzz/fuzz_arguments tests/fuzz/fuzz_batch tests/fuzz/fuzz_frames tests/fuzz/fuzz_progress \
	tests/fuzz/fuzz_service
EXTRA_PROGRAMS += $(fuzz_programs)
CLEANFILES += $(fuzz_programs)
EXTRA_DIST += tests/fuzz/fuzz_arguments.dict tests/fuzz/fuzz_batch.dict tests/fuzz/fuzz_frames.dict \
	tests/fuzz/fuzz_service.dict \
	tests/fuzz/fuzz_service.corpus/create \
	tests/fuzz/fuzz_service.corpus/environment \
	tests/fuzz/fuzz_service.corpus/wait \
	tests/fuzz/fuzz_arguments.corpus/cmdlet \
	tests/fuzz/fuzz_arguments.corpus/get \
	tests/fuzz/fuzz_arguments.corpus/new \
	tests/fuzz/fuzz_arguments.corpus/stop \
	tests/fuzz/fuzz_batch.corpus/cmdlets.krt \
	tests/fuzz/fuzz_batch.corpus/errors.krt \
	tests/fuzz/fuzz_batch.corpus/options.krt \
	tests/fuzz/fuzz_batch.corpus/pipelines.krt \
	tests/fuzz/fuzz_batch.corpus/quotes.krt \
	tests/fuzz/fuzz_batch.corpus/tour.krt \
	tests/fuzz/fuzz_batch.corpus/variables.krt

tests_fuzz_fuzz_arguments_SOURCES = tests/fuzz/fuzz_arguments.c
tests_fuzz_fuzz_arguments_LDADD = $(cli_libs)
tests_fuzz_fuzz_arguments_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_batch_SOURCES = tests/fuzz/fuzz_batch.c
tests_fuzz_fuzz_batch_LDADD = tui/libbatch.a $(cli_libs)
tests_fuzz_fuzz_batch_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_frames_SOURCES = tests/fuzz/fuzz_frames.c
tests_fuzz_fuzz_frames_LDADD = engine/libwire.a engine/libtask.a $(EVENT_LIBS) $(JANSSON_LIBS)
tests_fuzz_fuzz_frames_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_progress_SOURCES = tests/fuzz/fuzz_progress.c
tests_fuzz_fuzz_progress_LDADD = engine/libtask.a
tests_fuzz_fuzz_progress_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_service_SOURCES = tests/fuzz/fuzz_service.c
tests_fuzz_fuzz_service_LDADD = $(ENGINE_LIBS)
tests_fuzz_fuzz_service_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS) -Wl,--wrap=spawn_process
