# Text and memory: what all of the front end needs.
noinst_LIBRARIES += tui/libtext.a
tui_libtext_a_SOURCES = \
	tui/text/alloc.c tui/text/alloc.h \
	tui/text/candidates.c tui/text/candidates.h \
	tui/text/cells.c tui/text/cells.h \
	tui/text/habits.c tui/text/habits.h \
	tui/text/messages.h \
	tui/text/screen_messages.h \
	tui/text/nearest.c tui/text/nearest.h \
	tui/text/notify.c tui/text/notify.h \
	tui/text/passage.c tui/text/passage.h \
	tui/text/printed.c tui/text/printed.h \
	tui/text/sgr.c tui/text/sgr.h \
	tui/text/style.h \
	tui/text/text.c tui/text/text.h \
	tui/text/theme.c tui/text/theme.h \
	tui/text/wrap.c tui/text/wrap.h

check_PROGRAMS += tests/unit/test_alloc tests/unit/test_cells tests/unit/test_candidates
tests_unit_test_alloc_SOURCES = tests/unit/test_alloc.c tests/unit/scarce.c tests/unit/scarce.h
tests_unit_test_alloc_LDADD = tui/libfields.a tui/libtext.a engine/libwire.a engine/libtask.a $(JANSSON_LIBS) $(UNIT_LIBS)
tests_unit_test_alloc_LDFLAGS = $(scarce_memory)
tests_unit_test_candidates_SOURCES = tests/unit/test_candidates.c
tests_unit_test_candidates_LDADD = tui/libtext.a engine/libtask.a $(UNIT_LIBS)
check_PROGRAMS += tests/unit/test_nearest tests/unit/test_notify
tests_unit_test_notify_SOURCES = tests/unit/test_notify.c
tests_unit_test_notify_LDADD = tui/libtext.a engine/libtask.a $(UNIT_LIBS)
tests_unit_test_nearest_SOURCES = tests/unit/test_nearest.c
tests_unit_test_nearest_LDADD = tui/libtext.a engine/libtask.a $(UNIT_LIBS)
tests_unit_test_cells_SOURCES = tests/unit/test_cells.c
tests_unit_test_cells_LDADD = tui/libtext.a engine/libtask.a $(UNIT_LIBS)
check_PROGRAMS += tests/unit/test_printed
tests_unit_test_printed_SOURCES = tests/unit/test_printed.c
tests_unit_test_printed_LDADD = tui/libtext.a engine/libtask.a $(UNIT_LIBS)
EXTRA_DIST += tests/unit/recorded/wget tests/unit/recorded/curl tests/unit/recorded/curl-bar tests/unit/recorded/rsync \
	tests/unit/recorded/apt tests/unit/recorded/pip tests/unit/recorded/cargo tests/unit/recorded/tqdm tests/unit/recorded/ffmpeg
