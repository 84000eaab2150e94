# The wire: varlink, both sides, and where servers live.
noinst_LIBRARIES += engine/libwire.a
engine_libwire_a_SOURCES = \
	engine/wire/base64.c \
	engine/wire/buffer.c engine/wire/buffer.h \
	engine/wire/description.h \
	engine/wire/jsonr.c engine/wire/jsonr.h \
	engine/wire/jsonw.c engine/wire/jsonw.h \
	engine/wire/serve/admit.c \
	engine/wire/serve/call.c \
	engine/wire/serve/connection.c engine/wire/serve/connection.h \
	engine/wire/serve/dispatch.c \
	engine/wire/serve/outbox.c \
	engine/wire/serve/parse.c \
	engine/wire/serve/reclaim.c \
	engine/wire/serve/server.c engine/wire/serve/server.h \
	engine/wire/client/address.c engine/wire/client/address.h \
	engine/wire/client/bridge.c \
	engine/wire/client/caller.c engine/wire/client/caller.h \
	engine/wire/client/client.c engine/wire/client/client.h \
	engine/wire/client/connect.c engine/wire/client/connect.h \
	engine/wire/client/inside.h \
	engine/wire/client/known.c engine/wire/client/known.h \
	engine/wire/client/lock_owner.c engine/wire/client/lock_owner.h \
	engine/wire/client/opening.c \
	engine/wire/client/owner.c engine/wire/client/owner.h \
	engine/wire/client/patience.c engine/wire/client/patience.h \
	engine/wire/client/reply.c engine/wire/client/reply.h \
	engine/wire/client/ssh.c engine/wire/client/ssh.h \
	engine/wire/client/start.c
nodist_engine_libwire_a_SOURCES = engine/wire/description.c

# The interface's text as a C string, a literal a line.
EXTRA_DIST += engine/wire/io.krtask.varlink
BUILT_SOURCES += engine/wire/description.c
CLEANFILES += engine/wire/description.c
engine/wire/description.c: $(srcdir)/engine/wire/io.krtask.varlink engine/wire/local.mk
	$(AM_V_GEN)$(MKDIR_P) engine/wire && { \
		echo '/* Made from io.krtask.varlink. */'; \
		echo '#include "engine/wire/description.h"'; \
		echo; \
		echo 'const char wire_description[] ='; \
		sed -e 's/[\\"]/\\&/g' -e 's/.*/	"&\\n"/' -e '$$s/$$/;/' \
			$(srcdir)/engine/wire/io.krtask.varlink; \
	} >$@.tmp && mv -f $@.tmp $@

check_PROGRAMS += \
	tests/unit/test_address \
	tests/unit/test_buffer \
	tests/unit/test_client \
	tests/unit/test_client_memory \
	tests/unit/test_client_start \
	tests/unit/test_jsonr \
	tests/unit/test_jsonw \
	tests/unit/test_wire_admit \
	tests/unit/test_wire_commits \
	tests/unit/test_wire_frames \
	tests/unit/test_wire_garbage \
	tests/unit/test_wire_memory \
	tests/unit/test_wire_server

tests_unit_test_address_SOURCES = tests/unit/test_address.c tests/unit/scarce.c tests/unit/scarce.h tests/unit/scratch.c \
	tests/unit/scratch.h
tests_unit_test_address_LDADD = engine/libwire.a engine/libtask.a $(JANSSON_LIBS) $(UNIT_LIBS)
tests_unit_test_address_LDFLAGS = $(scarce_memory)
tests_unit_test_buffer_SOURCES = tests/unit/test_buffer.c
tests_unit_test_buffer_LDADD = engine/libwire.a engine/libtask.a $(UNIT_LIBS)
clients = tests/unit/clients.c tests/unit/clients.h tests/unit/fake_server.c tests/unit/fake_server.h
tests_unit_test_client_SOURCES = tests/unit/test_client.c $(clients)
tests_unit_test_client_LDADD = engine/libwire.a engine/libtask.a $(EVENT_LIBS) $(JANSSON_LIBS) $(UNIT_LIBS)
tests_unit_test_client_memory_SOURCES = tests/unit/test_client_memory.c tests/unit/loop_memory.c tests/unit/loop_memory.h $(clients)
tests_unit_test_client_memory_LDADD = engine/libwire.a engine/libtask.a $(EVENT_LIBS) $(JANSSON_LIBS) $(UNIT_LIBS)
tests_unit_test_client_memory_LDFLAGS = $(AM_LDFLAGS) $(loop_memory_wraps)
tests_unit_test_client_start_SOURCES = tests/unit/test_client_start.c $(clients) tests/unit/scratch.c tests/unit/scratch.h
tests_unit_test_client_start_LDADD = engine/libwire.a engine/libtask.a $(EVENT_LIBS) $(JANSSON_LIBS) $(UNIT_LIBS)
tests_unit_test_jsonr_SOURCES = tests/unit/test_jsonr.c tests/unit/scarce.c tests/unit/scarce.h
tests_unit_test_jsonr_LDADD = engine/libwire.a $(JANSSON_LIBS) $(UNIT_LIBS)
tests_unit_test_jsonr_LDFLAGS = $(scarce_memory)
tests_unit_test_jsonw_SOURCES = tests/unit/test_jsonw.c
tests_unit_test_jsonw_LDADD = engine/libwire.a engine/libtask.a $(JANSSON_LIBS) $(UNIT_LIBS)
raw_peer = tests/unit/raw_peer.c tests/unit/raw_peer.h tests/unit/fake_server.c tests/unit/fake_server.h
tests_unit_test_wire_admit_SOURCES = tests/unit/test_wire_admit.c $(raw_peer)
tests_unit_test_wire_admit_LDADD = engine/libwire.a engine/libtask.a $(EVENT_LIBS) $(JANSSON_LIBS) $(UNIT_LIBS)
tests_unit_test_wire_commits_SOURCES = tests/unit/test_wire_commits.c $(raw_peer)
tests_unit_test_wire_commits_LDADD = engine/libwire.a engine/libtask.a $(EVENT_LIBS) $(JANSSON_LIBS) $(UNIT_LIBS)
tests_unit_test_wire_garbage_SOURCES = tests/unit/test_wire_garbage.c $(raw_peer)
tests_unit_test_wire_garbage_LDADD = engine/libwire.a engine/libtask.a $(EVENT_LIBS) $(JANSSON_LIBS) $(UNIT_LIBS)
tests_unit_test_wire_frames_SOURCES = tests/unit/test_wire_frames.c $(raw_peer)
tests_unit_test_wire_frames_LDADD = engine/libwire.a engine/libtask.a $(EVENT_LIBS) $(JANSSON_LIBS) $(UNIT_LIBS)
tests_unit_test_wire_memory_SOURCES = tests/unit/test_wire_memory.c $(raw_peer) tests/unit/event_memory.c tests/unit/event_memory.h tests/unit/scarce.c tests/unit/scarce.h
tests_unit_test_wire_memory_LDADD = engine/libwire.a engine/libtask.a $(EVENT_LIBS) $(JANSSON_LIBS) $(UNIT_LIBS)
tests_unit_test_wire_memory_LDFLAGS = $(AM_LDFLAGS) $(scarce_memory)
tests_unit_test_wire_server_SOURCES = tests/unit/test_wire_server.c $(raw_peer)
tests_unit_test_wire_server_LDADD = engine/libwire.a engine/libtask.a $(EVENT_LIBS) $(JANSSON_LIBS) $(UNIT_LIBS)
