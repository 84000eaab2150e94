/*
 * Bytes as hexadecimal digits.  Pure; any thread.
 */
#ifndef KRTASK_TASK_HEX_H
#define KRTASK_TASK_HEX_H

#include <stddef.h>

extern const char hex_digits[17]; /* in lower case, as they are written */

/* The value of a digit in either case; -1: it is not a digit. */
int hex_value(char digit);
/* Writes 2 * count digits and a NUL. */
void hex_write(const void *bytes, size_t count, char *digits);
/* Reads 2 * count digits.  The text must end behind them.  0 or -EINVAL. */
int hex_read(const char *digits, void *bytes, size_t count);

#endif
