# The methods of io.krtask.
engine_libengine_a_SOURCES += \
	engine/service/args.c \
	engine/service/columns.c engine/service/columns.h \
	engine/service/control.c \
	engine/service/list.c \
	engine/service/query.c engine/service/query.h \
	engine/service/service.c engine/service/service.h \
	engine/service/show.c \
	engine/service/streams.c \
	engine/service/tasks.c \
	engine/service/waits.c \
	engine/service/window.c engine/service/window.h
