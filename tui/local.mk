# krtask itself.

krtask_SOURCES = tui/main.c
krtask_LDADD = tui/libscreen.a tui/libview.a tui/libbatch.a $(cli_parts) \
	$(EVENT_LIBS) $(COMMAND_JANSSON_LIBS) $(INIH_LIBS) -lm $(DL_LIBS)
