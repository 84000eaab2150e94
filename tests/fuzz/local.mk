# Fuzzers, for `make fuzz`: libFuzzer brings the main().
EXTRA_PROGRAMS += tests/fuzz/fuzz_progress
fuzz_programs += tests/fuzz/fuzz_progress
tests_fuzz_fuzz_progress_SOURCES = tests/fuzz/fuzz_progress.c
tests_fuzz_fuzz_progress_LDADD = engine/libtask.a
tests_fuzz_fuzz_progress_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
