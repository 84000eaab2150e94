/*
 * The lines of a reader: those that pass its filter, as they are shown.  Only for the reader itself.  All return borrowed bytes of
 * its book, which stay until something is read into that.
 */
#ifndef KRTASK_TUI_VIEW_READER_LINES_H
#define KRTASK_TUI_VIEW_READER_LINES_H

#include "tui/view/reader.h"

/* Makes cells of a line, in reader->printed. */
void reader_lay(struct reader *reader, const struct book_line *line);

/* Whether the pattern matches what is shown of the line. */
bool reader_matches(struct reader *reader, const struct pattern *pattern, const struct book_line *line);

/* How many of the lines that pass the filter begin before the offset. */
size_t reader_matches_before(const struct reader *reader, int64_t offset);

/* The line that begins at the offset, or the first one after it that passes the filter. */
enum book_answer reader_line(struct reader *reader, int64_t at, struct book_line *line);

/* The last line that begins before the offset, and passes the filter. */
enum book_answer reader_line_before(struct reader *reader, int64_t begin, struct book_line *line);

#endif
