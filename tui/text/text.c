#include "tui/text/text.h"

#include <stdlib.h>

void text_clear(struct text *text)
{
	text->length = 0;
	text_add(text, "", 0);
}

void text_release(struct text *text)
{
	free(text->data);
	*text = (struct text)TEXT_INIT;
}
