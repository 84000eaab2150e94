#include "tui/screen/form_recall.h"

#include <stdlib.h>

#include "tui/screen/app.h"
#include "tui/screen/host.h"
#include "tui/text/alloc.h"
#include "tui/text/screen_messages.h"
#include "tui/view/form_kept.h"

enum { RECALL_NEW, RECALL_COPY, RECALL_EDIT, RECALL_KINDS };

static struct form_kept *form_recall_of(struct app *app, const struct form *form)
{
	int kind = form->purpose == FORM_EDIT ? RECALL_EDIT : form->id ? RECALL_COPY : RECALL_NEW;

	if (!app->kept)
		app->kept = alloc_zero(RECALL_KINDS, sizeof(*app->kept));
	return &app->kept[kind];
}

void form_recall_keep(struct app *app, struct form *form, size_t number)
{
	struct form_kept *kept = form_recall_of(app, form);

	if (!form_kept_put(kept, form, app->host->index))
		return;
	kept->number = number;
	app_say(app, alloc_string(MSG_FORM_LEFT), false);
}

void form_recall_offer(struct app *app, const struct form *form)
{
	if (form_kept_fits(form_recall_of(app, form), form, app->host->index))
		app_say(app, alloc_string(MSG_FORM_OFFER), false);
}

void form_recall_exchange(struct app *app, struct form *form)
{
	struct form_kept *kept = form_recall_of(app, form);

	if (!form_kept_fits(kept, form, app->host->index)) {
		app_say(app, alloc_string(MSG_FORM_NONE_KEPT), true);
		return;
	}
	form_kept_exchange(kept, form);
	app_say(app, alloc_string(MSG_FORM_PUT_BACK), false);
}

void form_recall_forget(struct app *app, const struct form *form, size_t number)
{
	if (form)
		form_kept_release(form_recall_of(app, form));
	for (size_t i = 0; i < RECALL_KINDS && app->kept && number; i++) {
		if (app->kept[i].number == number)
			form_kept_release(&app->kept[i]);
	}
}

void form_recall_release(struct app *app)
{
	for (size_t i = 0; i < RECALL_KINDS && app->kept; i++)
		form_kept_release(&app->kept[i]);
	free(app->kept);
	app->kept = NULL;
}
