# The methods of io.krtask.
engine_libengine_a_SOURCES += \
	engine/service/acts.c \
	engine/service/after.c \
	engine/service/attempts.c engine/service/attempts.h \
	engine/service/again.c \
	engine/service/args.c \
	engine/service/awaited.c engine/service/awaited.h \
	engine/service/away.c \
	engine/service/chores.c engine/service/chores.h \
	engine/service/closing.c \
	engine/service/columns.c engine/service/columns.h \
	engine/service/control.c \
	engine/service/create.c \
	engine/service/find.c \
	engine/service/executors.c engine/service/executors.h \
	engine/service/groups.c \
	engine/service/hooks.c \
	engine/service/introduction.c \
	engine/service/leaving.c engine/service/leaving.h \
	engine/service/list.c \
	engine/service/log_part.c engine/service/log_part.h \
	engine/service/ordering.c engine/service/ordering.h \
	engine/service/parting.c engine/service/parting.h \
	engine/service/pauses.c \
	engine/service/plain_create.c engine/service/plain_create.h \
	engine/service/plan_columns.c engine/service/plan_columns.h \
	engine/service/family_columns.c engine/service/family_columns.h \
	engine/service/plans.c \
	engine/service/query.c engine/service/query.h \
	engine/service/retention.c engine/service/retention.h \
	engine/service/rows.c engine/service/rows.h \
	engine/service/seeking.c engine/service/seeking.h \
	engine/service/select.c engine/service/select.h \
	engine/service/select_part.c engine/service/selecting.h \
	engine/service/service.c engine/service/service.h \
	engine/service/set.c \
	engine/service/show.c \
	engine/service/sorting.c engine/service/sorting.h \
	engine/service/streams.c \
	engine/service/tasks.c \
	engine/service/tops.c engine/service/tops.h \
	engine/service/tree.c engine/service/tree.h \
	engine/service/waits.c \
	engine/service/why.c \
	engine/service/window.c engine/service/window.h

check_PROGRAMS += tests/unit/test_plain_create tests/unit/test_service tests/unit/test_service_groups tests/unit/test_service_memory tests/unit/test_service_memory_several tests/unit/test_streams tests/unit/test_tops \
	tests/unit/test_log_part \
	tests/unit/test_tree
tests_unit_test_plain_create_SOURCES = tests/unit/test_plain_create.c
tests_unit_test_plain_create_LDADD = $(ENGINE_LIBS) $(UNIT_LIBS)
tests_unit_test_tops_SOURCES = tests/unit/test_tops.c $(gated_engine)
tests_unit_test_tops_LDADD = $(ENGINE_LIBS) $(UNIT_LIBS)
tests_unit_test_service_groups_SOURCES = tests/unit/test_service_groups.c $(gated_engine)
tests_unit_test_service_groups_LDADD = $(ENGINE_LIBS) $(UNIT_LIBS)
service_peer = tests/unit/service_peer.c tests/unit/service_peer.h tests/unit/loop_memory.c tests/unit/loop_memory.h \
	tests/unit/scratch.c tests/unit/scratch.h
refusals = tests/unit/refusals.c tests/unit/refusals.h tests/unit/event_memory.c tests/unit/event_memory.h $(service_peer)
tests_unit_test_service_memory_SOURCES = tests/unit/test_service_memory.c $(refusals)
tests_unit_test_service_memory_LDADD = $(ENGINE_LIBS) $(UNIT_LIBS)
tests_unit_test_service_memory_LDFLAGS = $(AM_LDFLAGS) $(loop_memory_wraps)
tests_unit_test_service_memory_several_SOURCES = tests/unit/test_service_memory_several.c $(refusals)
tests_unit_test_service_memory_several_LDADD = $(ENGINE_LIBS) $(UNIT_LIBS)
tests_unit_test_service_memory_several_LDFLAGS = $(AM_LDFLAGS) $(loop_memory_wraps)
tests_unit_test_service_SOURCES = tests/unit/test_service.c $(service_peer)
tests_unit_test_service_LDADD = $(ENGINE_LIBS) $(UNIT_LIBS)
# So that the test says which allocation fails.
loop_memory_wraps = -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=strdup,--wrap=asprintf
tests_unit_test_service_LDFLAGS = $(AM_LDFLAGS) $(loop_memory_wraps)
tests_unit_test_streams_SOURCES = tests/unit/test_streams.c tests/unit/scratch.c tests/unit/scratch.h
tests_unit_test_streams_LDADD = $(ENGINE_LIBS) $(UNIT_LIBS)
tests_unit_test_streams_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=pool_submit,--wrap=content_read
tests_unit_test_log_part_SOURCES = tests/unit/test_log_part.c
tests_unit_test_log_part_LDADD = $(ENGINE_LIBS) $(UNIT_LIBS)
tests_unit_test_tree_SOURCES = tests/unit/test_tree.c
tests_unit_test_tree_LDADD = $(ENGINE_LIBS) $(UNIT_LIBS)

served_engine = tests/unit/served_engine.c tests/unit/served_engine.h tests/unit/disk.c tests/unit/disk.h \
	$(turned_engine)
check_PROGRAMS += tests/unit/test_awaited
tests_unit_test_awaited_SOURCES = tests/unit/test_awaited.c
tests_unit_test_awaited_LDADD = $(ENGINE_LIBS) $(UNIT_LIBS)
check_PROGRAMS += tests/unit/test_calls tests/unit/test_calls_in_slices
tests_unit_test_calls_SOURCES = tests/unit/test_calls.c $(served_engine)
tests_unit_test_calls_LDADD = $(ENGINE_LIBS) $(UNIT_LIBS)
tests_unit_test_calls_in_slices_SOURCES = tests/unit/test_calls_in_slices.c $(served_engine)
tests_unit_test_calls_in_slices_LDADD = $(ENGINE_LIBS) $(UNIT_LIBS)
