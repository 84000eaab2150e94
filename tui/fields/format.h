/*
 * Times, elapsed times and progress bars as text, for the command line and for the screen.
 *
 * Pure except for the locale; the program calls setlocale(3).  The size of buf includes the NUL.  Longer text
 * is cut between characters.
 */
#ifndef KRTASK_TUI_FIELDS_FORMAT_H
#define KRTASK_TUI_FIELDS_FORMAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tui/text/text.h"

enum { FORMAT_SHORT = 32 }; /* bytes that are enough for elapsed times */

/* 12.3s, 2:03, 1:02:03, 3d01:02:03.  "-" for a negative time, which means that the task has not started. */
void format_elapsed(int64_t ms, char *buf, size_t size);

/* 512, 12K, 3.4M, 56G: with units of 1024, rounded. */
void format_bytes(int64_t bytes, char *buf, size_t size);

/* A bar of width columns, "████▌   ", to an eighth of a column.  Outside of UTF-8 "####    ". */
void format_bar(int percent, size_t width, char *buf, size_t size);

/* Converts RFC 3339, as the server writes it, to milliseconds since 1970; 0: it is invalid. */
int64_t format_time_read(const char *text);

/* Such a text as local time, 2026-11-26 01:12:33.  What is invalid stays as it is. */
void format_time(const char *text, char *buf, size_t size);

/* The name of a task, if it is not the one that it has by default; else "". */
const char *format_given_name(const char *id, const char *name);

/* True if the status message of a task that has ended says more than its state and its exit status.  NULL: no message. */
bool format_says_more(const char *message);

/*
 * Adds the reason for which a task does not run yet.  A command in it, as the server writes it, is one for that server:
 * server is added to it if it is not NULL.
 */
void format_reason(struct text *to, const char *message, size_t length, const char *server);

#endif
