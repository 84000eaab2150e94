# User units for systemd.
EXTRA_DIST += contrib/systemd/krtask.socket contrib/systemd/krtask.service.in
CLEANFILES += contrib/systemd/krtask.service
contrib/systemd/krtask.service: contrib/systemd/krtask.service.in Makefile
	$(AM_V_GEN)$(MKDIR_P) $(@D) && \
		sed 's,@bindir[@],$(bindir),g' $(srcdir)/contrib/systemd/krtask.service.in >$@.new && mv $@.new $@
if SYSTEMD
systemduserunitdir = $(with_systemduserunitdir)
dist_systemduserunit_DATA = contrib/systemd/krtask.socket
nodist_systemduserunit_DATA = contrib/systemd/krtask.service
endif
