/*
 * The library ncursesw, loaded when the screen opens: a command that draws nothing starts without it.  After
 * library_load() its functions and variables can be used by their own names, in the files that include this header.
 *
 * It comes after other headers of ours, since term.h defines macros such as columns.
 */
#ifndef KRTASK_TUI_SCREEN_LIBRARY_H
#define KRTASK_TUI_SCREEN_LIBRARY_H

#include <curses.h>
#include <term.h>

#define LIBRARY_FUNCTIONS(X)                                                                                 \
	X(alloc_pair)                                                                                        \
	X(clearok)                                                                                           \
	X(curs_set) X(del_curterm) X(delscreen) X(delwin) X(derwin) X(doupdate) X(endwin) X(getmaxx)         \
		X(getmaxy) X(has_colors) X(idlok) X(leaveok) X(newterm) X(resizeterm) X(set_term)            \
			X(setupterm) X(start_color) X(tigetstr) X(tputs) X(typeahead) X(use_default_colors)  \
				X(waddnstr) X(wattr_set) X(wborder) X(wborder_set) X(werase) X(whline)       \
					X(wmove) X(wnoutrefresh)
#define LIBRARY_VARIABLES(X) X(stdscr) X(curscr) X(cur_term) X(COLORS) X(_nc_wacs)

struct library {
#define X(name) __typeof__(name) *name;
	LIBRARY_FUNCTIONS(X)
	LIBRARY_VARIABLES(X)
#undef X
};

extern struct library library;

/* 0; -ENOENT: there is no such library. */
int library_load(void);

#ifndef LIBRARY_ITSELF
/* The headers have some of these as macros, too. */
#undef wattr_set
#undef getmaxx
#undef getmaxy
#define alloc_pair         library.alloc_pair
#define clearok            library.clearok
#define curs_set           library.curs_set
#define del_curterm        library.del_curterm
#define delscreen          library.delscreen
#define delwin             library.delwin
#define derwin             library.derwin
#define doupdate           library.doupdate
#define endwin             library.endwin
#define getmaxx            library.getmaxx
#define getmaxy            library.getmaxy
#define has_colors         library.has_colors
#define idlok              library.idlok
#define leaveok            library.leaveok
#define newterm            library.newterm
#define resizeterm         library.resizeterm
#define set_term           library.set_term
#define setupterm          library.setupterm
#define start_color        library.start_color
#define tigetstr           library.tigetstr
#define tputs              library.tputs
#define typeahead          library.typeahead
#define use_default_colors library.use_default_colors
#define waddnstr           library.waddnstr
#define wattr_set          library.wattr_set
#define wborder            library.wborder
#define wborder_set        library.wborder_set
#define werase             library.werase
#define whline             library.whline
#define wmove              library.wmove
#define wnoutrefresh       library.wnoutrefresh
#define stdscr             (library.stdscr ? *library.stdscr : NULL)
#define curscr             (*library.curscr)
#define cur_term           (*library.cur_term)
#define COLORS             (*library.COLORS)
/* NOLINTNEXTLINE(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp): the macros of curses use it */
#define _nc_wacs (*library._nc_wacs)
#endif

#endif
