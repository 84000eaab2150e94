# The full-screen front end.
noinst_LIBRARIES += tui/libscreen.a
tui_libscreen_a_SOURCES = \
	tui/screen/act.c \
	tui/screen/app.h \
	tui/screen/ask.c \
	tui/screen/command.c \
	tui/screen/create.c \
	tui/screen/draw.c \
	tui/screen/family.c \
	tui/screen/feed.c \
	tui/screen/find.c \
	tui/screen/interpreter.c tui/screen/interpreter.h \
	tui/screen/keys.c \
	tui/screen/lines.c \
	tui/screen/link.c tui/screen/link.h \
	tui/screen/log.c \
	tui/screen/pages.c \
	tui/screen/prompt.c \
	tui/screen/screen.c tui/screen/screen.h \
	tui/screen/table.c \
	tui/screen/terminal.c tui/screen/terminal.h
