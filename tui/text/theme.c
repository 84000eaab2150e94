#include "tui/text/theme.h"

#include <stddef.h>
#include <string.h>

const char *const theme_names[] = { THEME_AUTO, THEME_DARK, THEME_LIGHT, THEME_MONO, NULL };

bool theme_is_known(const char *name)
{
	for (const char *const *known = theme_names; *known; known++) {
		if (strcmp(name, *known) == 0)
			return true;
	}
	return false;
}
