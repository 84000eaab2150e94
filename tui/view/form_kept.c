#include "tui/view/form_kept.h"

#include <stdlib.h>
#include <string.h>

#include "tui/text/alloc.h"

void form_kept_release(struct form_kept *kept)
{
	for (size_t i = 0; i < kept->count; i++)
		free(kept->typed[i].text);
	free(kept->id);
	*kept = (struct form_kept){ 0 };
}

static void form_kept_copy(struct form_kept *kept, const struct form *form)
{
	kept->count = form->count;
	for (size_t i = 0; i < form->count; i++)
		kept->typed[i] = (struct form_typed){ alloc_string(edit_text(&form->fields[i].text)),
			                              form->fields[i].on };
}

bool form_kept_put(struct form_kept *kept, struct form *form, size_t host)
{
	if (!form_is_changed(form))
		return false;
	form_kept_release(kept);
	kept->purpose = form->purpose;
	kept->id = alloc_string(form->id);
	kept->host = host;
	form_kept_copy(kept, form);
	return true;
}

/* A new task is for whichever server is the current one. */
bool form_kept_fits(const struct form_kept *kept, const struct form *form, size_t host)
{
	if (kept->count != form->count || kept->purpose != form->purpose)
		return false;
	if (!kept->id || !form->id)
		return kept->id == form->id;
	return strcmp(kept->id, form->id) == 0 && kept->host == host;
}

void form_kept_exchange(struct form_kept *kept, struct form *form)
{
	struct form_kept before = {
		.purpose = kept->purpose, .id = kept->id, .host = kept->host, .number = kept->number
	};

	form_kept_copy(&before, form);
	for (size_t i = 0; i < form->count; i++) {
		struct form_field *field = &form->fields[i];

		edit_set(&field->text, kept->typed[i].text);
		field->on = kept->typed[i].on;
		free(field->error);
		field->error = NULL;
	}
	kept->id = NULL;
	form_kept_release(kept);
	*kept = before;
}
