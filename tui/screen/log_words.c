#include "tui/screen/log_words.h"

#include <stdlib.h>
#include <string.h>

#include "tui/screen/app.h"
#include "tui/screen/host.h"
#include "tui/text/alloc.h"
#include "tui/text/cells.h"
#include "tui/text/screen_messages.h"
#include "tui/text/text.h"

/* A name in fewer columns says nothing; the blanks in a title with its two ends and a name; bytes of that. */
enum { NAME_MIN = 8, TITLE_BLANKS = 8, NAME_SIZE = 512 };

static char *log_words_stream(const struct log_source *source)
{
	struct text text = TEXT_INIT;

	text_add_string(&text, log_source_name(source, false));
	if (source->other >= 0)
		text_format(&text, " (%s: %lld)", log_source_name(source, true), (long long)source->other);
	text_format(&text, "  %s", source->state);
	if (source->latest > 1)
		text_format(&text, "  attempt %lld/%lld", (long long)source->attempt,
		            (long long)source->latest);
	return text.data;
}

char *log_words_heading(const struct log_source *source, const char *place)
{
	char *id = host_id(source->app->host, source->id), *stream = log_words_stream(source), *heading;
	char name[NAME_SIZE] = "";
	size_t used =
		cells_width(id) + cells_width(stream) + cells_width(place) + strlen("Task ") + TITLE_BLANKS;
	size_t columns = (size_t)terminal_columns();

	if (source->name && *source->name && used + NAME_MIN <= columns)
		cells_fit(source->name, columns - used, name, sizeof(name));
	heading = alloc_format("Task %s%s%s  %s", id, *name ? "  " : "", name, stream);
	free(stream);
	free(id);
	return heading;
}

static void log_words_add_lines(struct reader *reader, struct text *text)
{
	int64_t lines = book_lines(&reader->book);
	int64_t first = reader->count ? book_number(&reader->book, reader->rows[0].place.line) : -1;
	int64_t last =
		reader->count ? book_number(&reader->book, reader->rows[reader->count - 1].place.line) : -1;

	if (reader_filter_full(reader)) {
		text_format(text, MSG_LOG_FILTER_FULL, READER_MATCHES_MAX, reader->filter.text);
		return;
	}
	if (pattern_given(&reader->filter)) {
		bool more = reader->filtered < reader->book.size;

		text_format(text, MSG_LOG_FILTERED, reader->match_count, more ? "+" : "",
		            more ? "lines" : text_plural((long long)reader->match_count, "line", "lines"),
		            reader->filter.text);
		return;
	}
	if (first > 0 && last > 0)
		text_format(text, "%lld-%lld/", (long long)first, (long long)last);
	if (lines >= 0)
		text_format(text, "%lld", (long long)lines);
	else
		text_format(text, "? lines");
	text_format(text, "  %d%%", reader_percent(reader));
}

char *log_words_place(struct log_source *source)
{
	struct reader *reader = &source->reader;
	struct text text = TEXT_INIT;

	if (reader->search)
		text_format(&text, MSG_LOG_SEARCHING "  ", reader->pattern.text, reader_searched(reader));
	if (reader->follow && !source->over)
		text_format(&text, "following  ");
	if (reader->wrap)
		text_format(&text, "wrap  ");
	log_words_add_lines(reader, &text);
	return text.data;
}

char *log_words_nothing(const struct log_source *source)
{
	bool ended = task_state_terminal(task_state_parse(source->state));

	if (!*source->state || source->reader.book.size || source->reader.count)
		return NULL;
	if (source->other > 0)
		return alloc_format(MSG_LOG_NONE_OTHER, log_source_name(source, false),
		                    (long long)source->other, text_plural(source->other, "byte", "bytes"),
		                    log_source_name(source, true));
	return ended ? alloc_string(MSG_LOG_NONE) : alloc_format(MSG_LOG_NONE_YET, source->state);
}

char *log_words_no_error(const struct log_source *source, bool first)
{
	if (!first)
		return alloc_string(MSG_LOG_NO_MORE_ERRORS);
	if (source->other > 0)
		return alloc_format(MSG_LOG_NO_ERROR_OTHER, log_source_name(source, false),
		                    (long long)source->other, text_plural(source->other, "byte", "bytes"),
		                    log_source_name(source, true));
	return alloc_string(MSG_LOG_NO_ERROR);
}
