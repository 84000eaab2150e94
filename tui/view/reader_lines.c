#include "tui/view/reader_lines.h"

#include <string.h>

/* The colours where a line begins: what the page before it has set. */
static struct sgr reader_colours(struct reader *reader, int64_t begin)
{
	struct sgr sgr = SGR_INIT;
	size_t length;
	const char *at = book_ahead(&reader->book, begin, &length), *end = at + length;

	while (at && (at = memchr(at, '\033', (size_t)(end - at)))) {
		size_t used = sgr_parse(&sgr, at, (size_t)(end - at));

		at += used ? used : 1;
	}
	return sgr;
}

void reader_lay(struct reader *reader, const struct book_line *line)
{
	struct sgr sgr = reader_colours(reader, line->begin);

	printed_line(&reader->printed, &sgr, line->bytes, line->length);
}

static bool reader_is_plain(const struct book_line *line)
{
	return !memchr(line->bytes, '\033', line->length) && !memchr(line->bytes, '\r', line->length) &&
	       !memchr(line->bytes, '\b', line->length);
}

bool reader_matches(struct reader *reader, const struct pattern *pattern, const struct book_line *line)
{
	const char *text = line->bytes;
	size_t length = line->length, from = 0, to = 0;
	struct sgr sgr = SGR_INIT;

	if (!reader_is_plain(line)) {
		printed_line(&reader->printed, &sgr, line->bytes, line->length);
		text = printed_text(&reader->printed, &length);
	}
	return pattern_next(pattern, text, length, &from, &to);
}

size_t reader_matches_before(const struct reader *reader, int64_t offset)
{
	size_t low = 0, high = reader->match_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (reader->matches[middle] < offset)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

enum book_answer reader_line(struct reader *reader, int64_t at, struct book_line *line)
{
	size_t index;

	if (!pattern_given(&reader->filter))
		return book_line(&reader->book, at, line);
	index = reader_matches_before(reader, at);
	if (index == reader->match_count)
		return BOOK_END;
	return book_line(&reader->book, reader->matches[index], line);
}

enum book_answer reader_line_before(struct reader *reader, int64_t begin, struct book_line *line)
{
	size_t index;

	if (!pattern_given(&reader->filter))
		return book_before(&reader->book, begin, line);
	index = reader_matches_before(reader, begin);
	return index ? book_line(&reader->book, reader->matches[index - 1], line) : BOOK_END;
}
