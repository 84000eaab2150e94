# What is shown of a task.

noinst_LIBRARIES += tui/libfields.a
tui_libfields_a_SOURCES = \
	tui/fields/decode.c tui/fields/decode.h \
	tui/fields/details.c tui/fields/details.h \
	tui/fields/fields.c tui/fields/fields.h \
	tui/fields/field_list.c tui/fields/field_list.h \
	tui/fields/format.c tui/fields/format.h \
	tui/fields/pair.c tui/fields/pair.h \
	tui/fields/rate.c tui/fields/rate.h \
	tui/fields/speed.c tui/fields/speed.h \
	tui/fields/progress_cell.c tui/fields/progress_cell.h \
	tui/fields/group_text.c tui/fields/group_text.h \
	tui/fields/lookup.c tui/fields/lookup.h \
	tui/fields/rows.c tui/fields/rows.h \
	tui/fields/wire.c tui/fields/wire.h

check_PROGRAMS += tests/unit/test_pair tests/unit/test_rate tests/unit/test_fields tests/unit/test_format tests/unit/test_rows
tests_unit_test_fields_SOURCES = tests/unit/test_fields.c
tests_unit_test_fields_LDADD = tui/libfields.a tui/libtext.a engine/libwire.a engine/libtask.a $(JANSSON_LIBS) $(UNIT_LIBS)
tests_unit_test_pair_SOURCES = tests/unit/test_pair.c
tests_unit_test_pair_LDADD = tui/libfields.a $(UNIT_LIBS)
tests_unit_test_rate_SOURCES = tests/unit/test_rate.c
tests_unit_test_rate_LDADD = tui/libfields.a $(UNIT_LIBS)
tests_unit_test_rows_SOURCES = tests/unit/test_rows.c
tests_unit_test_rows_LDADD = $(cli_libs) $(UNIT_LIBS)
tests_unit_test_format_SOURCES = tests/unit/test_format.c
tests_unit_test_format_LDADD = $(cli_libs) $(UNIT_LIBS)
