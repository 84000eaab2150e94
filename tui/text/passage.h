/*
 * Control sequences for the terminal around a multiplexer (tmux, GNU screen), which passes them on if they are
 * wrapped in a sequence of its own.
 */
#ifndef KRTASK_TUI_TEXT_PASSAGE_H
#define KRTASK_TUI_TEXT_PASSAGE_H

enum passage {
	PASSAGE_DIRECT,
	PASSAGE_TMUX,
	PASSAGE_SCREEN,
};

/* What stands around this process, by its environment: TMUX, STY and TERM. */
enum passage passage_here(void);
/* The sequence as it is to be written. free() it. */
char *passage_wrap(const char *sequence, enum passage passage);

#endif
