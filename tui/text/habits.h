/*
 * The parts of PowerShell's grammar that lines with cmdlets have: longer dashes before a parameter, curly
 * quotes, and blanks beyond ASCII, VT and FF.  Other parts are errors, since they would mean something else here.  Pure.
 */
#ifndef KRTASK_TUI_TEXT_HABITS_H
#define KRTASK_TUI_TEXT_HABITS_H

#include <stdbool.h>
#include <stddef.h>

enum habit { HABIT_NONE, HABIT_BLANK, HABIT_SINGLE, HABIT_DOUBLE, HABIT_DASH };

/*
 * What VT, FF or a character beyond ASCII at the beginning of the text means.  *size is its bytes, unless it is
 * HABIT_NONE.
 */
enum habit habit_of(const char *text, size_t length, size_t *size);
/* True if a command that begins here has the name of a cmdlet, or begins with a curly quote. */
bool habit_begins_cmdlet(const char *text, size_t length);
/* True if a blank stands before text[at]. */
bool habit_follows_blank(const char *text, size_t at);
/* True if a dash longer than ASCII's begins a parameter here. */
bool habit_dash(const char *text, size_t length);
/* At the start of a word: the error message (static) if it cannot be used here, else NULL. */
const char *habit_error(const char *text, size_t length);
/* Bytes of a backtick and the newline behind it, by which a line goes on; 0: there is none. */
size_t habit_continues(const char *text, size_t length);
/* True at @' or @", which ends its line. */
bool habit_here_string(const char *text, size_t length);
/* True at "<#", which begins a comment.  *size is its bytes; 0: it is not closed. */
bool habit_comment(const char *text, size_t length, size_t *size);
/* The character that a backtick and this letter stand for; 0: none that a text can have. */
char habit_escape(char letter);
/* True for ".Id" or "[0]" after a variable outside quotes.  In PowerShell this is a member of it. */
bool habit_member(const char *text, size_t length);

/* Where the code in a script block stands. */
struct habit_block {
	size_t depth; /* of braces */
	char quote;   /* that it stands in; 0: none */
	bool escaped; /* the next character in double quotes stands for itself */
};
/* Takes the next character of a block, which begins with '{'.  True behind the brace that closes it. */
bool habit_block_step(struct habit_block *block, char c);

#endif
