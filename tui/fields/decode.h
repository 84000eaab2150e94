/* Bytes in base64, which a server sends.  As alloc.h says, there is always memory for them. */
#ifndef KRTASK_TUI_FIELDS_DECODE_H
#define KRTASK_TUI_FIELDS_DECODE_H

#include <stdbool.h>
#include <stddef.h>

/* free() the bytes, which have a NUL behind them.  False: the text is no base64, and there are none. */
bool decode_bytes(const char *text, size_t length, void **bytes, size_t *count);

#endif
