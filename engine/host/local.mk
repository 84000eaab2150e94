# The processes of the daemon: the anchor and the server.
krtaskd_SOURCES = \
	engine/host/activation.c engine/host/activation.h \
	engine/host/anchor.c engine/host/anchor.h \
	engine/host/children.c engine/host/children.h \
	engine/host/krtaskd.c \
	engine/host/launch.c engine/host/launch.h \
	engine/host/line.c engine/host/line.h \
	engine/host/listener.c engine/host/listener.h \
	engine/host/lock.c engine/host/lock.h \
	engine/host/refusal.c engine/host/refusal.h \
	engine/host/server.c \
	engine/host/stand_in.c engine/host/stand_in.h
krtaskd_LDADD = $(ENGINE_LIBS)
