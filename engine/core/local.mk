# What happens to tasks.
noinst_LIBRARIES += engine/libengine.a
engine_libengine_a_SOURCES = \
	engine/core/begin.c \
	engine/core/cap.c \
	engine/core/change.c \
	engine/core/core.h \
	engine/core/end.c \
	engine/core/ids.c engine/core/ids.h \
	engine/core/life.c \
	engine/core/lookup.c engine/core/lookup.h \
	engine/core/order.c engine/core/order.h \
	engine/core/origin.c engine/core/origin.h \
	engine/core/record.c engine/core/record.h \
	engine/core/recover.c \
	engine/core/registry.c engine/core/registry.h \
	engine/core/schedule.c

ENGINE_LIBS = engine/libengine.a engine/libwire.a engine/librun.a engine/libstore.a engine/libtask.a \
	$(EVENT_LIBS) $(JANSSON_LIBS) $(SQLITE_LIBS) $(MD_LIBS) -lm

check_PROGRAMS += tests/unit/test_lookup tests/unit/test_order tests/unit/test_registry
tests_unit_test_lookup_SOURCES = tests/unit/test_lookup.c tests/unit/scarce.c tests/unit/scarce.h
tests_unit_test_lookup_LDADD = $(ENGINE_LIBS) $(UNIT_LIBS)
tests_unit_test_lookup_LDFLAGS = $(scarce_memory)
tests_unit_test_registry_SOURCES = tests/unit/test_registry.c tests/unit/scarce.c tests/unit/scarce.h
tests_unit_test_registry_LDADD = $(ENGINE_LIBS) $(UNIT_LIBS)
tests_unit_test_registry_LDFLAGS = $(scarce_memory)
tests_unit_test_order_SOURCES = tests/unit/test_order.c
tests_unit_test_order_LDADD = $(ENGINE_LIBS) $(UNIT_LIBS)
