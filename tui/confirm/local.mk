# Whether an operation is done, skipped or asked about.

noinst_LIBRARIES += tui/libconfirm.a
tui_libconfirm_a_SOURCES = \
	tui/confirm/ask_text.c tui/confirm/ask_text.h \
	tui/confirm/confirm.c tui/confirm/confirm.h

check_PROGRAMS += tests/unit/test_confirm
tests_unit_test_confirm_SOURCES = tests/unit/test_confirm.c
tests_unit_test_confirm_LDADD = tui/libconfirm.a tui/libtext.a engine/libtask.a $(UNIT_LIBS)
