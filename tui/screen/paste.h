/* What comes from the terminal and is no key: pasted text, and bytes that are no characters. */
#ifndef KRTASK_TUI_SCREEN_PASTE_H
#define KRTASK_TUI_SCREEN_PASTE_H

struct app;
struct edit;

/* The line that is being edited; NULL: there is none. */
struct edit *paste_line(const struct app *app);
/* Pasted text goes into that line, if there is one.  It is never taken as keys. */
void paste_take(struct app *app, const char *text);
void paste_invalid_byte(struct app *app, unsigned char byte);

#endif
