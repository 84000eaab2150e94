#include "tui/view/clipboard.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "engine/task/utf8.h"
#include "engine/wire/jsonw.h"
#include "tui/text/alloc.h"
#include "tui/text/text.h"

/* The bytes of the control sequence that begins here with an Esc.  One without an end ends with its line. */
static size_t clipboard_sequence_length(const char *text)
{
	size_t length = 2;

	if (!text[1])
		return 1;
	if (strchr("]P_^X", text[1])) { /* strings */
		length += strcspn(text + 2, "\a\033\n");
		return length + (text[length] == '\a'                         ? 1
		                 : text[length] == '\033' && text[length + 1] ? 2
		                                                              : 0);
	}
	if (text[1] == '[')
		length += strspn(text + 2, "0123456789:;<=>? !\"#$%&'()*+,-./");
	else if (strspn(text + 1, " !\"#$%&'()*+,-./"))
		length += strspn(text + 2, " !\"#$%&'()*+,-./");
	else
		return length;
	return length + ((unsigned char)text[length] > 0x20 && text[length] != 0x7f);
}

static bool clipboard_takes(uint32_t character)
{
	return character == '\t' || character == '\n' || !utf8_is_control(character);
}

char *clipboard_clean(const char *text)
{
	char *whole = alloc_checked(utf8_repair(text, strlen(text)));
	const char *end = whole + strlen(whole);
	struct text clean = TEXT_INIT;

	text_add_string(&clean, "");
	for (const char *at = whole; at < end;) {
		uint32_t character = 0;
		size_t length = utf8_decode(at, (size_t)(end - at), &character);

		if (character == '\033')
			length = clipboard_sequence_length(at);
		else if (clipboard_takes(character))
			text_add(&clean, at, length);
		at += length;
	}
	free(whole);
	while (clean.length > 0 && clean.data[clean.length - 1] == '\n')
		clean.data[--clean.length] = '\0';
	return clean.data;
}

static char *clipboard_encode(const char *clean, size_t length)
{
	struct jsonw json = JSONW_INIT;
	char *sequence;

	jsonw_base64(&json, clean, length);
	if (json.failed)
		alloc_failed();
	/* It stands in quotes there. */
	sequence = alloc_format("\033]52;c;%.*s\a", (int)json.length - 2, json.data + 1);
	jsonw_release(&json);
	return sequence;
}

char *clipboard_sequence(const char *clean, enum passage passage)
{
	size_t length = strlen(clean);
	char *sequence, *wrapped, *both;

	if (length > CLIPBOARD_MAX)
		return NULL;
	sequence = clipboard_encode(clean, length);
	if (passage == PASSAGE_DIRECT)
		return sequence;
	wrapped = passage_wrap(sequence, passage);
	/* tmux either has a clipboard itself (set-clipboard) or passes it on (allow-passthrough). */
	both = alloc_format("%s%s", passage == PASSAGE_TMUX ? sequence : "", wrapped);
	free(wrapped);
	free(sequence);
	return both;
}
