/*
 * Select Graphic Rendition (ECMA-48, 8.3.117), with the 256 colours and RGB of ISO 8613-6 (xterm).  It is the
 * only terminal sequence in the output of tasks that is interpreted.  Pure.
 */
#ifndef KRTASK_TUI_TEXT_SGR_H
#define KRTASK_TUI_TEXT_SGR_H

#include <stdbool.h>
#include <stddef.h>

enum {
	SGR_BOLD = 1,
	SGR_DIM = 2,
	SGR_ITALIC = 4,
	SGR_UNDERLINE = 8,
	SGR_BLINK = 16,
	SGR_REVERSE = 32,
};

enum { SGR_DEFAULT = -1 };

struct sgr {
	unsigned attributes;
	short foreground, background; /* 0 to 255, as in the palette of xterm, or SGR_DEFAULT */
};

#define SGR_INIT                                                                                             \
	{                                                                                                    \
		0, SGR_DEFAULT, SGR_DEFAULT                                                                  \
	}

/*
 * If the bytes begin with an SGR sequence, applies it to sgr and returns its length.  Otherwise returns 0.
 */
size_t sgr_parse(struct sgr *sgr, const char *bytes, size_t length);

bool sgr_equal(const struct sgr *a, const struct sgr *b);

#endif
