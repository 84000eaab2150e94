#include "tui/view/recall.h"

#include <stdlib.h>
#include <string.h>

#include "tui/text/alloc.h"

void recall_begin(struct recall *recall, const struct edit *line)
{
	*recall = (struct recall){ .on = true };
	recall->own = alloc_string(edit_text(line));
	recall->sought = alloc_string("");
}

/* Finds the next line after number `at`, from the newest on, which has the text. */
static void recall_find(struct recall *recall, const struct history *history, struct edit *line, size_t at)
{
	const char *text = edit_text(&recall->text);

	free(recall->sought);
	recall->sought = alloc_string(text);
	recall->failed = false;
	while (*text && ++at <= history->count) {
		if (strstr(history->lines[history->count - at], text)) {
			recall->at = at;
			edit_set(line, history->lines[history->count - at]);
			return;
		}
	}
	recall->failed = *text != '\0';
}

void recall_older(struct recall *recall, const struct history *history, struct edit *line)
{
	recall_find(recall, history, line, recall->at);
}

void recall_update(struct recall *recall, const struct history *history, struct edit *line)
{
	if (!recall->on || strcmp(edit_text(&recall->text), recall->sought) == 0)
		return;
	recall->at = 0;
	recall_find(recall, history, line, 0);
}

void recall_end(struct recall *recall)
{
	edit_release(&recall->text);
	free(recall->sought);
	free(recall->own);
	*recall = (struct recall){ 0 };
}

void recall_cancel(struct recall *recall, struct edit *line)
{
	edit_set(line, recall->own);
	recall_end(recall);
}
