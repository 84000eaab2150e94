# Fuzzers, for `make fuzz`: libFuzzer brings the main().
fuzz_programs += tests/fuzz/fuzz_frames tests/fuzz/fuzz_progress
EXTRA_PROGRAMS += tests/fuzz/fuzz_frames tests/fuzz/fuzz_progress
EXTRA_DIST += tests/fuzz/fuzz_frames.dict
CLEANFILES += tests/fuzz/fuzz_frames tests/fuzz/fuzz_progress

tests_fuzz_fuzz_frames_SOURCES = tests/fuzz/fuzz_frames.c
tests_fuzz_fuzz_frames_LDADD = engine/libwire.a engine/libtask.a $(EVENT_LIBS) $(JANSSON_LIBS)
tests_fuzz_fuzz_frames_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_progress_SOURCES = tests/fuzz/fuzz_progress.c
tests_fuzz_fuzz_progress_LDADD = engine/libtask.a
tests_fuzz_fuzz_progress_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
