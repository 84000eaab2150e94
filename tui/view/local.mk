# The model of what is on the screen: no terminal in here.
noinst_LIBRARIES += tui/libview.a
tui_libview_a_SOURCES = \
	tui/view/action.c tui/view/action.h \
	tui/view/alloc.c tui/view/alloc.h \
	tui/view/columns.c tui/view/columns.h \
	tui/view/dialog.c tui/view/dialog.h \
	tui/view/header.c tui/view/header.h \
	tui/view/list.c tui/view/list.h \
	tui/view/pager.c tui/view/pager.h \
	tui/view/sgr.c tui/view/sgr.h \
	tui/view/style.h \
	tui/view/tags.c tui/view/tags.h \
	tui/view/tail.c tui/view/tail.h \
	tui/view/window.c tui/view/window.h \
	tui/view/wrap.c tui/view/wrap.h
