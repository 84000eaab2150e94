# What happens to tasks.
noinst_LIBRARIES += engine/libengine.a
engine_libengine_a_SOURCES = \
	engine/core/activity.c engine/core/activity.h \
	engine/core/adopted.c engine/core/adopted.h \
	engine/core/adoption.c engine/core/adoption.h \
	engine/core/agenda.c engine/core/agenda.h \
	engine/core/askers.c engine/core/askers.h \
	engine/core/cancelling.c engine/core/cancelling.h \
	engine/core/sweeping.c engine/core/sweeping.h \
	engine/core/core.c engine/core/core.h \
	engine/core/creation.c engine/core/creation.h \
	engine/core/dependencies.c engine/core/dependencies.h \
	engine/core/dependents.c engine/core/dependents.h \
	engine/core/editing.c engine/core/editing.h \
	engine/core/attempts.c engine/core/attempts.h \
	engine/core/leftovers.c engine/core/leftovers.h \
	engine/core/ending.c engine/core/ending.h \
	engine/core/environments.c engine/core/environments.h \
	engine/core/grouping.c engine/core/grouping.h \
	engine/core/groups.c engine/core/groups.h \
	engine/core/holdings.c engine/core/holdings.h \
	engine/core/hooks.c engine/core/hooks.h \
	engine/core/ids.c engine/core/ids.h \
	engine/core/kept.c engine/core/kept.h \
	engine/core/journal.c engine/core/journal.h \
	engine/core/keeping.c engine/core/keeping.h \
	engine/core/lifecycle.c engine/core/lifecycle.h \
	engine/core/limits.c engine/core/limits.h \
	engine/core/lookup.c engine/core/lookup.h \
	engine/core/niceness.c engine/core/niceness.h \
	engine/core/order.c engine/core/order.h \
	engine/core/origin.c engine/core/origin.h \
	engine/core/queue.c engine/core/queue.h \
	engine/core/pausing.c engine/core/pausing.h \
	engine/core/ranking.c engine/core/ranking.h \
	engine/core/record.c engine/core/record.h \
	engine/core/recovery.c engine/core/recovery.h \
	engine/core/reasons.c engine/core/reasons.h \
	engine/core/redirection.c engine/core/redirection.h \
	engine/core/registry.c engine/core/registry.h \
	engine/core/removal.c engine/core/removal.h \
	engine/core/reports.c engine/core/reports.h \
	engine/core/requests.c engine/core/requests.h \
	engine/core/phase.c engine/core/phase.h \
	engine/core/run.h \
	engine/core/rota.c engine/core/rota.h \
	engine/core/runs.c engine/core/runs.h \
	engine/core/scheduler.c engine/core/scheduler.h \
	engine/core/seen.c engine/core/seen.h \
	engine/core/settings.c engine/core/settings.h \
	engine/core/settle.c engine/core/settle.h \
	engine/core/shelves.c engine/core/shelves.h \
	engine/core/slab.c engine/core/slab.h \
	engine/core/stopping.c engine/core/stopping.h \
	engine/core/uniques.c engine/core/uniques.h \
	engine/core/timers.c engine/core/timers.h \
	engine/core/times.c engine/core/times.h \
	engine/core/executor.h engine/core/kernel.h

ENGINE_LIBS = engine/libengine.a engine/libwire.a engine/librun.a engine/libstore.a engine/libtask.a \
	$(EVENT_LIBS) $(JANSSON_LIBS) $(SQLITE_LIBS) $(MD_LIBS) -lm

check_PROGRAMS += tests/unit/test_activity tests/unit/test_lookup tests/unit/test_order tests/unit/test_ranking tests/unit/test_registry tests/unit/test_shelves \
	tests/unit/test_slab
tests_unit_test_shelves_SOURCES = tests/unit/test_shelves.c tests/unit/scarce.c tests/unit/scarce.h
tests_unit_test_shelves_LDADD = $(ENGINE_LIBS) $(UNIT_LIBS)
tests_unit_test_shelves_LDFLAGS = $(scarce_memory)
tests_unit_test_ranking_SOURCES = tests/unit/test_ranking.c
tests_unit_test_ranking_LDADD = $(ENGINE_LIBS) $(UNIT_LIBS)
tests_unit_test_lookup_SOURCES = tests/unit/test_lookup.c tests/unit/scarce.c tests/unit/scarce.h
tests_unit_test_lookup_LDADD = $(ENGINE_LIBS) $(UNIT_LIBS)
tests_unit_test_lookup_LDFLAGS = $(scarce_memory)
tests_unit_test_registry_SOURCES = tests/unit/test_registry.c tests/unit/scarce.c tests/unit/scarce.h
tests_unit_test_registry_LDADD = $(ENGINE_LIBS) $(UNIT_LIBS)
tests_unit_test_registry_LDFLAGS = $(scarce_memory)
tests_unit_test_slab_SOURCES = tests/unit/test_slab.c tests/unit/scarce.c tests/unit/scarce.h
tests_unit_test_slab_LDADD = $(ENGINE_LIBS) $(UNIT_LIBS)
tests_unit_test_slab_LDFLAGS = $(scarce_memory)
bare_core = tests/unit/bare_core.c tests/unit/bare_core.h
tests_unit_test_activity_SOURCES = tests/unit/test_activity.c tests/unit/scarce.c tests/unit/scarce.h $(bare_core)
tests_unit_test_activity_LDADD = $(ENGINE_LIBS) $(UNIT_LIBS)
tests_unit_test_activity_LDFLAGS = $(scarce_memory)
check_PROGRAMS += tests/unit/test_core_reasons
tests_unit_test_core_reasons_SOURCES = tests/unit/test_core_reasons.c $(bare_core)
tests_unit_test_core_reasons_LDADD = $(ENGINE_LIBS) $(UNIT_LIBS)
check_PROGRAMS += tests/unit/test_core tests/unit/test_core_adoption tests/unit/test_core_adoption_slices tests/unit/test_core_after tests/unit/test_core_attempts \
	tests/unit/test_core_cancelling tests/unit/test_core_sweeping tests/unit/test_core_editing tests/unit/test_core_failure tests/unit/test_core_hooks \
	tests/unit/test_core_phases tests/unit/test_core_queue tests/unit/test_core_recovery \
	tests/unit/test_core_limits tests/unit/test_core_removal tests/unit/test_core_times \
	tests/unit/test_core_survivors tests/unit/test_core_unique tests/unit/test_holdings
tests_unit_test_core_sweeping_SOURCES = tests/unit/test_core_sweeping.c $(bare_core)
tests_unit_test_core_sweeping_LDADD = $(ENGINE_LIBS) $(UNIT_LIBS)
tests_unit_test_core_cancelling_SOURCES = tests/unit/test_core_cancelling.c $(bare_core)
tests_unit_test_core_cancelling_LDADD = $(ENGINE_LIBS) $(UNIT_LIBS)
tests_unit_test_core_limits_SOURCES = tests/unit/test_core_limits.c $(bare_core)
tests_unit_test_core_limits_LDADD = $(ENGINE_LIBS) $(UNIT_LIBS)
tests_unit_test_core_unique_SOURCES = tests/unit/test_core_unique.c $(bare_core)
tests_unit_test_core_unique_LDADD = $(ENGINE_LIBS) $(UNIT_LIBS)
tests_unit_test_core_times_SOURCES = tests/unit/test_core_times.c $(bare_core)
tests_unit_test_core_times_LDADD = $(ENGINE_LIBS) $(UNIT_LIBS)
check_PROGRAMS += tests/unit/test_rota
tests_unit_test_rota_SOURCES = tests/unit/test_rota.c $(bare_core)
tests_unit_test_rota_LDADD = $(ENGINE_LIBS) $(UNIT_LIBS)
tests_unit_test_holdings_SOURCES = tests/unit/test_holdings.c tests/unit/scarce.c tests/unit/scarce.h $(bare_core)
tests_unit_test_holdings_LDADD = $(ENGINE_LIBS) $(UNIT_LIBS)
tests_unit_test_holdings_LDFLAGS = $(scarce_memory)
tests_unit_test_core_SOURCES = tests/unit/test_core.c $(bare_core)
tests_unit_test_core_LDADD = $(ENGINE_LIBS) $(UNIT_LIBS)
tried = tests/unit/tried.c tests/unit/tried.h $(bare_core)
tests_unit_test_core_attempts_SOURCES = tests/unit/test_core_attempts.c tests/unit/scarce.c tests/unit/scarce.h $(tried)
tests_unit_test_core_attempts_LDADD = $(ENGINE_LIBS) $(UNIT_LIBS)
tests_unit_test_core_attempts_LDFLAGS = $(scarce_memory)
tests_unit_test_core_survivors_SOURCES = tests/unit/test_core_survivors.c $(tried)
tests_unit_test_core_survivors_LDADD = $(ENGINE_LIBS) $(UNIT_LIBS)
tests_unit_test_core_hooks_SOURCES = tests/unit/test_core_hooks.c $(bare_core)
tests_unit_test_core_hooks_LDADD = $(ENGINE_LIBS) $(UNIT_LIBS)
tests_unit_test_core_adoption_SOURCES = tests/unit/test_core_adoption.c $(bare_core)
tests_unit_test_core_adoption_LDADD = $(ENGINE_LIBS) $(UNIT_LIBS)
tests_unit_test_core_adoption_slices_SOURCES = tests/unit/test_core_adoption_slices.c $(bare_core)
tests_unit_test_core_adoption_slices_LDADD = $(ENGINE_LIBS) $(UNIT_LIBS)
tests_unit_test_core_after_SOURCES = tests/unit/test_core_after.c $(bare_core)
tests_unit_test_core_after_LDADD = $(ENGINE_LIBS) $(UNIT_LIBS)
tests_unit_test_core_editing_SOURCES = tests/unit/test_core_editing.c tests/unit/scarce.c tests/unit/scarce.h $(bare_core)
tests_unit_test_core_editing_LDADD = $(ENGINE_LIBS) $(UNIT_LIBS)
tests_unit_test_core_editing_LDFLAGS = $(scarce_memory)
tests_unit_test_core_failure_SOURCES = tests/unit/test_core_failure.c $(bare_core)
tests_unit_test_core_failure_LDADD = $(ENGINE_LIBS) $(UNIT_LIBS)
tests_unit_test_core_phases_SOURCES = tests/unit/test_core_phases.c $(bare_core)
tests_unit_test_core_phases_LDADD = $(ENGINE_LIBS) $(UNIT_LIBS)
tests_unit_test_core_queue_SOURCES = tests/unit/test_core_queue.c $(bare_core)
tests_unit_test_core_queue_LDADD = $(ENGINE_LIBS) $(UNIT_LIBS)
tests_unit_test_core_recovery_SOURCES = tests/unit/test_core_recovery.c $(bare_core)
tests_unit_test_core_recovery_LDADD = $(ENGINE_LIBS) $(UNIT_LIBS)
tests_unit_test_core_removal_SOURCES = tests/unit/test_core_removal.c $(bare_core)
tests_unit_test_core_removal_LDADD = $(ENGINE_LIBS) $(UNIT_LIBS)
tests_unit_test_order_SOURCES = tests/unit/test_order.c
tests_unit_test_order_LDADD = $(ENGINE_LIBS) $(UNIT_LIBS)
