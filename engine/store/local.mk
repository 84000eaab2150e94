noinst_LIBRARIES += engine/libstore.a
engine_libstore_a_SOURCES = \
	engine/store/batch.c engine/store/batch.h \
	engine/store/commit.c \
	engine/store/errors.c \
	engine/store/hash.c engine/store/hash.h \
	engine/store/internal.h \
	engine/store/load.c engine/store/load_plan.c engine/store/load_settings.c engine/store/loading.h \
	engine/store/load_attempts.c \
	engine/store/migrations.c engine/store/migrations.h \
	engine/store/op.c engine/store/op.h \
	engine/store/pace.c engine/store/pace.h \
	engine/store/room.c \
	engine/store/schema.c engine/store/schema.h \
	engine/store/store.c engine/store/store.h \
	engine/store/wal.c engine/store/wal.h

stored = tests/unit/stored.c tests/unit/stored.h tests/unit/scratch.c tests/unit/scratch.h
check_PROGRAMS += tests/unit/test_store tests/unit/test_store_commits tests/unit/test_store_damage tests/unit/test_store_disk \
	tests/unit/test_store_plans tests/unit/test_hash tests/unit/test_power \
	tests/unit/test_store_pace
tests_unit_test_hash_SOURCES = tests/unit/test_hash.c
tests_unit_test_store_pace_SOURCES = tests/unit/test_store_pace.c
tests_unit_test_store_pace_LDADD = engine/libstore.a $(UNIT_LIBS)
tests_unit_test_hash_LDADD = engine/libstore.a engine/libtask.a $(MD_LIBS) $(UNIT_LIBS)
tests_unit_test_store_disk_SOURCES = tests/unit/test_store_disk.c tests/unit/disk.c tests/unit/disk.h \
	tests/unit/scratch.c tests/unit/scratch.h
tests_unit_test_store_disk_LDADD = engine/libstore.a engine/libtask.a $(SQLITE_LIBS) $(MD_LIBS) $(UNIT_LIBS)
tests_unit_test_store_SOURCES = tests/unit/test_store.c $(stored)
tests_unit_test_store_LDADD = engine/libstore.a engine/libtask.a $(SQLITE_LIBS) $(MD_LIBS) $(UNIT_LIBS)
tests_unit_test_store_plans_SOURCES = tests/unit/test_store_plans.c $(stored)
tests_unit_test_store_plans_LDADD = engine/libstore.a engine/libtask.a $(SQLITE_LIBS) $(MD_LIBS) $(UNIT_LIBS)
tests_unit_test_store_commits_SOURCES = tests/unit/test_store_commits.c $(stored)
tests_unit_test_store_commits_LDADD = engine/libstore.a engine/libtask.a $(SQLITE_LIBS) $(MD_LIBS) $(UNIT_LIBS)
tests_unit_test_store_damage_SOURCES = tests/unit/test_store_damage.c $(stored)
tests_unit_test_store_damage_LDADD = engine/libstore.a engine/libtask.a $(SQLITE_LIBS) $(MD_LIBS) $(UNIT_LIBS)
tests_unit_test_power_SOURCES = tests/unit/test_power.c tests/unit/power.c tests/unit/power.h \
	tests/unit/scratch.c tests/unit/scratch.h
tests_unit_test_power_LDADD = engine/libstore.a engine/libtask.a $(SQLITE_LIBS) $(MD_LIBS) $(UNIT_LIBS)
