#include "tui/screen/desktop.h"

#include <stdlib.h>

#include "tui/screen/terminal.h"
#include "tui/text/notify.h"
#include "tui/view/clipboard.h"

bool terminal_copy(const char *text)
{
	char *clean = clipboard_clean(text), *sequence = clipboard_sequence(clean, passage_here());
	bool good = sequence != NULL;

	if (good)
		terminal_send(sequence);
	free(sequence);
	free(clean);
	return good;
}

void terminal_notify(const char *title, const char *text)
{
	char *sequence = notify_sequence(title, text, passage_here());

	terminal_send(sequence);
	free(sequence);
}
