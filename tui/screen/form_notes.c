#include "tui/screen/form_notes.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "tui/text/alloc.h"
#include "tui/text/screen_messages.h"
#include "tui/view/shell_line.h"

void form_notes_release(struct form_notes *notes)
{
	free(notes->looked);
	*notes = (struct form_notes){ 0 };
}

/* True if there is no such directory on this machine.  It is looked for when another one was typed, not at each frame. */
static bool form_notes_miss(struct form_notes *notes, const char *directory)
{
	struct stat found;

	if (notes->looked && strcmp(notes->looked, directory) == 0)
		return notes->missing;
	free(notes->looked);
	notes->looked = alloc_string(directory);
	if (stat(directory, &found) == 0)
		notes->missing = !S_ISDIR(found.st_mode);
	else
		notes->missing = errno == ENOENT || errno == ENOTDIR; /* else it is not known */
	return notes->missing;
}

/* True if the field is left with a directory in which the task could not run. */
static bool form_notes_warn(struct form_notes *notes, const struct form_field *field, bool current)
{
	const char *text = edit_text(&field->text);

	return field->option == OPT_CWD && *text && !current && form_notes_miss(notes, text);
}

char *form_notes_of(struct form_notes *notes, const struct form_field *field, bool current, bool here)
{
	const char *needs = field->option == OPTION_TOTAL ? shell_line_needs(edit_text(&field->text)) : NULL;
	char name[8] = "newline";

	if (field->error)
		return alloc_string(field->error);
	if (here && form_notes_warn(notes, field, current))
		return alloc_string(MSG_FORM_DIRECTORY);
	if (needs && *needs != '\n')
		snprintf(name, sizeof(name), "'%c'", *needs);
	return needs ? alloc_format(MSG_FORM_SHELL, name) : NULL;
}
