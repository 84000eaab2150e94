#include "tui/screen/paste.h"

#include <langinfo.h>
#include <stddef.h>

#include "tui/screen/app.h"
#include "tui/screen/view.h"
#include "tui/text/alloc.h"
#include "tui/text/screen_messages.h"
#include "tui/view/edit.h"
#include "tui/view/keyboard.h"

struct edit *paste_line(const struct app *app)
{
	return app->top->class->line ? app->top->class->line(app->top) : NULL;
}

void paste_take(struct app *app, const char *text)
{
	struct edit *line = paste_line(app);

	if (!line)
		app_input_error(app, alloc_string(MSG_PASTE_IGNORED));
	else if (!text || !edit_add(line, text))
		app_input_error(app, alloc_format(MSG_PASTE_TOO_LONG, KEYBOARD_PASTE_MAX / 1024));
}

/* An invalid byte stays in the line.  Without it, the line could mean something else. */
void paste_invalid_byte(struct app *app, unsigned char byte)
{
	struct edit *line = paste_line(app);

	if (line)
		edit_add(line, (const char[]){ (char)byte, '\0' });
	app_input_error(app, alloc_format(MSG_BYTE_INVALID, byte, nl_langinfo(CODESET)));
}
