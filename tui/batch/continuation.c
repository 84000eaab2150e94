#include "tui/batch/continuation.h"

#include <string.h>
#include <strings.h>

#include "tui/text/habits.h"

/* At the start of a word of a cmdlet's line a brace begins a block; elsewhere it is a character. */
static bool continuation_block_begins(const char *text, size_t at, bool cmdlet)
{
	return cmdlet && text[at] == '{' && at > 0 &&
	       (text[at - 1] == '`' || text[at - 1] == '\n' || habit_follows_blank(text, at));
}

static bool continuation_names_cmdlet(const char *text, size_t at)
{
	return at >= 3 && strncasecmp(text + at - 3, "-Kr", 3) == 0;
}

bool continuation_follows(const char *text, size_t length)
{
	struct habit_block block = { 0 };
	bool cmdlet = false;

	if (length > 0 && text[length - 1] == '\r')
		length--;
	/* What most lines are is soon known. */
	if (length == 0 || (text[length - 1] != '`' && !memchr(text, '{', length)))
		return false;
	for (size_t i = 0; i < length; i++) {
		bool starts = i == 0 || strchr(" \t", text[i - 1]);

		cmdlet |= continuation_names_cmdlet(text, i);
		if (block.depth > 0 || block.quote || continuation_block_begins(text, i, cmdlet))
			(void)habit_block_step(&block, text[i]);
		else if (text[i] == '#' && starts)
			return false;
		else if (text[i] == '\'' || text[i] == '"')
			block.quote = text[i];
	}
	if (block.depth > 0)
		return true;
	return !block.quote && text[length - 1] == '`' && (length == 1 || strchr(" \t\n", text[length - 2]));
}
