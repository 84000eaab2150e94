# krtask itself.

krtask_SOURCES = tui/main.c
krtask_LDADD = tui/libscreen.a tui/libview.a tui/libbatch.a $(cli_libs) $(DL_LIBS)
