noinst_LIBRARIES += engine/libtask.a
engine_libtask_a_SOURCES = \
	engine/task/environment.c engine/task/environment.h \
	engine/task/language.c engine/task/language.h \
	engine/task/progress.c engine/task/progress.h \
	engine/task/sha256.c engine/task/sha256.h \
	engine/task/signals.c engine/task/signals.h \
	engine/task/state.c engine/task/state.h \
	engine/task/strings.c engine/task/strings.h \
	engine/task/task.c engine/task/task.h
