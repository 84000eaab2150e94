#include "config.h"

#include "engine/run/sieve.h"

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "engine/task/utf8.h"

enum { PAIRS = 256 * 256, ESCAPE = 27 };

struct sieve {
	struct {
		unsigned char bytes[SIEVE_WORD_MAX]; /* folded */
		size_t length;
	} words[SIEVE_WORDS];
	size_t count, shortest;
	unsigned char fold[256];
	/* How far the next word is at least, if this pair of bytes ends the room of the shortest one; 0: one may be here. */
	unsigned char shift[PAIRS];
};

struct sieve *sieve_new(bool any_case)
{
	struct sieve *sieve = calloc(1, sizeof(*sieve));

	if (!sieve)
		return NULL;
	for (unsigned i = 0; i < 256; i++)
		sieve->fold[i] = (unsigned char)(any_case && i >= 'A' && i <= 'Z' ? i + ('a' - 'A') : i);
	return sieve;
}

void sieve_free(struct sieve *sieve)
{
	free(sieve);
}

static void sieve_measure(struct sieve *sieve)
{
	size_t room = sieve->shortest;

	memset(sieve->shift, (int)(room - 1), sizeof(sieve->shift));
	for (size_t i = 0; i < sieve->count; i++) {
		const unsigned char *word = sieve->words[i].bytes;

		for (size_t j = 0; j + 1 < room; j++) {
			unsigned char *shift = &sieve->shift[word[j] << 8 | word[j + 1]];

			if (room - 2 - j < *shift)
				*shift = (unsigned char)(room - 2 - j);
		}
	}
}

bool sieve_add(struct sieve *sieve, const char *word)
{
	size_t length = strlen(word);

	if (sieve->count == SIEVE_WORDS || length < SIEVE_WORD_MIN || length > SIEVE_WORD_MAX)
		return false;
	for (size_t i = 0; i < length; i++)
		if ((unsigned char)word[i] < ' ' || (unsigned char)word[i] >= 127)
			return false;
	for (size_t i = 0; i < length; i++)
		sieve->words[sieve->count].bytes[i] = sieve->fold[(unsigned char)word[i]];
	sieve->words[sieve->count++].length = length;
	if (sieve->count == 1 || length < sieve->shortest)
		sieve->shortest = length;
	sieve_measure(sieve);
	return true;
}

static bool sieve_is_word(const struct sieve *sieve, const unsigned char *at, size_t room)
{
	for (size_t i = 0; i < sieve->count; i++) {
		size_t length = sieve->words[i].length, same = 0;

		while (length <= room && same < length &&
		       sieve->fold[at[same]] == sieve->words[i].bytes[same])
			same++;
		if (same == length)
			return true;
	}
	return false;
}

/* Where the first word is; NULL: there is none. */
static const char *sieve_word(const struct sieve *sieve, const char *from, const char *end)
{
	const unsigned char *at = (const unsigned char *)from, *stop = (const unsigned char *)end;
	const unsigned char *fold = sieve->fold;
	size_t room = sieve->shortest;

	if (sieve->count == 0)
		return NULL;
	assert(room >= SIEVE_WORD_MIN);
	while ((size_t)(stop - at) >= room) {
		unsigned shift = sieve->shift[fold[at[room - 2]] << 8 | fold[at[room - 1]]];

		if (shift == 0 && sieve_is_word(sieve, at, (size_t)(stop - at)))
			return (const char *)at;
		at += shift ? shift : 1;
	}
	return NULL;
}

/* Where each of the control characters comes next that change what a line shows. */
struct odd {
	const char *next[3];
};

static const char odd_bytes[] = { ESCAPE, '\b', '\r' };

/* The first one, from some place on, which moves forward only.  A CR before a newline changes nothing. */
static const char *odd_first(struct odd *odd, const char *from, const char *end)
{
	const char *first = end;

	for (size_t i = 0; i < sizeof(odd_bytes); i++) {
		const char **next = &odd->next[i];

		while (*next < end && (*next < from || (**next == '\r' && (*next)[1] == '\n'))) {
			const char *behind = *next < from ? from : *next + 1;
			const char *found = memchr(behind, odd_bytes[i], (size_t)(end - behind));

			*next = found ? found : end;
		}
		if (*next < first)
			first = *next;
	}
	return first;
}

static void odd_begin(struct odd *odd, const char *from, const char *end)
{
	for (size_t i = 0; i < sizeof(odd_bytes); i++) {
		const char *found = memchr(from, odd_bytes[i], (size_t)(end - from));

		odd->next[i] = found ? found : end;
	}
}

/* The bytes of a sequence that sets colours, or that clears what is behind the cursor: nothing is there; 0: it is another. */
static size_t sieve_colours(const char *at, const char *end)
{
	const char *c = at + 2;

	if (end - at < 3 || at[1] != '[')
		return 0;
	while (c < end && ((*c >= '0' && *c <= '9') || *c == ';' || *c == ':'))
		c++;
	if (c < end && (*c == 'm' || (*c == 'K' && (c == at + 2 || (c == at + 3 && c[-1] == '0')))))
		return (size_t)(c + 1 - at);
	return 0;
}

/* A line with control characters, without its newline: whether it may show a word. */
static bool sieve_sees_through(const struct sieve *sieve, const char *line, const char *end)
{
	char shown[SIEVE_LINE_MAX];
	size_t count = 0;

	if (end > line && end[-1] == '\r')
		end--;
	if (end - line > SIEVE_LINE_MAX || !utf8_valid(line, (size_t)(end - line)))
		return true;
	while (line < end) {
		unsigned char byte = (unsigned char)*line;
		size_t used = byte == ESCAPE ? sieve_colours(line, end) : 1;

		if (used == 0 || (byte < ' ' && byte != ESCAPE) || byte == 127)
			return true;
		/* What is joined to a letter may not be shown. */
		if (byte != ESCAPE && byte < 128)
			shown[count++] = *line;
		line += used;
	}
	if (count == 0)
		return false;
	return sieve_word(sieve, shown, shown + count) != NULL;
}

static const char *sieve_line_begin(const char *from, const char *at)
{
	const char *newline = memrchr(from, '\n', (size_t)(at - from));

	return newline ? newline + 1 : from;
}

const char *sieve_first(const struct sieve *sieve, const char *from, const char *end)
{
	const char *word = sieve_word(sieve, from, end), *at;
	struct odd odd;

	odd_begin(&odd, from, end);
	for (at = odd_first(&odd, from, end); at < end; at = odd_first(&odd, at, end)) {
		const char *line = sieve_line_begin(from, at);
		const char *newline = memchr(at, '\n', (size_t)(end - at));

		if ((word && word < newline) || sieve_sees_through(sieve, line, newline)) {
			at = word && word < line ? word : line;
			return sieve_line_begin(from, at);
		}
		at = newline + 1;
	}
	return word ? sieve_line_begin(from, word) : NULL;
}
