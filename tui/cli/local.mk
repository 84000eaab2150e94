# The command line: options, commands, reports.

noinst_LIBRARIES += tui/libcli.a
tui_libcli_a_SOURCES = \
	tui/cli/operation.c \
	tui/cli/again.c \
	tui/cli/away.c \
	tui/cli/binding.c \
	tui/cli/clean.c \
	tui/cli/cli.c tui/cli/cli.h \
	tui/cli/cmdlet.c \
	tui/cli/command.c tui/cli/command.h \
	tui/cli/command_table.c tui/cli/command_options.h \
	tui/cli/configuration.c tui/cli/configuration.h \
	tui/cli/connection.c \
	tui/cli/context.c tui/cli/context.h \
	tui/cli/create.c tui/cli/create.h \
	tui/cli/commands.h \
	tui/cli/foreground.c \
	tui/cli/edit.c \
	tui/cli/edit_line.c tui/cli/edit_line.h \
	tui/cli/edit_text.c tui/cli/edit_text.h \
	tui/cli/editor.c tui/cli/editor.h \
	tui/cli/group.c \
	tui/cli/help.c tui/cli/help.h \
	tui/cli/hints.c tui/cli/hints.h \
	tui/cli/inside.c \
	tui/cli/interrupt.c tui/cli/interrupt.h \
	tui/cli/last_error.c tui/cli/last_error.h \
	tui/cli/option_set.h \
	tui/cli/kinds.c tui/cli/kinds.h \
	tui/cli/log.c \
	tui/cli/logout.c tui/cli/logout.h \
	tui/cli/options.c tui/cli/options.h \
	tui/cli/output.c tui/cli/output.h \
	tui/cli/operands.c \
	tui/cli/operands.h \
	tui/cli/parse.c \
	tui/cli/parser.h \
	tui/cli/pending.c tui/cli/pending.h \
	tui/cli/plan_options.c tui/cli/plan_options.h \
	tui/cli/time_options.c tui/cli/time_options.h \
	tui/cli/trial.c tui/cli/trial.h \
	tui/cli/report.c tui/cli/report.h \
	tui/cli/servers.c tui/cli/servers.h \
	tui/cli/selector.c tui/cli/selector.h \
	tui/cli/server.c \
	tui/cli/set.c \
	tui/cli/settings.c tui/cli/settings.h \
	tui/cli/listing.c tui/cli/listing.h \
	tui/cli/chosen.c tui/cli/chosen.h \
	tui/cli/several.c tui/cli/several_given.c tui/cli/several_part.c tui/cli/several.h \
	tui/cli/show.c tui/cli/show.h \
	tui/cli/status.c tui/cli/status.h \
	tui/cli/synonyms.c tui/cli/synonyms.h \
	tui/cli/table.c tui/cli/table.h \
	tui/cli/wait.c tui/cli/wait.h \
	tui/cli/watch.c \
	tui/cli/why.c \
	tui/cli/words.c tui/cli/words.h

cli_parts = tui/libcli.a tui/libconfirm.a tui/libfields.a tui/libtext.a engine/libwire.a engine/libtask.a
cli_libs = $(cli_parts) $(EVENT_LIBS) $(JANSSON_LIBS) $(INIH_LIBS) -lm

tests_unit_test_option_set_SOURCES = tests/unit/test_option_set.c
tests_unit_test_option_set_LDADD = $(UNIT_LIBS)
check_PROGRAMS += tests/unit/test_edit_text
tests_unit_test_edit_text_SOURCES = tests/unit/test_edit_text.c
tests_unit_test_edit_text_LDADD = $(cli_libs) $(UNIT_LIBS)
check_PROGRAMS += tests/unit/test_pending
tests_unit_test_pending_SOURCES = tests/unit/test_pending.c
tests_unit_test_pending_LDADD = $(cli_libs) $(UNIT_LIBS)
check_PROGRAMS += tests/unit/test_interrupt
tests_unit_test_interrupt_SOURCES = tests/unit/test_interrupt.c
tests_unit_test_interrupt_LDADD = tui/libcli.a $(UNIT_LIBS)

check_PROGRAMS += tests/unit/test_logout tests/unit/test_option_set
check_PROGRAMS += tests/unit/test_configuration tests/unit/test_options tests/unit/test_options_errors
tests_unit_test_logout_SOURCES = tests/unit/test_logout.c tests/unit/scratch.c tests/unit/scratch.h
tests_unit_test_logout_LDADD = $(cli_libs) $(UNIT_LIBS)
parsed_line = tests/unit/parsed_line.c tests/unit/parsed_line.h
tests_unit_test_configuration_SOURCES = tests/unit/test_configuration.c $(parsed_line)
tests_unit_test_configuration_LDADD = $(cli_libs) $(UNIT_LIBS)
tests_unit_test_options_SOURCES = tests/unit/test_options.c $(parsed_line)
tests_unit_test_options_LDADD = $(cli_libs) $(UNIT_LIBS)
tests_unit_test_options_errors_SOURCES = tests/unit/test_options_errors.c $(parsed_line)
tests_unit_test_options_errors_LDADD = $(cli_libs) $(UNIT_LIBS)
