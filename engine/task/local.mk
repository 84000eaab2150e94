noinst_LIBRARIES += engine/libtask.a
engine_libtask_a_SOURCES = \
	engine/task/array.c engine/task/array.h \
	engine/task/bytes.h \
	engine/task/caseless.c engine/task/caseless.h \
	engine/task/devices.c engine/task/devices.h \
	engine/task/duration.c engine/task/duration.h \
	engine/task/error.c engine/task/error.h \
	engine/task/cpus.c engine/task/cpus.h \
	engine/task/environment.c engine/task/environment.h \
	engine/task/filter.c engine/task/filter.h \
	engine/task/glob.c engine/task/glob.h \
	engine/task/group.c engine/task/group.h \
	engine/task/hex.c engine/task/hex.h \
	engine/task/keep.h \
	engine/task/language.c engine/task/language.h \
	engine/task/messages.h \
	engine/task/meter.c engine/task/meter.h \
	engine/task/moment.c engine/task/moment.h \
	engine/task/plan.c engine/task/plan.h \
	engine/task/progress.c engine/task/progress.h \
	engine/task/quote.c engine/task/quote.h \
	engine/task/retry.c engine/task/retry.h \
	engine/task/sbatch.c engine/task/sbatch.h \
	engine/task/schedule.c engine/task/schedule.h \
	engine/task/usual.h \
	engine/task/signals.c engine/task/signals.h \
	engine/task/state.c engine/task/state.h \
	engine/task/strings.c engine/task/strings.h \
	engine/task/task.c engine/task/task.h \
	engine/task/usage.c engine/task/usage.h \
	engine/task/utf8.c engine/task/utf8.h

check_PROGRAMS += \
	tests/unit/test_array \
	tests/unit/test_bytes \
	tests/unit/test_caseless \
	tests/unit/test_devices \
	tests/unit/test_duration \
	tests/unit/test_moment \
	tests/unit/test_error \
	tests/unit/test_cpus \
	tests/unit/test_environment \
	tests/unit/test_filter \
	tests/unit/test_glob \
	tests/unit/test_hex \
	tests/unit/test_language \
	tests/unit/test_progress \
	tests/unit/test_quote \
	tests/unit/test_retry \
	tests/unit/test_schedule \
	tests/unit/test_signals \
	tests/unit/test_state \
	tests/unit/test_strings \
	tests/unit/test_task \
	tests/unit/test_usage \
	tests/unit/test_utf8
tests_unit_test_array_SOURCES = tests/unit/test_array.c
tests_unit_test_array_LDADD = engine/libtask.a $(UNIT_LIBS)
tests_unit_test_bytes_SOURCES = tests/unit/test_bytes.c
tests_unit_test_bytes_LDADD = $(UNIT_LIBS)
tests_unit_test_caseless_SOURCES = tests/unit/test_caseless.c
tests_unit_test_caseless_LDADD = engine/libtask.a $(UNIT_LIBS)
tests_unit_test_devices_SOURCES = tests/unit/test_devices.c
tests_unit_test_devices_LDADD = engine/libtask.a $(UNIT_LIBS)
tests_unit_test_moment_SOURCES = tests/unit/test_moment.c
tests_unit_test_moment_LDADD = engine/libtask.a $(UNIT_LIBS)
tests_unit_test_duration_SOURCES = tests/unit/test_duration.c
tests_unit_test_duration_LDADD = engine/libtask.a $(UNIT_LIBS)
tests_unit_test_error_SOURCES = tests/unit/test_error.c
tests_unit_test_error_LDADD = engine/libtask.a $(UNIT_LIBS)
tests_unit_test_cpus_SOURCES = tests/unit/test_cpus.c
tests_unit_test_cpus_LDADD = engine/libtask.a $(UNIT_LIBS)
tests_unit_test_environment_SOURCES = tests/unit/test_environment.c
tests_unit_test_environment_LDADD = engine/libtask.a $(UNIT_LIBS)
tests_unit_test_filter_SOURCES = tests/unit/test_filter.c
tests_unit_test_filter_LDADD = engine/libtask.a $(UNIT_LIBS)
tests_unit_test_glob_SOURCES = tests/unit/test_glob.c
tests_unit_test_glob_LDADD = engine/libtask.a $(UNIT_LIBS)
tests_unit_test_hex_SOURCES = tests/unit/test_hex.c
tests_unit_test_hex_LDADD = engine/libtask.a $(UNIT_LIBS)
tests_unit_test_language_SOURCES = tests/unit/test_language.c tests/unit/scratch.c tests/unit/scratch.h
tests_unit_test_language_LDADD = engine/libtask.a $(UNIT_LIBS)
tests_unit_test_progress_SOURCES = tests/unit/test_progress.c
tests_unit_test_progress_LDADD = engine/libtask.a $(UNIT_LIBS)
tests_unit_test_quote_SOURCES = tests/unit/test_quote.c
tests_unit_test_quote_LDADD = engine/libtask.a $(UNIT_LIBS)
tests_unit_test_retry_SOURCES = tests/unit/test_retry.c
tests_unit_test_retry_LDADD = engine/libtask.a $(UNIT_LIBS)
tests_unit_test_schedule_SOURCES = tests/unit/test_schedule.c
tests_unit_test_schedule_LDADD = engine/libtask.a $(UNIT_LIBS)
tests_unit_test_signals_SOURCES = tests/unit/test_signals.c
tests_unit_test_signals_LDADD = engine/libtask.a $(UNIT_LIBS)
tests_unit_test_state_SOURCES = tests/unit/test_state.c
tests_unit_test_state_LDADD = engine/libtask.a $(UNIT_LIBS)
tests_unit_test_strings_SOURCES = tests/unit/test_strings.c
tests_unit_test_strings_LDADD = engine/libtask.a $(UNIT_LIBS)
tests_unit_test_task_SOURCES = tests/unit/test_task.c
tests_unit_test_task_LDADD = engine/libtask.a $(UNIT_LIBS)
tests_unit_test_usage_SOURCES = tests/unit/test_usage.c
tests_unit_test_usage_LDADD = engine/libtask.a $(UNIT_LIBS)
tests_unit_test_utf8_SOURCES = tests/unit/test_utf8.c
tests_unit_test_utf8_LDADD = engine/libtask.a $(UNIT_LIBS)
