#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "engine/task/array.h"
#include "engine/task/caseless.h"
#include "engine/task/filter.h"
#include "engine/task/glob.h"
#include "engine/task/state.h"

static const struct {
	const char *name;
	enum filter_kind kind;
} filter_keys[] = {
	{ "state:", FILTER_STATE },
	{ "group:", FILTER_GROUP },
	{ "name:", FILTER_NAME },
	{ "id:", FILTER_ID },
};

/* Takes the key off the text of a word. */
static enum filter_kind filter_key(const char **text)
{
	for (size_t i = 0; i < sizeof(filter_keys) / sizeof(*filter_keys); i++) {
		size_t length = strlen(filter_keys[i].name);
		if (strncasecmp(*text, filter_keys[i].name, length) == 0) {
			*text += length;
			return filter_keys[i].kind;
		}
	}
	return FILTER_TEXT;
}

/* What people call several states. */
static const char *const filter_words[] = { "active", "ended", "done" };
enum { FILTER_WORDS = sizeof(filter_words) / sizeof(*filter_words) };

/* The state or several states that this is, or the only ones whose word begins so.  NULL: there are none, or more. */
static const char *filter_state_word(const char *text, size_t length)
{
	const char *found = NULL;
	bool several = false;
	for (size_t i = 0; length > 0 && i < FILTER_WORDS + (size_t)TASK_STATE_COUNT; i++) {
		const char *word = i < FILTER_WORDS ? filter_words[i]
		                                    : task_state_name((enum task_state)(i - FILTER_WORDS));
		if (strncasecmp(word, text, length) != 0)
			continue;
		if (!word[length])
			return word;
		several |= found && strcmp(found, word) != 0;
		found = word;
	}
	return several ? NULL : found;
}

static bool filter_state_fits(const char *word, enum task_state state)
{
	bool terminal = task_state_terminal(state);
	if (word == filter_words[0])
		return !terminal && state != TASK_CREATED;
	if (word == filter_words[1])
		return terminal;
	if (word == filter_words[2])
		return terminal && state != TASK_FAILED;
	return strcmp(task_state_name(state), word) == 0;
}

/* A list of states as bits; 0: one of them does not exist, or is not clear. */
static unsigned filter_states(const char *list)
{
	unsigned all = 0;
	for (;; list++) {
		size_t length = strcspn(list, ",");
		const char *word = filter_state_word(list, length);
		unsigned states = 0;
		for (int state = 0; word && state < (int)TASK_STATE_COUNT; state++)
			states |= (unsigned)filter_state_fits(word, (enum task_state)state) << state;
		if (states == 0)
			return 0;
		all |= states;
		list += length;
		if (!*list)
			return all;
	}
}

/*
 * Copies a value up to a blank, without its quotes.  Returns what follows, or NULL: a quote is open, or the value
 * is empty.
 */
static const char *filter_unquote(const char *text, char *value)
{
	char *to = value;
	bool quoted = false;
	for (; *text && (quoted || (*text != ' ' && *text != '\t')); text++) {
		if (*text == '"')
			quoted = !quoted;
		else
			*to++ = *text;
	}
	*to = '\0';
	return quoted || to == value ? NULL : text;
}

static int filter_read_word(struct filter *filter, const char **text)
{
	struct filter_term *terms =
		array_grow(filter->terms, &filter->size, filter->count + 1, sizeof(*filter->terms));
	if (!terms)
		return -ENOMEM;
	filter->terms = terms;
	struct filter_term term = { .negated = **text == '-' };
	const char *at = *text + term.negated;
	term.kind = filter_key(&at);
	term.value = malloc(strlen(at) + 1);
	if (!term.value)
		return -ENOMEM;
	terms[filter->count++] = term;
	struct filter_term *kept = &terms[filter->count - 1];
	*text = filter_unquote(at, kept->value);
	if (!*text)
		return -EINVAL;
	kept->pattern = kept->kind != FILTER_TEXT && kept->value[strcspn(kept->value, "*?[")];
	kept->states = kept->kind == FILTER_STATE ? filter_states(kept->value) : 0;
	return kept->kind == FILTER_STATE && kept->states == 0 ? -EINVAL : 0;
}

int filter_read(struct filter *filter, const char *text, size_t *at)
{
	const char *begin = text;
	int error = 0;
	*filter = (struct filter){ 0 };
	for (text += strspn(text, " \t"); !error && *text; text += strspn(text, " \t")) {
		if (at)
			*at = (size_t)(text - begin);
		error = filter_read_word(filter, &text);
		if (error)
			break;
	}
	if (error)
		filter_release(filter);
	return error;
}

int filter_copy(struct filter *to, const struct filter *from)
{
	*to = (struct filter){ .terms = calloc(from->count + 1, sizeof(*to->terms)),
		               .size = from->count + 1 };
	if (!to->terms)
		return -ENOMEM;
	for (size_t i = 0; i < from->count; i++) {
		to->terms[i] = from->terms[i];
		to->terms[i].value = strdup(from->terms[i].value);
		if (!to->terms[i].value) {
			filter_release(to);
			return -ENOMEM;
		}
		to->count++;
	}
	return 0;
}

bool filter_is_same(const struct filter *a, const struct filter *b)
{
	if (a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++) {
		const struct filter_term *one = &a->terms[i], *other = &b->terms[i];
		if (one->kind != other->kind || one->negated != other->negated ||
		    strcmp(one->value, other->value) != 0)
			return false;
	}
	return true;
}

void filter_release(struct filter *filter)
{
	for (size_t i = 0; i < filter->count; i++)
		free(filter->terms[i].value);
	free(filter->terms);
	*filter = (struct filter){ 0 };
}

int filter_term_has(const struct filter_term *term, const char *value)
{
	if (term->pattern)
		return glob_matches(term->value, value);
	return term->kind == FILTER_GROUP ? strcasecmp(value, term->value) == 0
	                                  : caseless_has(value, term->value);
}
