# The full-screen front end.
noinst_LIBRARIES += tui/libscreen.a
tui_libscreen_a_SOURCES = \
	tui/screen/table_operation.c tui/screen/table_operation.h \
	tui/screen/alerts.c tui/screen/alerts.h \
	tui/screen/app.c tui/screen/app.h \
	tui/screen/ask_tasks.c tui/screen/ask_tasks.h \
	tui/screen/ask_view.c tui/screen/ask_view.h \
	tui/screen/away_strip.c tui/screen/away_strip.h \
	tui/screen/away_view.c tui/screen/away_view.h \
	tui/screen/channel.c tui/screen/channel.h \
	tui/screen/control.c tui/screen/control.h \
	tui/screen/typed_command.c tui/screen/typed_command.h \
	tui/screen/completer.c tui/screen/completer.h \
	tui/screen/copy_menu.c tui/screen/copy_menu.h \
	tui/screen/columns_view.c tui/screen/columns_view.h \
	tui/screen/create.c tui/screen/create.h \
	tui/screen/desktop.c tui/screen/desktop.h \
	tui/screen/details_view.c tui/screen/details_view.h \
	tui/screen/draw.c tui/screen/draw.h \
	tui/screen/edit_keys.c tui/screen/edit_keys.h \
	tui/screen/errors.c tui/screen/errors.h \
	tui/screen/feed.c tui/screen/feed.h \
	tui/screen/find.c tui/screen/find.h \
	tui/screen/form_notes.c tui/screen/form_notes.h \
	tui/screen/form_recall.c tui/screen/form_recall.h \
	tui/screen/form_view.c tui/screen/form_view.h \
	tui/screen/groups_draw.c tui/screen/groups_draw.h \
	tui/screen/groups_view.c tui/screen/groups_view.h \
	tui/screen/help_view.c tui/screen/help_view.h \
	tui/screen/history_file.c tui/screen/history_file.h \
	tui/screen/host.c tui/screen/host.h \
	tui/screen/hosts_draw.c tui/screen/hosts_draw.h \
	tui/screen/input.c tui/screen/input.h \
	tui/screen/interpreter.c tui/screen/interpreter.h \
	tui/screen/keys.c tui/screen/keys.h \
	tui/screen/library.c tui/screen/library.h \
	tui/screen/lines.c tui/screen/lines.h \
	tui/screen/live.c tui/screen/live.h \
	tui/screen/log_draw.c tui/screen/log_draw.h \
	tui/screen/log_save.c tui/screen/log_save.h \
	tui/screen/log_source.c tui/screen/log_source.h \
	tui/screen/log_view.c tui/screen/log_view.h \
	tui/screen/log_words.c tui/screen/log_words.h \
	tui/screen/outlet.c tui/screen/outlet.h \
	tui/screen/output_pane.c tui/screen/output_pane.h \
	tui/screen/menu_view.c tui/screen/menu_view.h \
	tui/screen/page_view.c tui/screen/page_view.h \
	tui/screen/paint.c tui/screen/paint.h \
	tui/screen/paste.c tui/screen/paste.h \
	tui/screen/priority.c tui/screen/priority.h \
	tui/screen/prompt_view.c tui/screen/prompt_view.h \
	tui/screen/screen.c tui/screen/screen.h \
	tui/screen/recent.c tui/screen/recent.h \
	tui/screen/rescue.c tui/screen/rescue.h \
	tui/screen/sort_view.c tui/screen/sort_view.h \
	tui/screen/table_draw.c tui/screen/table_draw.h \
	tui/screen/table_kept.c tui/screen/table_kept.h \
	tui/screen/table_late.c tui/screen/table_late.h \
	tui/screen/table_order.c tui/screen/table_order.h \
	tui/screen/signal_menu.c tui/screen/signal_menu.h \
	tui/screen/table_pages.c tui/screen/table_pages.h \
	tui/screen/table_rows.c tui/screen/table_rows.h \
	tui/screen/table_targets.c tui/screen/table_targets.h \
	tui/screen/table_tree.c tui/screen/table_tree.h \
	tui/screen/table_view.c tui/screen/table_view.h \
	tui/screen/tagging.c tui/screen/tagging.h \
	tui/screen/terminal.c tui/screen/terminal.h \
	tui/screen/view.h \
	tui/screen/what_if_view.c tui/screen/what_if_view.h

check_PROGRAMS += tests/unit/test_app tests/unit/test_feed tests/unit/test_history_file tests/unit/test_hosts
tests_unit_test_history_file_SOURCES = tests/unit/test_history_file.c tests/unit/scratch.c tests/unit/scratch.h
tests_unit_test_history_file_LDADD = tui/libscreen.a $(VIEW_TEST_LIBS) $(DL_LIBS)
tests_unit_test_app_SOURCES = tests/unit/test_app.c
tests_unit_test_app_LDADD = tui/libscreen.a $(VIEW_TEST_LIBS) $(DL_LIBS)
tests_unit_test_feed_SOURCES = tests/unit/test_feed.c tests/unit/fake_server.c tests/unit/fake_server.h
tests_unit_test_feed_LDADD = tui/libscreen.a $(VIEW_TEST_LIBS) $(DL_LIBS)
# Replies come when a test says so.
tests_unit_test_hosts_SOURCES = tests/unit/test_hosts.c
tests_unit_test_hosts_LDADD = tui/libscreen.a $(VIEW_TEST_LIBS) $(DL_LIBS)
tests_unit_test_hosts_LDFLAGS = -Wl,--wrap=feed_call -Wl,--wrap=feed_wish -Wl,--wrap=channel_up -Wl,--wrap=feed_receive -Wl,--wrap=list_selected \
	-Wl,--wrap=table_rows_go -Wl,--wrap=ask_view_open -Wl,--wrap=typed_command_start -Wl,--wrap=form_view_finish
