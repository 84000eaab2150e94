#include "tui/view/pattern_words.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

enum { DEPTH_MAX = 8 };

/* Reading an expression. */
struct words_reader {
	const char *at;
	int depth;
	bool unclear; /* what this file does not know; then no words are known */
};

/* What a part of it must have; count 0: it may have anything. */
typedef struct pattern_words words_of;

static void words_read(struct words_reader *reader, words_of *all);

static size_t words_shortest(const words_of *words)
{
	size_t shortest = words->count ? PATTERN_WORD_MAX : 0;

	for (size_t i = 0; i < words->count; i++) {
		size_t length = strlen(words->words[i]);

		if (length < shortest)
			shortest = length;
	}
	return shortest;
}

/* Of two parts that must both be there, the one that says more. */
static void words_choose(words_of *best, const words_of *other)
{
	if (words_shortest(other) > words_shortest(best))
		*best = *other;
}

/* One of two parts must be there.  False: it is not known what. */
static bool words_join(words_of *words, const words_of *other)
{
	if (other->count == 0 || words->count + other->count > PATTERN_WORDS)
		return false;
	memcpy(words->words[words->count], other->words, other->count * sizeof(*other->words));
	words->count += other->count;
	return true;
}

/* A number of times.  True: perhaps none at all. */
static bool words_take_times(struct words_reader *reader, bool *any)
{
	bool none = false;

	*any = false;
	while (*reader->at && strchr("*?+{", *reader->at)) {
		const char *close = *reader->at == '{' ? strchr(reader->at, '}') : reader->at;

		*any = true;
		none = none || *reader->at != '+';
		reader->unclear = reader->unclear || !close;
		reader->at = close ? close + 1 : "";
	}
	return none;
}

static void words_take_bracket(struct words_reader *reader)
{
	const char *at = reader->at + 1;

	at += *at == '^';
	at += *at == ']';
	while (*at && *at != ']') {
		const char kind = *at == '[' && at[1] && strchr(":.=", at[1]) ? at[1] : '\0';
		const char *close = kind ? strchr(at + 2, kind) : at;

		at = close && (!kind || close[1] == ']') ? close + 1 + (kind != '\0') : "";
	}
	reader->unclear = reader->unclear || !*at;
	reader->at = *at ? at + 1 : at;
}

static void words_take_group(struct words_reader *reader, words_of *best)
{
	words_of group;
	bool any;

	reader->at++;
	if (++reader->depth > DEPTH_MAX) {
		reader->unclear = true;
		return;
	}
	words_read(reader, &group);
	reader->depth--;
	reader->unclear = reader->unclear || *reader->at != ')';
	reader->at += *reader->at == ')';
	if (!words_take_times(reader, &any))
		words_choose(best, &group);
}

/* A character that stands for itself, after a backslash perhaps.  '\0': it is none. */
static char words_take_letter(struct words_reader *reader)
{
	const char *at = reader->at;
	bool escaped = *at == '\\';

	at += escaped;
	if (*at <= ' ' - 1 || *at == 127 ||
	    (escaped ? !ispunct((unsigned char)*at) || strchr("<>`'", *at) : strchr("^$.", *at) != NULL))
		return '\0';
	reader->at = at + 1;
	return *at;
}

static void words_end_run(words_of *run, words_of *best)
{
	run->count = strlen(run->words[0]) >= PATTERN_WORD_MIN;
	words_choose(best, run);
	run->words[0][0] = '\0';
}

static void words_append(words_of *run, char letter)
{
	size_t length = strlen(run->words[0]);

	if (length == PATTERN_WORD_MAX)
		return;
	run->words[0][length] = letter;
	run->words[0][length + 1] = '\0';
}

static void words_take_item(struct words_reader *reader, words_of *run, words_of *best)
{
	char letter;
	bool any, none;

	if (*reader->at == '(' || *reader->at == '[')
		words_end_run(run, best);
	if (*reader->at == '(') {
		words_take_group(reader, best);
		return;
	}
	letter = *reader->at == '[' ? '\0' : words_take_letter(reader);
	if (*reader->at == '[' && !letter)
		words_take_bracket(reader);
	else if (!letter)
		reader->at += 1 + (*reader->at == '\\' && reader->at[1]);
	none = words_take_times(reader, &any);
	if (letter && !none)
		words_append(run, letter);
	if (!letter || any)
		words_end_run(run, best);
}

static void words_read_branch(struct words_reader *reader, words_of *best)
{
	words_of run = { 0 };

	best->count = 0;
	if (*reader->at && strchr("*?+{", *reader->at))
		reader->unclear = true;
	while (*reader->at && *reader->at != '|' && *reader->at != ')' && !reader->unclear)
		words_take_item(reader, &run, best);
	words_end_run(&run, best);
}

/* Alternatives. */
static void words_read(struct words_reader *reader, words_of *all)
{
	words_of branch;
	bool known = true;

	all->count = 0;
	for (;;) {
		words_read_branch(reader, &branch);
		known = known && words_join(all, &branch);
		if (*reader->at != '|' || reader->unclear)
			break;
		reader->at++;
	}
	if (!known)
		all->count = 0;
}

void pattern_words_of(struct pattern_words *words, const char *text)
{
	struct words_reader reader = { .at = text };

	words_read(&reader, words);
	if (reader.unclear || *reader.at)
		words->count = 0;
}

void pattern_words_literal(struct pattern_words *words, const char *text)
{
	bool plain = true;

	for (const char *c = text; *c; c++)
		plain = plain && *c >= ' ' && *c < 127;
	words->count = 0;
	words->words[0][0] = '\0';
	for (; plain && *text; text++)
		words_append(words, *text);
	words->count = strlen(words->words[0]) >= PATTERN_WORD_MIN;
}
