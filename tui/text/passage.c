#include "tui/text/passage.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "tui/text/alloc.h"
#include "tui/text/text.h"

/* GNU screen drops a string that is longer than some 250 bytes in its older versions. */
enum { SCREEN_PIECE = 240 };

static bool passage_is_set(const char *name)
{
	const char *value = getenv(name);

	return value && *value;
}

enum passage passage_here(void)
{
	const char *name = getenv("TERM");

	/* Behind ssh only TERM is left.  "screen" may be either of them, so it tells nothing. */
	if (passage_is_set("TMUX") || (name && strncmp(name, "tmux", 4) == 0))
		return PASSAGE_TMUX;
	return passage_is_set("STY") ? PASSAGE_SCREEN : PASSAGE_DIRECT;
}

/* Every ESC is doubled. */
static void passage_add_tmux(struct text *wrapped, const char *sequence)
{
	text_add_string(wrapped, "\033Ptmux;");
	for (; *sequence; sequence++) {
		if (*sequence == '\033')
			text_add_string(wrapped, "\033");
		text_add(wrapped, sequence, 1);
	}
	text_add_string(wrapped, "\033\\");
}

static void passage_add_screen(struct text *wrapped, const char *sequence)
{
	for (size_t left = strlen(sequence), piece; left > 0; left -= piece, sequence += piece) {
		piece = left < SCREEN_PIECE ? left : SCREEN_PIECE;
		text_add_string(wrapped, "\033P");
		text_add(wrapped, sequence, piece);
		text_add_string(wrapped, "\033\\");
	}
}

char *passage_wrap(const char *sequence, enum passage passage)
{
	struct text wrapped = TEXT_INIT;

	if (passage == PASSAGE_TMUX)
		passage_add_tmux(&wrapped, sequence);
	else if (passage == PASSAGE_SCREEN)
		passage_add_screen(&wrapped, sequence);
	return wrapped.data ? wrapped.data : alloc_string(sequence);
}
