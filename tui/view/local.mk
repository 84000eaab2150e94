# The model of what is on the screen: no terminal in here.
noinst_LIBRARIES += tui/libview.a
tui_libview_a_SOURCES = \
	tui/view/targets.c tui/view/targets.h \
	tui/view/book.c tui/view/book.h \
	tui/view/clipboard.c tui/view/clipboard.h \
	tui/view/column_choice.c tui/view/column_choice.h \
	tui/view/columns.c tui/view/columns.h \
	tui/view/completion.c tui/view/completion.h \
	tui/view/details.c tui/view/details.h \
	tui/view/dialog.c tui/view/dialog.h \
	tui/view/edit.c tui/view/edit.h \
	tui/view/excerpt.c tui/view/excerpt.h \
	tui/view/form.c tui/view/form.h \
	tui/view/form_kept.c tui/view/form_kept.h \
	tui/view/form_line.c \
	tui/view/group_table.c tui/view/group_table.h \
	tui/view/header.c tui/view/header.h \
	tui/view/keyboard.c tui/view/keyboard.h tui/view/keyboard_burst.c \
	tui/view/list.c tui/view/list.h \
	tui/view/glance.c tui/view/glance.h \
	tui/view/merge.c tui/view/merge.h \
	tui/view/sections.c tui/view/sections.h \
	tui/view/pace.c tui/view/pace.h \
	tui/view/menu.c tui/view/menu.h \
	tui/view/news.c tui/view/news.h \
	tui/view/news_page.c tui/view/news_page.h \
	tui/view/news_part.c tui/view/news_part.h \
	tui/view/pager.c tui/view/pager.h \
	tui/view/pattern.c tui/view/pattern.h \
	tui/view/pattern_words.c tui/view/pattern_words.h \
	tui/view/reader.c tui/view/reader.h \
	tui/view/reader_lines.c tui/view/reader_lines.h \
	tui/view/recall.c tui/view/recall.h \
	tui/view/shell_line.c tui/view/shell_line.h \
	tui/view/sequence.c tui/view/sequence.h \
	tui/view/screen_ini.c tui/view/screen_ini.h \
	tui/view/server_status.c tui/view/server_status.h \
	tui/view/tags.c tui/view/tags.h \
	tui/view/tail.c tui/view/tail.h \
	tui/view/window.c tui/view/window.h tui/view/window_order.c tui/view/window_order.h \
	tui/view/window_speed.c tui/view/window_speed.h \
	tui/view/window_trunks.c tui/view/window_trunks.h

VIEW_TEST_LIBS = tui/libview.a tui/libbatch.a $(cli_libs) $(UNIT_LIBS)

check_PROGRAMS += tests/unit/test_view_targets
tests_unit_test_view_targets_SOURCES = tests/unit/test_view_targets.c
tests_unit_test_view_targets_LDADD = $(VIEW_TEST_LIBS)

check_PROGRAMS += tests/unit/test_view_news
tests_unit_test_view_news_SOURCES = tests/unit/test_view_news.c
tests_unit_test_view_news_LDADD = $(VIEW_TEST_LIBS)

check_PROGRAMS += tests/unit/test_view_excerpt
tests_unit_test_view_excerpt_SOURCES = tests/unit/test_view_excerpt.c
tests_unit_test_view_excerpt_LDADD = $(VIEW_TEST_LIBS)

check_PROGRAMS += tests/unit/test_screen_ini
tests_unit_test_screen_ini_SOURCES = tests/unit/test_screen_ini.c
tests_unit_test_screen_ini_LDADD = $(VIEW_TEST_LIBS)

check_PROGRAMS += tests/unit/test_view_edit
tests_unit_test_view_edit_SOURCES = tests/unit/test_view_edit.c
tests_unit_test_view_edit_LDADD = $(VIEW_TEST_LIBS)

check_PROGRAMS += tests/unit/test_view_form
tests_unit_test_view_form_SOURCES = tests/unit/test_view_form.c
tests_unit_test_view_form_LDADD = $(VIEW_TEST_LIBS)

check_PROGRAMS += tests/unit/test_view_completion
tests_unit_test_view_completion_SOURCES = tests/unit/test_view_completion.c
tests_unit_test_view_completion_LDADD = $(VIEW_TEST_LIBS)
check_PROGRAMS += tests/unit/test_view_pages
tests_unit_test_view_pages_SOURCES = tests/unit/test_view_pages.c
tests_unit_test_view_pages_LDADD = $(VIEW_TEST_LIBS)

check_PROGRAMS += tests/unit/test_view_columns
tests_unit_test_view_columns_SOURCES = tests/unit/test_view_columns.c tests/unit/facts.c tests/unit/facts.h
tests_unit_test_view_columns_LDADD = $(VIEW_TEST_LIBS)

check_PROGRAMS += tests/unit/test_view_cells
tests_unit_test_view_cells_SOURCES = tests/unit/test_view_cells.c tests/unit/facts.c tests/unit/facts.h
tests_unit_test_view_cells_LDADD = $(VIEW_TEST_LIBS)

check_PROGRAMS += tests/unit/test_view_dialog
tests_unit_test_view_dialog_SOURCES = tests/unit/test_view_dialog.c
tests_unit_test_view_dialog_LDADD = $(VIEW_TEST_LIBS)

check_PROGRAMS += tests/unit/test_view_layout
tests_unit_test_view_layout_SOURCES = tests/unit/test_view_layout.c
tests_unit_test_view_layout_LDADD = $(VIEW_TEST_LIBS)

check_PROGRAMS += tests/unit/test_view_list
served_list = tests/unit/served_list.c tests/unit/served_list.h
tests_unit_test_view_list_SOURCES = tests/unit/test_view_list.c $(served_list)
tests_unit_test_view_list_LDADD = $(VIEW_TEST_LIBS)

check_PROGRAMS += tests/unit/test_view_list_model
tests_unit_test_view_list_model_SOURCES = tests/unit/test_view_list_model.c $(served_list)
tests_unit_test_view_list_model_LDADD = $(VIEW_TEST_LIBS)

check_PROGRAMS += tests/unit/test_view_glance
tests_unit_test_view_glance_SOURCES = tests/unit/test_view_glance.c
tests_unit_test_view_glance_LDADD = $(VIEW_TEST_LIBS)

check_PROGRAMS += tests/unit/test_view_tags
tests_unit_test_view_tags_SOURCES = tests/unit/test_view_tags.c $(served_list)
tests_unit_test_view_tags_LDADD = $(VIEW_TEST_LIBS)

check_PROGRAMS += tests/unit/test_view_merge
tests_unit_test_view_merge_SOURCES = tests/unit/test_view_merge.c
tests_unit_test_view_merge_LDADD = $(VIEW_TEST_LIBS)

check_PROGRAMS += tests/unit/test_view_order
tests_unit_test_view_order_SOURCES = tests/unit/test_view_order.c
tests_unit_test_view_order_LDADD = $(VIEW_TEST_LIBS)

check_PROGRAMS += tests/unit/test_view_sections
tests_unit_test_view_sections_SOURCES = tests/unit/test_view_sections.c
tests_unit_test_view_sections_LDADD = $(VIEW_TEST_LIBS)

check_PROGRAMS += tests/unit/test_view_tail
tests_unit_test_view_tail_SOURCES = tests/unit/test_view_tail.c
tests_unit_test_view_tail_LDADD = $(VIEW_TEST_LIBS)

check_PROGRAMS += tests/unit/test_view_window
tests_unit_test_view_window_SOURCES = tests/unit/test_view_window.c
tests_unit_test_view_window_LDADD = $(VIEW_TEST_LIBS)

check_PROGRAMS += tests/unit/test_view_keyboard
heard = tests/unit/heard.c tests/unit/heard.h
tests_unit_test_view_keyboard_SOURCES = tests/unit/test_view_keyboard.c $(heard)
tests_unit_test_view_keyboard_LDADD = $(VIEW_TEST_LIBS)

check_PROGRAMS += tests/unit/test_view_reader
reading = tests/unit/reading.c tests/unit/reading.h
tests_unit_test_view_reader_SOURCES = tests/unit/test_view_reader.c $(reading)
tests_unit_test_view_reader_LDADD = engine/librun.a $(VIEW_TEST_LIBS)

check_PROGRAMS += tests/unit/test_view_searching
tests_unit_test_view_searching_SOURCES = tests/unit/test_view_searching.c $(reading)
tests_unit_test_view_searching_LDADD = engine/librun.a $(VIEW_TEST_LIBS)

check_PROGRAMS += tests/unit/test_view_clipboard
tests_unit_test_view_clipboard_SOURCES = tests/unit/test_view_clipboard.c
tests_unit_test_view_clipboard_LDADD = $(VIEW_TEST_LIBS)

check_PROGRAMS += tests/unit/test_view_pace
tests_unit_test_view_pace_SOURCES = tests/unit/test_view_pace.c
tests_unit_test_view_pace_LDADD = $(VIEW_TEST_LIBS)

check_PROGRAMS += tests/unit/test_view_answers
tests_unit_test_view_answers_SOURCES = tests/unit/test_view_answers.c $(heard)
tests_unit_test_view_answers_LDADD = $(VIEW_TEST_LIBS)
