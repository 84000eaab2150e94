# The engine itself: registry, life of a task, service; and the daemon made of it, anchor and server.
noinst_LIBRARIES += engine/libengine.a
engine_libengine_a_SOURCES = \
	engine/begin.c \
	engine/cap.c \
	engine/change.c \
	engine/core.h \
	engine/end.c \
	engine/engine.c engine/engine.h \
	engine/ids.c engine/ids.h \
	engine/life.c \
	engine/link.c engine/link.h \
	engine/order.c engine/order.h \
	engine/recover.c \
	engine/registry.c engine/registry.h \
	engine/schedule.c \
	engine/service/args.c \
	engine/service/control.c \
	engine/service/list.c \
	engine/service/query.c engine/service/query.h \
	engine/service/service.c engine/service/service.h \
	engine/service/show.c \
	engine/service/streams.c \
	engine/service/tasks.c \
	engine/service/waits.c \
	engine/service/window.c engine/service/window.h

ENGINE_LIBS = engine/libengine.a engine/libwire.a engine/librun.a engine/libstore.a engine/libtask.a \
	$(EVENT_LIBS) $(JANSSON_LIBS) $(SQLITE_LIBS) -lm

krtaskd_SOURCES = \
	engine/anchor.c engine/anchor.h \
	engine/krtaskd.c \
	engine/lock.c engine/lock.h \
	engine/server.c
krtaskd_LDADD = $(ENGINE_LIBS)

check_PROGRAMS += tests/unit/test_engine tests/unit/test_order
tests_unit_test_engine_SOURCES = tests/unit/test_engine.c tests/unit/scratch.c tests/unit/scratch.h
tests_unit_test_engine_LDADD = $(ENGINE_LIBS) $(UNIT_LIBS)
tests_unit_test_order_SOURCES = tests/unit/test_order.c
tests_unit_test_order_LDADD = $(ENGINE_LIBS) $(UNIT_LIBS)
