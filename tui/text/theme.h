/*
 * The choices of colours for the screen.
 */
#ifndef KRTASK_TUI_TEXT_THEME_H
#define KRTASK_TUI_TEXT_THEME_H

#include <stdbool.h>

#define THEME_AUTO  "auto" /* as the terminal says */
#define THEME_DARK  "dark"
#define THEME_LIGHT "light"
#define THEME_MONO  "mono" /* no colours */

/* All of them, and NULL. */
extern const char *const theme_names[];

bool theme_is_known(const char *name);

#endif
